#include "model/decoder.h"

#include <math.h>

#include "autodiff/ops.h"
#include "autodiff/query_ops.h"
#include "base/error.h"
#include "base/random.h"
#include "model/decoder_keys.h"
#include "model/kg_model.h"

/* ---- options ---- */

static bool has_own_relation_width(gat_decoder decoder)
{
    return decoder == GAT_DECODER_TUCKER || decoder == GAT_DECODER_CONVE;
}

int64_t decoder_width(const gat_config *c)
{
    return c->relation_dim ? c->relation_dim : decoder_relation_width((gat_decoder)c->decoder, c->dim);
}

static gat_status check_widths(const gat_config *c, gat_error *err)
{
    gat_decoder decoder = (gat_decoder)c->decoder;
    const char *name = decoder_name(decoder);
    int64_t height, width;
    if (decoder_is_complex(decoder) && c->dim % 2)
        return error_set(err, GAT_EUSAGE, "decoder %s needs an even dim, found %lld", name, (long long)c->dim);
    if (c->relation_dim && !has_own_relation_width(decoder))
        return error_set(err, GAT_EUSAGE, "relation-dim works with the decoders tucker and conve, not with %s", name);
    if (decoder == GAT_DECODER_CONVE && !conve_picture(&height, &width, c->dim, decoder_width(c)))
        return error_set(
            err, GAT_EUSAGE,
            "decoder conve makes a picture of at least 3 x 3, whose width divides dim and relation-dim; there "
            "is none for %lld and %lld",
            (long long)c->dim, (long long)decoder_width(c));
    return GAT_OK;
}

gat_status decoder_check(const gat_config *c, gat_error *err)
{
    gat_decoder decoder = (gat_decoder)c->decoder;
    const char *name = decoder_name(decoder);
    if (c->relation_weight > 0 && !decoder_has_pairs(decoder))
        return error_set(err, GAT_EUSAGE, "relation-weight works with the decoders distmult and complex, not with %s",
                         name);
    if (c->dura > 0 && decoder_comparator(decoder) != GAT_COMPARE_DOT)
        return error_set(err, GAT_EUSAGE, "dura works with decoders that score by a product, not with %s", name);
    if (c->relation_dropout > 0 && decoder == GAT_DECODER_ROTATE)
        return error_set(err, GAT_EUSAGE, "relation-dropout does not work with rotate, whose relations are angles");
    if (c->hidden_dropout > 0 && !has_own_relation_width(decoder))
        return error_set(err, GAT_EUSAGE, "hidden-dropout works with the decoders tucker and conve, not with %s", name);
    return check_widths(c, err);
}

/* ---- parameters ---- */

gat_status decoder_declare(gat_decoder_params *p, gat_params *params, const gat_config *c, gat_error *err)
{
    if (c->decoder == GAT_DECODER_TUCKER) return tucker_declare(&p->tucker, params, c, decoder_width(c), err);
    if (c->decoder == GAT_DECODER_CONVE) return conve_declare(&p->conve, params, c, decoder_width(c), err);
    return GAT_OK;
}

/* RotatE's relations are angles; RESCAL's matrices are scaled so that a query is about as long as from vectors that start
 * like entities, which the others do. */
static void init_relations(float *relation, int64_t n, const gat_config *c, uint64_t seed, uint64_t stream)
{
    double matrix = c->decoder == GAT_DECODER_RESCAL ? sqrt((double)c->dim) : 1;
    if (c->decoder == GAT_DECODER_ROTATE) random_fill_uniform(relation, n, 3.14159265f, seed, stream);
    else random_fill_normal(relation, n, (float)(c->init / matrix), seed, stream);
}

void decoder_init_params(gat_model *m, uint64_t stream)
{
    const gat_config *c = &m->config;
    gat_params *params = &m->params;
    float *entity = param_value(params, m->entity);
    init_relations(param_value(params, m->relation), param_size(params, m->relation), c, m->seed, stream);
    if (c->decoder == GAT_DECODER_TUCKER) tucker_init(&m->decoder.tucker, params, (uint64_t)c->seed);
    if (c->decoder != GAT_DECODER_CONVE) return;
    conve_init(&m->decoder.conve, params, (uint64_t)c->seed);
    for (int64_t i = 0; i < m->num_seen; i++) entity[i * c->dim + c->dim - 1] = 0; /* a bias, see conve.h */
}

/* Values and gradients of every step of the way; of the parameters also what the optimiser keeps. */
int64_t decoder_training_floats(const gat_config *c, int64_t relations, int64_t questions)
{
    int64_t d = c->dim, width = decoder_width(c), rows = c->batch < questions ? c->batch : questions,
            used = rows < 2 * relations ? rows : 2 * relations;
    if (c->decoder == GAT_DECODER_RESCAL) return 6 * rows * d;
    if (c->decoder == GAT_DECODER_TUCKER) return 5 * d * d * width + 4 * used * d * d + 8 * rows * d;
    if (c->decoder != GAT_DECODER_CONVE) return 0;
    conv_shape s = {.channels = c->conv_channels};
    conve_picture(&s.height, &s.width, d, width);
    int64_t map = s.channels * conv_places(&s);
    return 5 * d * map + 8 * rows * map + 6 * rows * (d + width) + conv_scratch(&s);
}

/* ---- queries ---- */

/* Rows 0, 1, 2 ...: every row of a batch has its own vectors by now. */
static const int32_t *row_numbers(gat_tape *t, int64_t b)
{
    int32_t *rows = arena_alloc(tape_arena(t), b, sizeof *rows);
    if (!rows) tape_fail(t, GAT_ENOMEM);
    for (int64_t j = 0; rows && j < b; j++) rows[j] = (int32_t)j;
    return rows;
}

/* Decoders that compose vectors; with dropout every row gets masks of its own. */
static gat_mat *composed(gat_tape *t, const gat_config *c, gat_mat *x, gat_mat *r, const int32_t *entity,
                         const int32_t *relation, int64_t b, uint32_t key)
{
    gat_decoder decoder = (gat_decoder)c->decoder;
    bool plain = !tape_recording(t) || (c->input_dropout == 0 && c->relation_dropout == 0);
    if (plain || tape_status(t, NULL)) return ad_compose(t, x, r, entity, relation, b, decoder);
    const int32_t *rows = row_numbers(t, b);
    gat_mat *e = ad_dropout(t, ad_gather(t, x, entity, b), (float)c->input_dropout, key + DROP_INPUT);
    gat_mat *v = ad_dropout(t, ad_gather(t, r, relation, b), (float)c->relation_dropout, key + DROP_RELATION);
    return ad_compose(t, e, v, rows, rows, b, decoder);
}

static gat_mat *rescal(gat_tape *t, const gat_config *c, gat_mat *e, gat_mat *r, const int32_t *relation, uint32_t key)
{
    e = ad_dropout(t, e, (float)c->input_dropout, key + DROP_INPUT);
    r = ad_dropout(t, r, (float)c->relation_dropout, key + DROP_RELATION);
    return ad_bilinear(t, e, r, relation);
}

gat_mat *decoder_queries(gat_tape *t, const gat_model *m, gat_mat *x, gat_mat *r, const int32_t *entity,
                         const int32_t *relation, int64_t b, uint64_t stream)
{
    const gat_config *c = &m->config;
    uint32_t key = (uint32_t)random_stream(STREAM_DECODER, stream, 1);
    gat_decoder decoder = (gat_decoder)c->decoder;
    gat_mat *q, *e = decoder < GAT_NUM_COMPOSED ? NULL : ad_gather(t, x, entity, b);
    switch (decoder) {
    case GAT_DECODER_CONVE:
        r = ad_dropout(t, ad_gather(t, r, relation, b), (float)c->relation_dropout, key + DROP_RELATION);
        return conve_queries(t, &m->decoder.conve, &m->params, c, e, r, key);
    case GAT_DECODER_TUCKER: q = tucker_queries(t, &m->decoder.tucker, &m->params, c, e, r, relation, key); break;
    case GAT_DECODER_RESCAL: q = rescal(t, c, e, r, relation, key); break;
    default: q = composed(t, c, x, r, entity, relation, b, key);
    }
    return ad_dropout(t, q, (float)c->decoder_dropout, key + DROP_QUERY);
}

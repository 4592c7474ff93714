#include "model/tucker.h"

#include <math.h>

#include "autodiff/ops.h"
#include "autodiff/query_ops.h"
#include "base/random.h"
#include "model/decoder_keys.h"

gat_status tucker_declare(tucker_params *p, gat_params *params, const gat_config *c, int64_t relation_width,
                          gat_error *err)
{
    gat_status st = params_declare(&p->core, params, "tucker.core", c->dim * c->dim, relation_width, err);
    if (!st) st = params_declare(&p->input_gain, params, "tucker.input_gain", 1, c->dim, err);
    if (!st) st = params_declare(&p->input_bias, params, "tucker.input_bias", 1, c->dim, err);
    if (!st) st = params_declare(&p->query_gain, params, "tucker.query_gain", 1, c->dim, err);
    if (!st) st = params_declare(&p->query_bias, params, "tucker.query_bias", 1, c->dim, err);
    return st;
}

void tucker_init(const tucker_params *p, gat_params *params, uint64_t seed)
{
    float scale = 1 / sqrtf((float)params->list[p->core].cols);
    random_fill_normal(param_value(params, p->core), param_size(params, p->core), scale, seed,
                       random_stream(STREAM_DECODER, 0, (uint64_t)p->core));
    param_fill(params, p->input_gain, 1);
    param_fill(params, p->query_gain, 1);
}

/* ids <- the different relations of the rows, in the order they come; slot (B) <- the place of each row's. place: scratch,
 * one for every relation. */
static int64_t distinct(int32_t *ids, int32_t *slot, int32_t *place, int64_t num_relations, const int32_t *relation,
                        int64_t b)
{
    int64_t count = 0;
    for (int64_t i = 0; i < num_relations; i++) place[i] = -1;
    for (int64_t j = 0; j < b; j++) {
        int32_t *at = &place[relation[j]];
        if (*at < 0) {
            *at = (int32_t)count;
            ids[count++] = relation[j];
        }
        slot[j] = *at;
    }
    return count;
}

static int32_t *integers(gat_tape *t, int64_t count)
{
    int32_t *p = arena_alloc(tape_arena(t), count, sizeof *p);
    if (!p) tape_fail(t, GAT_ENOMEM);
    return p;
}

gat_mat *tucker_queries(gat_tape *t, const tucker_params *p, const gat_params *params, const gat_config *c, gat_mat *e,
                        gat_mat *r, const int32_t *relation, uint32_t key)
{
    if (tape_status(t, NULL)) return NULL;
    int32_t *ids = integers(t, e->rows), *slot = integers(t, e->rows), *place = integers(t, r->rows);
    if (tape_status(t, NULL)) return NULL;
    int64_t count = distinct(ids, slot, place, r->rows, relation, e->rows);
    gat_mat *vectors = ad_dropout(t, ad_gather(t, r, ids, count), (float)c->relation_dropout, key + DROP_RELATION);
    gat_mat *matrices = ad_dense(t, vectors, ad_param(t, params, p->core), NULL);
    matrices = ad_dropout(t, matrices, (float)c->hidden_dropout, key + DROP_HIDDEN);
    e = ad_norm(t, e, ad_param(t, params, p->input_gain), ad_param(t, params, p->input_bias));
    e = ad_dropout(t, e, (float)c->input_dropout, key + DROP_INPUT);
    gat_mat *q = ad_bilinear(t, e, matrices, slot);
    return ad_norm(t, q, ad_param(t, params, p->query_gain), ad_param(t, params, p->query_bias));
}

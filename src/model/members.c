#include "model/members.h"

#include <string.h>

#include "base/error.h"
#include "base/random.h"
#include "model/embedding_model.h"

enum { STREAM_MEMBER = 0x3e3b };

gat_status members_check(const gat_config *c, gat_error *err)
{
    gat_decoder decoder = (gat_decoder)c->decoder;
    if (c->members == 1 || c->model == GAT_MODEL_PATH) return GAT_OK;
    if (c->model != GAT_MODEL_NONE)
        return error_set(err, GAT_EUSAGE, "members works with --model none and path: attention layers are not joined");
    if (decoder == GAT_DECODER_DISTMULT || decoder == GAT_DECODER_COMPLEX) return GAT_OK;
    return error_set(err, GAT_EUSAGE, "members works with the decoders distmult and complex, not with %s",
                     decoder_name(decoder));
}

uint64_t member_seed(uint64_t seed, int64_t member)
{
    return member ? random_stream(STREAM_MEMBER, seed, (uint64_t)member) : seed;
}

/* wide (rows, count * width) <- scale * one (rows, width) of member k: of every row each of its parts (the real and the
 * imaginary half of a complex one) goes behind the same part of the members before. */
static void lay(float *wide, const float *one, const gat_param *p, int64_t k, int64_t count, int parts, float scale)
{
    int64_t piece = p->cols / parts;
    for (int64_t i = 0; i < p->rows * parts; i++)
        for (int64_t j = 0; j < piece; j++) wide[(i * count + k) * piece + j] = scale * one[i * piece + j];
}

static void lay_all(gat_model *m, const gat_params *one, const float *block, int64_t count)
{
    int parts = decoder_is_complex((gat_decoder)m->config.decoder) ? 2 : 1;
    const gat_param *entity = &one->list[m->entity], *relation = &one->list[m->relation];
    for (int64_t k = 0; k < count; k++, block += one->size) {
        lay(param_value(&m->params, m->entity), block + entity->offset, entity, k, count, parts, 1);
        lay(param_value(&m->params, m->relation), block + relation->offset, relation, k, count, parts,
            1 / (float)count);
    }
}

gat_status members_join(gat_model *m, const float *block, int64_t count, gat_error *err)
{
    gat_params one = m->params;
    m->params = (gat_params){0};
    m->config.members = m->members = count;
    gat_status st = embedding_declare(m, err);
    if (!st) st = params_allocate(&m->params, false, err);
    if (!st) lay_all(m, &one, block, count);
    params_clear(&one);
    return st;
}

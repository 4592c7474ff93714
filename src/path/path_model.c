#include "path/path_model.h"

#include "base/error.h"
#include "base/memory.h"
#include "kernels/path_layer.h"

static gat_status check_shape(const path_shape *s, gat_error *err)
{
    if (s->width < PATH_WIDTH_STEP || s->width % PATH_WIDTH_STEP || s->width > PATH_MAX_WIDTH)
        return error_set(err, GAT_EUSAGE, "the width of a path model is a multiple of %d up to %d, not %lld",
                         PATH_WIDTH_STEP, PATH_MAX_WIDTH, (long long)s->width);
    if (s->layers < 1 || s->layers > PATH_MAX_LAYERS)
        return error_set(err, GAT_EUSAGE, "a path model has 1 to %d layers, not %lld", PATH_MAX_LAYERS,
                         (long long)s->layers);
    if (s->members < 0 || s->members > PATH_MAX_MEMBERS)
        return error_set(err, GAT_EUSAGE, "a path model has 1 to %d members, not %lld", PATH_MAX_MEMBERS,
                         (long long)s->members);
    if (s->heads < 0 || s->heads > PATH_GATE || (s->heads && PATH_GATE % s->heads))
        return error_set(err, GAT_EUSAGE, "a path model has 1, 2, 4 or 8 attention heads, not %lld",
                         (long long)s->heads);
    if (s->budget < 0)
        return error_set(err, GAT_EUSAGE, "the budget of a path model is at least 0, not %lld", (long long)s->budget);
    return GAT_OK;
}

gat_status path_model_declare(path_model **out, const path_shape *shape, int32_t num_relations, gat_error *err)
{
    *out = NULL;
    gat_status st = check_shape(shape, err);
    if (st) return st;
    path_model *m = gat_calloc(1, sizeof *m);
    if (!m) return error_nomem(err);
    m->shape = *shape;
    if (!m->shape.members) m->shape.members = 1;
    m->num_relations = num_relations;
    st = params_declare(&m->ready, &m->params, "members", 1, 1, err);
    for (int64_t k = 0; k < m->shape.members && !st; k++)
        st = path_net_declare(&m->net[k], &m->params, &m->shape, num_relations, k, err);
    if (st) path_model_free(m);
    else *out = m;
    return st;
}

gat_status path_model_new(path_model **out, const path_shape *shape, int32_t num_relations, bool trainable,
                          gat_error *err)
{
    gat_status st = path_model_declare(out, shape, num_relations, err);
    if (st) return st;
    st = params_allocate(&(*out)->params, trainable, err);
    if (!st) return GAT_OK;
    path_model_free(*out);
    *out = NULL;
    return st;
}

void path_model_free(path_model *m)
{
    if (!m) return;
    params_clear(&m->params);
    gat_free(m);
}

void path_model_draw(path_model *m, uint64_t seed)
{
    for (int64_t k = 0; k < m->shape.members; k++) path_net_draw(&m->net[k], seed);
    path_model_set_ready(m, m->shape.members);
}

int64_t path_model_ready(const path_model *m)
{
    float ready = param_value(&m->params, m->ready)[0];
    return ready >= 1 && ready <= (float)m->shape.members ? (int64_t)ready : m->shape.members;
}

void path_model_set_ready(path_model *m, int64_t nets) { param_value(&m->params, m->ready)[0] = (float)nets; }

#include "model/kg_model.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/path_kind.h"

static const model_kind *const kinds[GAT_NUM_MODEL_KINDS] = {
    [GAT_MODEL_GAT] = &embedding_kind,
    [GAT_MODEL_NONE] = &embedding_kind,
    [GAT_MODEL_PATH] = &path_kind,
};

gat_status model_new(gat_model **out, const gat_config *config, gat_error *err)
{
    gat_model *m = *out = gat_calloc(1, sizeof *m);
    if (!m) return error_nomem(err);
    m->kind = kinds[config->model];
    m->config = *config;
    m->members = config->members;
    m->seed = (uint64_t)config->seed;
    m->unknown = m->encoder.position = -1;
    return GAT_OK;
}

gat_status model_finish(gat_model *m, gat_error *err)
{
    view_free(m->view);
    gat_free(m->config_lines);
    m->view = NULL;
    m->config_lines = config_text(&m->config);
    if (!m->config_lines) return error_nomem(err);
    gat_status st = m->side ? model_finish(m->side, err) : GAT_OK;
    if (st) return st;
    return view_build(&m->view, m, m->entities, &m->facts, err);
}

void model_free(gat_model *m)
{
    if (!m) return;
    view_free(m->view);
    model_free(m->side);
    gat_free(m->side_weight);
    gat_free(m->config_lines);
    gat_free(m->entity_text);
    intern_free(m->entities);
    intern_free(m->relations);
    triples_clear(&m->facts);
    path_model_free(m->path);
    params_clear(&m->params);
    encoder_clear(&m->encoder);
    gat_free(m->positions);
    gat_free(m);
}

static void hash_names(XXH3_state_t *state, const gat_intern *names)
{
    int32_t count = intern_count(names);
    XXH3_128bits_update(state, &count, sizeof count);
    for (int32_t i = 0; i < count; i++)
        XXH3_128bits_update(state, intern_string(names, i), strlen(intern_string(names, i)) + 1);
}

static void hash_model(XXH3_state_t *state, const gat_model *m)
{
    const gat_params *p = model_params_of(m);
    hash_names(state, m->entities);
    hash_names(state, m->relations);
    for (int i = 0; i < p->count; i++)
        XXH3_128bits_update(state, param_value(p, i), (size_t)param_size(p, i) * sizeof(float));
    if (!m->side) return;
    hash_model(state, m->side);
    XXH3_128bits_update(state, m->side_weight, 4 * (size_t)m->num_seen_relations * sizeof *m->side_weight);
}

gat_status model_digest(uint64_t digest[2], const gat_model *m, gat_error *err)
{
    XXH3_state_t *state = gat_alloc(1, sizeof *state);
    if (!state) return error_nomem(err);
    XXH3_128bits_reset(state);
    hash_model(state, m);
    XXH128_hash_t h = XXH3_128bits_digest(state);
    digest[0] = h.high64;
    digest[1] = h.low64;
    gat_free(state);
    return GAT_OK;
}

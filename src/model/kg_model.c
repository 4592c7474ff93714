#include "model/kg_model.h"

#define XXH_INLINE_ALL
#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "model/view.h"

enum { STREAM_TABLES = 0x7ab1, MAX_UNSEEN_FLOATS = 1 << 24 };

gat_status model_check_unseen(const gat_model *m, gat_error *err)
{
    int64_t unseen = intern_count(m->entities) - m->num_seen,
            room = 4 * (int64_t)m->num_seen + MAX_UNSEEN_FLOATS / m->config.dim;
    if (unseen <= room) return GAT_OK;
    return error_set(err, GAT_EDATA, "%lld entities never occur in train, which has %d; at most %lld can be scored",
                     (long long)unseen, m->num_seen, (long long)room);
}

gat_status model_declare(gat_model *m, gat_error *err)
{
    const gat_config *c = &m->config;
    int64_t width = decoder_width(c);
    gat_status st = params_declare(&m->entity, &m->params, "entity", m->num_seen, c->dim, err);
    if (!st) st = params_declare(&m->relation, &m->params, "relation", 2 * (int64_t)m->num_seen_relations, width, err);
    if (!st) st = decoder_declare(&m->decoder, &m->params, c, err);
    m->unknown = -1;
    if (!st && c->model == GAT_MODEL_GAT && c->unknown_entities > 0)
        st = params_declare(&m->unknown, &m->params, "unknown", 1, c->dim, err);
    reach_plan plan = encoder_reach(c, m->num_seen);
    int32_t relations = 2 * m->num_seen_relations + 1 + reach_relations(&plan);
    return st ? st : encoder_declare(&m->encoder, &m->params, c, relations, err);
}

void model_init_params(gat_model *m)
{
    const gat_config *c = &m->config;
    uint64_t seed = (uint64_t)c->seed;
    random_fill_normal(param_value(&m->params, m->entity), param_size(&m->params, m->entity), (float)c->init, seed,
                       random_stream(STREAM_TABLES, 0, 0));
    decoder_init_params(m, random_stream(STREAM_TABLES, 1, 0));
    encoder_init_params(&m->encoder, &m->params, c);
}

gat_status model_finish(gat_model *m, gat_error *err)
{
    view_free(m->view);
    gat_free(m->config_lines);
    m->view = NULL;
    m->config_lines = config_text(&m->config);
    if (!m->config_lines) return error_nomem(err);
    return view_build(&m->view, m, m->entities, &m->facts, err);
}

void model_free(gat_model *m)
{
    if (!m) return;
    view_free(m->view);
    gat_free(m->config_lines);
    gat_free(m->entity_text);
    intern_free(m->entities);
    intern_free(m->relations);
    triples_clear(&m->facts);
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

gat_status model_digest(uint64_t digest[2], const gat_model *m, gat_error *err)
{
    XXH3_state_t *state = gat_alloc(1, sizeof *state);
    if (!state) return error_nomem(err);
    XXH3_128bits_reset(state);
    hash_names(state, m->entities);
    hash_names(state, m->relations);
    for (int i = 0; i < m->params.count; i++)
        XXH3_128bits_update(state, param_value(&m->params, i), (size_t)param_size(&m->params, i) * sizeof(float));
    XXH128_hash_t h = XXH3_128bits_digest(state);
    digest[0] = h.high64;
    digest[1] = h.low64;
    gat_free(state);
    return GAT_OK;
}

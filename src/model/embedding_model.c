#include "model/embedding_model.h"

#include "base/error.h"
#include "base/random.h"
#include "model/decoder.h"
#include "model/encoder.h"

enum { STREAM_TABLES = 0x7ab1, MAX_UNSEEN_FLOATS = 1 << 24 };

gat_status embedding_check_unseen(const gat_model *m, gat_error *err)
{
    int64_t unseen = intern_count(m->entities) - m->num_seen,
            room = 4 * (int64_t)m->num_seen + MAX_UNSEEN_FLOATS / (m->config.dim * m->config.members);
    if (unseen <= room) return GAT_OK;
    return error_set(err, GAT_EDATA, "%lld entities never occur in train, which has %d; at most %lld can be scored",
                     (long long)unseen, m->num_seen, (long long)room);
}

gat_status embedding_declare(gat_model *m, gat_error *err)
{
    const gat_config *c = &m->config;
    int64_t width = decoder_width(c) * m->members;
    gat_status st = params_declare(&m->entity, &m->params, "entity", m->num_seen, model_width(m), err);
    if (!st) st = params_declare(&m->relation, &m->params, "relation", 2 * (int64_t)m->num_seen_relations, width, err);
    if (!st) st = decoder_declare(&m->decoder, &m->params, c, err);
    m->unknown = -1;
    if (!st && c->model == GAT_MODEL_GAT && c->unknown_entities > 0)
        st = params_declare(&m->unknown, &m->params, "unknown", 1, c->dim, err);
    reach_plan plan = encoder_reach(c, m->num_seen);
    int32_t relations = 2 * m->num_seen_relations + 1 + reach_relations(&plan);
    return st ? st : encoder_declare(&m->encoder, &m->params, c, relations, err);
}

void embedding_init_params(gat_model *m)
{
    const gat_config *c = &m->config;
    random_fill_normal(param_value(&m->params, m->entity), param_size(&m->params, m->entity), (float)c->init, m->seed,
                       random_stream(STREAM_TABLES, 0, 0));
    decoder_init_params(m, random_stream(STREAM_TABLES, 1, 0));
    encoder_init_params(&m->encoder, &m->params, c);
}

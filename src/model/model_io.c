#include "model/model_io.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/side_view.h"

/* Fixed numbers of the header section, as they lie in the file. */
typedef struct model_header {
    int64_t entities, seen, relations, seen_relations, facts, params;
    model_origin origin;
} model_header;

void sections_add(model_sections *s, const char *name, const void *bytes, int64_t length)
{
    char *full = s->name[s->count];
    snprintf(full, MODEL_FILE_NAME, "%s%s", s->prefix ? s->prefix : "", name);
    s->owned[s->count] = NULL;
    s->list[s->count++] = (gat_section){full, bytes, length};
}

void sections_take(model_sections *s, const char *name, void *bytes, int64_t length)
{
    sections_add(s, name, bytes, length);
    s->owned[s->count - 1] = bytes;
}

void sections_clear(model_sections *s)
{
    for (int i = 0; i < s->count; i++) gat_free(s->owned[i]);
    s->count = 0;
}

gat_status sections_add_names(model_sections *s, const char *name, const gat_intern *names, gat_error *err)
{
    char *bytes;
    int64_t length;
    gat_status st = model_file_pack_names(&bytes, &length, names, err);
    if (!st) sections_take(s, name, bytes, length);
    return st;
}

static gat_status add_texts(model_sections *s, const gat_model *m, gat_error *err)
{
    char *bytes;
    int64_t length;
    gat_status st = model_file_pack_texts(&bytes, &length, m->entity_text, intern_count(m->entities), err);
    if (!st) sections_take(s, "entity_text", bytes, length);
    return st;
}

static gat_status add_queries(model_sections *s, const gat_model *m, gat_error *err)
{
    int64_t *queries = gat_alloc(3, sizeof *queries);
    if (!queries) return error_nomem(err);
    queries[0] = m->queries;
    queries[1] = m->best_queries;
    queries[2] = m->eval_queries;
    sections_take(s, "queries", queries, 3 * (int64_t)sizeof *queries);
    return GAT_OK;
}

static gat_status add_calibration(model_sections *s, const gat_model *m, gat_error *err)
{
    answer_calibration *c = gat_alloc(1, sizeof *c);
    if (!c) return error_nomem(err);
    *c = m->calibration;
    sections_take(s, "calibration", c, sizeof *c);
    return GAT_OK;
}

static gat_status add_model(model_sections *s, const gat_model *m, gat_error *err)
{
    const gat_params *p = model_params_of(m);
    model_header *header = gat_calloc(1, sizeof *header);
    char *config = config_text(&m->config);
    if (header) sections_take(s, "header", header, sizeof *header);
    if (config) sections_take(s, "config", config, (int64_t)strlen(config) + 1);
    if (!header || !config) return error_nomem(err);
    *header = (model_header){intern_count(m->entities),
                             m->num_seen,
                             intern_count(m->relations),
                             m->num_seen_relations,
                             m->facts.count,
                             p->size,
                             m->origin};
    gat_status st = sections_add_names(s, "entities", m->entities, err);
    if (!st) st = sections_add_names(s, "relations", m->relations, err);
    if (!st && m->entity_text) st = add_texts(s, m, err);
    sections_add(s, "facts", m->facts.data, m->facts.count * (int64_t)sizeof *m->facts.data);
    sections_add(s, "params", p->value, p->size * (int64_t)sizeof(float));
    if (m->path && !st) st = add_queries(s, m, err);
    if (m->calibrated && !st) st = add_calibration(s, m, err);
    if (m->positions)
        sections_add(s, "positions", m->positions, m->num_seen * m->config.position_dim * (int64_t)sizeof(float));
    return st;
}

static const char side_prefix[] = "side_";

/* A side model as its own file would have it, all names prefixed. */
static gat_status add_side(model_sections *s, const gat_model *m, gat_error *err)
{
    s->prefix = side_prefix;
    gat_status st = add_model(s, m->side, err);
    s->prefix = NULL;
    sections_add(s, "join_weights", m->side_weight, side_weights(m) * (int64_t)sizeof *m->side_weight);
    return st;
}

gat_status sections_of_model(model_sections *s, const gat_model *m, gat_error *err)
{
    s->count = 0;
    s->prefix = NULL;
    gat_status st = add_model(s, m, err);
    return st || !m->side ? st : add_side(s, m, err);
}

gat_status sections_of_part(model_sections *s, const char *prefix, const gat_model *m, gat_error *err)
{
    s->count = 0;
    s->prefix = prefix;
    gat_status st = add_model(s, m, err);
    s->prefix = NULL;
    return st;
}

gat_status model_save(const gat_model *m, const char *path, gat_error *err)
{
    model_sections s = {.count = 0};
    gat_status st = sections_of_model(&s, m, err);
    if (!st) st = model_file_write(path, s.list, s.count, err);
    sections_clear(&s);
    return st;
}

static gat_status bad(gat_error *err, const char *what)
{
    return error_set(err, GAT_EMODEL, "bad model file: %s", what);
}

static bool metrics_sane(gat_metrics m)
{
    const double values[] = {m.mrr, m.mr, m.hits_at_1, m.hits_at_3, m.hits_at_10};
    for (int i = 0; i < 5; i++)
        if (!(values[i] >= 0 && isfinite(values[i]))) return false;
    return true;
}

static bool origin_sane(const model_origin *o)
{
    return o->epochs >= 0 && o->best_epoch >= 0 && o->holdout >= -1 && o->holdout <= 1 && o->valid.queries >= 0 &&
           metrics_sane(o->valid.realistic) && metrics_sane(o->valid.optimistic) && metrics_sane(o->valid.pessimistic);
}

static gat_status read_header(model_header *h, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t length;
    gat_status st = model_file_section(&bytes, &length, file, "header", sizeof *h, err);
    if (st) return st;
    if (length != sizeof *h) return bad(err, "header has a wrong length");
    memcpy(h, bytes, sizeof *h);
    bool sane = h->entities >= 0 && h->entities < INT32_MAX && h->seen >= 0 && h->seen <= h->entities &&
                h->relations >= 0 && h->relations < INT32_MAX / 2 && h->seen_relations >= 0 &&
                h->seen_relations <= h->relations && h->facts >= 0 && origin_sane(&h->origin);
    return sane ? GAT_OK : bad(err, "counts out of range");
}

static gat_status read_config(gat_config *config, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t length;
    gat_status st = model_file_section(&bytes, &length, file, "config", 1, err);
    if (st) return st;
    const char *text = bytes;
    if (length < 1 || text[length - 1] || (int64_t)strlen(text) + 1 != length)
        return bad(err, "configuration is not text");
    gat_error inner = {0};
    config_init(config);
    st = config_parse(config, text, "config", &inner);
    if (!st) st = config_check(config, &inner);
    return st == GAT_ENOMEM ? error_nomem(err) : st ? bad(err, inner.message) : GAT_OK;
}

static gat_status read_texts(gat_model *m, const gat_model_file *file, gat_error *err)
{
    if (model_file_length(file, "entity_text") < 0) return GAT_OK;
    return model_file_texts(&m->entity_text, file, "entity_text", intern_count(m->entities), err);
}

static gat_status read_facts(gat_model *m, const gat_model_file *file, int64_t count, gat_error *err)
{
    const void *bytes;
    int64_t length;
    gat_status st = model_file_section(&bytes, &length, file, "facts", sizeof(gat_triple), err);
    if (st) return st;
    if (length / (int64_t)sizeof(gat_triple) != count) return bad(err, "facts and header disagree");
    const gat_triple *facts = bytes;
    for (int64_t i = 0; !st && i < count; i++) {
        gat_triple f = facts[i];
        if (f.head < 0 || f.head >= m->num_seen || f.tail < 0 || f.tail >= m->num_seen || f.relation < 0 ||
            f.relation >= m->num_seen_relations)
            return bad(err, "a fact names an id out of range");
        st = triples_push(&m->facts, f, err);
    }
    return st;
}

static gat_status read_params(gat_model *m, const gat_model_file *file, int64_t size, bool trainable, gat_error *err)
{
    const int64_t width = sizeof(float);
    if (size < 0 || size > INT64_MAX / width || model_file_length(file, "params") != size * width)
        return bad(err, "parameters and header disagree");
    gat_error inner = {0};
    gat_status st = m->kind->declare(m, &inner);
    if (st) return st == GAT_ENOMEM ? error_nomem(err) : bad(err, inner.message);
    gat_params *p = model_params(m);
    if (p->size != size) return bad(err, "parameters do not match the configuration");
    st = params_allocate(p, trainable, err);
    return st ? st : model_file_floats(p->value, size, file, "params", err);
}

gat_status model_read_origin(gat_config *config, model_origin *origin, const gat_model_file *file, gat_error *err)
{
    model_header header;
    gat_status st = read_header(&header, file, err);
    if (!st) st = read_config(config, file, err);
    if (!st) *origin = header.origin;
    return st;
}

/* A place in the graph is as much a part of the model as a parameter: finding it again could take long, or give other bits
 * on another machine. */
static gat_status read_positions(gat_model *m, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t length;
    if (m->encoder.position < 0) return GAT_OK;
    gat_status st = model_file_section(&bytes, &length, file, "positions", sizeof(float), err);
    if (st) return st;
    int64_t count = m->num_seen * m->config.position_dim;
    if (length / (int64_t)sizeof(float) != count) return bad(err, "positions and header disagree");
    const float *values = bytes;
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(values[i])) return bad(err, "a position is not a number");
    m->positions = gat_alloc(count, sizeof *m->positions);
    if (!m->positions) return error_nomem(err);
    memcpy(m->positions, values, (size_t)length);
    return GAT_OK;
}

/* Files of earlier versions have the first two. */
static gat_status read_queries(gat_model *m, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t length, queries[3] = {0};
    if (!m->path) return GAT_OK;
    gat_status st = model_file_section(&bytes, &length, file, "queries", 1, err);
    if (st) return st;
    if (length != sizeof queries && length != 2 * sizeof *queries)
        return bad(err, "numbers of questions have a wrong length");
    memcpy(queries, bytes, (size_t)length);
    if (queries[0] < 0 || queries[1] < 0 || queries[2] < 0) return bad(err, "numbers of questions out of range");
    m->queries = queries[0];
    m->best_queries = queries[1];
    m->eval_queries = queries[2];
    return GAT_OK;
}

/* What can be asked of the other kinds of model is asked elsewhere. */
static gat_status refuse_others(const gat_model_file *file, gat_error *err)
{
    static const char *const others[][2] = {
        {RELATIONS_SECTION, "a model of relations in text; it answers extract, evaluate, info and verify"},
        {LINKER_SECTION, "a model of entity linking; it answers link, evaluate, info and verify"},
        {GENERATOR_SECTION, "a model that writes graphs; it answers generate, evaluate, info and verify"},
        {RECOMMENDER_SECTION, "a recommender; it answers recommend, evaluate, info and verify"},
        {ALIGNMENT_SECTION, "an alignment of two graphs; it answers info, verify, neighbors --by embedding, "
                            "similarity, export and align --apply"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (model_file_length(file, others[i][0]) >= 0) return error_set(err, GAT_EUSAGE, "%s", others[i][1]);
    return GAT_OK;
}

/* Files of earlier versions have none. */
static gat_status read_calibration(gat_model *m, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t length;
    answer_calibration *c = &m->calibration;
    if (model_file_length(file, "calibration") < 0) return GAT_OK;
    gat_status st = model_file_section(&bytes, &length, file, "calibration", 1, err);
    if (st) return st;
    if (length != sizeof *c) return bad(err, "the calibration has a wrong length");
    memcpy(c, bytes, sizeof *c);
    if (!answer_calibration_sane(c)) return bad(err, "the calibration is out of range");
    m->calibrated = true;
    return GAT_OK;
}

static gat_status read_side_weights(gat_model *m, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t length, count = side_weights(m);
    gat_status st = model_file_section(&bytes, &length, file, "join_weights", sizeof(double), err);
    if (st) return st;
    if (length / (int64_t)sizeof(double) != count) return bad(err, "the weights of the side model have a wrong length");
    m->side_weight = gat_alloc(count, sizeof *m->side_weight);
    if (!m->side_weight) return error_nomem(err);
    memcpy(m->side_weight, bytes, (size_t)length);
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(m->side_weight[i])) return bad(err, "a weight of the side model is not a number");
    return GAT_OK;
}

/* Without its side model. */
static gat_status read_alone(gat_model **out, const gat_model_file *file, bool trainable, gat_error *err)
{
    *out = NULL;
    model_header header;
    gat_config config;
    gat_model *m = NULL;
    gat_status st = refuse_others(file, err);
    if (!st) st = read_header(&header, file, err);
    if (!st) st = read_config(&config, file, err);
    if (!st) st = model_new(&m, &config, err);
    if (!st) st = model_file_names(&m->entities, file, "entities", header.entities, err);
    if (!st) st = model_file_names(&m->relations, file, "relations", header.relations, err);
    if (!st) {
        m->num_seen = (int32_t)header.seen;
        m->num_seen_relations = (int32_t)header.seen_relations;
        m->origin = header.origin;
        st = read_texts(m, file, err);
    }
    if (!st) st = read_facts(m, file, header.facts, err);
    if (!st) st = read_params(m, file, header.params, trainable, err);
    if (!st) st = read_positions(m, file, err);
    if (!st) st = read_queries(m, file, err);
    if (!st) st = read_calibration(m, file, err);
    if (!st) *out = m;
    else model_free(m);
    return st;
}

/* A side model has none of its own, whatever the file says. */
static gat_status read_side(gat_model *m, const gat_model_file *file, gat_error *err)
{
    gat_model_file *part = NULL;
    if (!m->path || model_file_length(file, "join_weights") < 0) return GAT_OK;
    gat_status st = model_file_part(&part, file, side_prefix, err);
    if (!st) st = read_alone(&m->side, part, false, err);
    model_file_close(part);
    if (!st && m->side->path) return bad(err, "the side model is one of paths");
    if (!st && !m->side->num_seen_relations) return bad(err, "the side model knows no relation");
    return st ? st : read_side_weights(m, file, err);
}

gat_status model_from_file(gat_model **out, const gat_model_file *file, bool trainable, gat_error *err)
{
    gat_model *m;
    *out = NULL;
    gat_status st = read_alone(&m, file, trainable, err);
    if (!st) st = read_side(m, file, err);
    if (!st) *out = m;
    else model_free(m);
    return st;
}

gat_status model_load(gat_model **out, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    *out = NULL;
    gat_status st = model_file_open(&file, path, err);
    if (st) return st;
    st = model_from_file(out, file, false, &inner);
    if (st) st = error_set(err, st, "%s: %s", path, inner.message);
    model_file_close(file);
    return st;
}

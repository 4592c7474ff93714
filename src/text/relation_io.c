/* Models of relations as files: sections of io/model_file.h. Everything is checked before use. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/model_io.h"
#include "text/bag_pool.h"
#include "text/kg_states.h"
#include "text/net_io.h"
#include "text/relation_sections.h"

/* Fixed numbers, as they lie in the file. */
typedef struct header {
    int64_t labels, parts, several, parsed, sentences, seen, vectors, dim, kg_entities, kg_relations, kg_facts;
    uint64_t data_digest[2];
    struct part_header {
        int64_t features;
        double c, threshold, held_out_f1;
    } part[GAT_NUM_RELATION_PARTS];
} header;

static gat_status bad(gat_error *err, const char *what)
{
    return error_set(err, GAT_EMODEL, "bad model file: %s", what);
}

/* ---- writing --------------------------------------------------------------------------------------------- */

/* Weights without the padding of their rows. */
static gat_status write_part(relation_sections *s, const gat_relations *m, int p, gat_error *err)
{
    const linear_part *part = &m->part[p];
    int64_t n = part->table.count, labels = relations_labels(m), stride = label_stride((int32_t)labels);
    char name[3][MODEL_FILE_NAME];
    const char *const names[] = {"keys", "weights", "calibration"};
    for (int i = 0; i < 3; i++) snprintf(name[i], MODEL_FILE_NAME, "%s_%d", names[i], p);
    float *w = gat_alloc(n * labels, sizeof *w), *c = gat_alloc(labels + 1, sizeof *c);
    for (int64_t i = 0; w && i < n; i++) memcpy(w + i * labels, part->w + i * stride, (size_t)labels * sizeof *w);
    if (c) {
        c[0] = part->calibration.scale;
        memcpy(c + 1, part->calibration.offset, (size_t)labels * sizeof *c);
    }
    gat_status st = sections_own(s, name[1], w, n * labels * (int64_t)sizeof *w, err);
    gat_status also = sections_own(s, name[2], c, (labels + 1) * (int64_t)sizeof *c, err);
    if (!st) st = also;
    return st ? st : sections_copy(s, name[0], part->table.key, n * (int64_t)sizeof *part->table.key, err);
}

static gat_status write_vectors(relation_sections *s, const word_vectors *v, gat_error *err)
{
    int64_t n = intern_count(v->words);
    gat_status st = sections_names(s, "vector_words", v->words, err);
    if (!st) st = sections_copy(s, "vectors", v->value, n * v->dim * (int64_t)sizeof *v->value, err);
    if (!st) st = sections_copy(s, "clusters", v->cluster, n * VECTOR_CLUSTERINGS * (int64_t)sizeof *v->cluster, err);
    return st;
}

static gat_status write_graph(relation_sections *s, const kg_context *kg, gat_error *err)
{
    gat_status st = sections_names(s, "kg_entities", kg->entities, err);
    if (!st) st = sections_names(s, "kg_relations", kg->relations, err);
    if (!st) st = sections_copy(s, "kg_facts", kg->facts.data, kg->facts.count * (int64_t)sizeof *kg->facts.data, err);
    return st;
}

static gat_status write_header(relation_sections *s, const gat_relations *m, gat_error *err)
{
    header h = {.labels = relations_labels(m),
                .parts = m->parts,
                .several = m->several,
                .parsed = m->parsed,
                .sentences = m->sentences,
                .seen = m->num_seen,
                .vectors = m->vectors.words ? intern_count(m->vectors.words) : 0,
                .dim = m->vectors.dim,
                .kg_entities = m->kg.entities ? intern_count(m->kg.entities) : -1,
                .kg_relations = m->kg.entities ? intern_count(m->kg.relations) : 0,
                .kg_facts = m->kg.facts.count,
                .data_digest = {m->data_digest[0], m->data_digest[1]}};
    for (int p = 0; p < m->parts; p++) {
        const linear_part *part = &m->part[p];
        h.part[p] = (struct part_header){part->table.count, part->c, part->threshold, part->held_out_f1};
    }
    return sections_copy(s, RELATIONS_SECTION, &h, sizeof h, err);
}

/* Points of a line: probabilities, then what they are worth. */
static gat_status write_sureness(relation_sections *s, const calibration *c, gat_error *err)
{
    if (!c->count) return GAT_OK;
    float *number = gat_alloc(2 * c->count, sizeof *number);
    for (int64_t i = 0; number && i < c->count; i++) {
        number[i] = (float)c->belief[i];
        number[c->count + i] = (float)c->confidence[i];
    }
    return sections_own(s, "sureness", number, 2 * c->count * (int64_t)sizeof *number, err);
}

static gat_status sections_of(relation_sections *s, const gat_relations *m, gat_error *err)
{
    s->count = 0;
    gat_status st = write_header(s, m, err);
    if (!st) st = sections_copy(s, "config", m->config_lines, (int64_t)strlen(m->config_lines) + 1, err);
    if (!st) st = sections_names(s, "labels", m->labels, err);
    if (!st) st = sections_copy(s, "seen_pairs", m->seen, m->num_seen * (int64_t)sizeof *m->seen, err);
    for (int p = 0; !st && p < m->parts; p++) st = write_part(s, m, p, err);
    if (!st && m->vectors.words) st = write_vectors(s, &m->vectors, err);
    if (!st && m->kg.entities) st = write_graph(s, &m->kg, err);
    if (!st) st = write_sureness(s, &m->sureness, err);
    if (!st && m->members) st = net_members_sections(s, m->members, err);
    if (!st && m->kg.states) st = kg_states_sections(s, &m->kg, err);
    if (!st && m->kg_partial) st = sections_copy(s, "kg_partial", "", 1, err);
    if (!st && m->bags) st = sections_copy(s, "bags", m->bags, sizeof *m->bags, err);
    return st;
}

gat_status relations_save(const gat_relations *m, const char *path, gat_error *err)
{
    relation_sections s;
    gat_status st = sections_of(&s, m, err);
    if (!st) st = model_file_write(path, s.list, s.count, err);
    relation_sections_clear(&s);
    return st;
}

gat_status relations_digest(uint64_t digest[2], const gat_relations *m, gat_error *err)
{
    relation_sections s;
    gat_status st = sections_of(&s, m, err);
    if (!st) st = sections_digest(digest, &s, err);
    relation_sections_clear(&s);
    return st;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static gat_status read_header(header *h, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    gat_status st = section_exact(&bytes, sizeof *h, file, RELATIONS_SECTION, err);
    if (st) return st;
    memcpy(h, bytes, sizeof *h);
    if (h->labels < 2 || h->labels > LABEL_MOST || (h->parts != 1 && h->parts != GAT_NUM_RELATION_PARTS) ||
        h->seen < 0 || h->seen > INT32_MAX || h->vectors < 0 || h->vectors > INT32_MAX || h->dim < 0 ||
        h->dim > VECTOR_MOST_DIM || h->sentences < 0 || h->kg_entities < -1 || h->kg_entities > INT32_MAX - 2 ||
        h->kg_facts < 0 || h->kg_facts > INT32_MAX || (h->kg_entities >= 0) != (h->parts > 1) ||
        (h->vectors > 0) != (h->dim > 0))
        return bad(err, "sizes out of range");
    for (int p = 0; p < h->parts; p++)
        if (h->part[p].features < 0 || h->part[p].features > INT32_MAX / 4 || !isfinite(h->part[p].c) ||
            !isfinite(h->part[p].threshold) || !isfinite(h->part[p].held_out_f1))
            return bad(err, "sizes of a part out of range");
    return GAT_OK;
}

static gat_status read_config(gat_relations *m, const gat_model_file *file, gat_error *err)
{
    gat_status st = section_text(&m->config_lines, file, "config", err);
    return st ? st : relation_config_parse(&m->config, m->config_lines, err);
}

static gat_status read_keys(linear_part *part, const gat_model_file *file, const char *name, int64_t n, gat_error *err)
{
    uint32_t *key;
    gat_status st = section_keys(&key, n, file, name, err);
    return st ? st : feature_table_init(&part->table, key, (int32_t)n, err);
}

static gat_status read_weights(linear_part *part, const gat_model_file *file, const char *name, int64_t labels,
                               gat_error *err)
{
    int64_t n = part->table.count, stride = label_stride((int32_t)labels);
    part->w = gat_alloc(n * stride, sizeof *part->w);
    if (!part->w) return error_nomem(err);
    gat_status st = model_file_floats(part->w, n * labels, file, name, err);
    for (int64_t i = n - 1; !st && i >= 0; i--) {
        memmove(part->w + i * stride, part->w + i * labels, (size_t)labels * sizeof *part->w);
        for (int64_t l = labels; l < stride; l++) part->w[i * stride + l] = 0;
    }
    return st;
}

static gat_status read_part(gat_relations *m, int p, const header *h, const gat_model_file *file, gat_error *err)
{
    linear_part *part = &m->part[p];
    float c[CALIBRATION_MOST + 1];
    char name[MODEL_FILE_NAME];
    snprintf(name, sizeof name, "keys_%d", p);
    gat_status st = read_keys(part, file, name, h->part[p].features, err);
    snprintf(name, sizeof name, "weights_%d", p);
    if (!st) st = read_weights(part, file, name, h->labels, err);
    snprintf(name, sizeof name, "calibration_%d", p);
    if (!st) st = model_file_floats(c, h->labels + 1, file, name, err);
    if (st) return st;
    part->calibration.scale = c[0];
    memcpy(part->calibration.offset, c + 1, (size_t)h->labels * sizeof *c);
    part->c = h->part[p].c;
    part->threshold = h->part[p].threshold;
    /* Where one label holds, models had no use for it before they had this option. */
    if (!m->several && !strstr(m->config_lines, "rarity = ")) part->threshold = 1;
    part->held_out_f1 = h->part[p].held_out_f1;
    return GAT_OK;
}

static gat_status read_vectors(word_vectors *v, const header *h, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t n = h->vectors, clusters = n * VECTOR_CLUSTERINGS;
    gat_status st = section_names(&v->words, file, "vector_words", n, err);
    if (!st) st = section_exact(&bytes, clusters * (int64_t)sizeof *v->cluster, file, "clusters", err);
    if (st) return st;
    v->dim = (int32_t)h->dim;
    v->value = gat_alloc(n * v->dim, sizeof *v->value);
    v->cluster = gat_alloc(clusters, sizeof *v->cluster);
    if (!v->value || !v->cluster) return error_nomem(err);
    memcpy(v->cluster, bytes, (size_t)clusters * sizeof *v->cluster);
    return model_file_floats(v->value, n * v->dim, file, "vectors", err);
}

static gat_status read_seen(gat_relations *m, const header *h, const gat_model_file *file, gat_error *err)
{
    gat_status st = section_array(&m->seen, h->seen, sizeof *m->seen, file, "seen_pairs", err);
    if (!st) m->num_seen = h->seen;
    return st;
}

static gat_status read_graph(kg_context *kg, const header *h, const gat_model_file *file, gat_error *err)
{
    gat_status st = section_names(&kg->entities, file, "kg_entities", h->kg_entities, err);
    if (!st) st = section_names(&kg->relations, file, "kg_relations", h->kg_relations, err);
    if (!st) st = section_array(&kg->facts.data, h->kg_facts, sizeof *kg->facts.data, file, "kg_facts", err);
    if (st) return st;
    kg->facts.count = kg->facts.capacity = h->kg_facts;
    return kg_index(kg, err);
}

/* Models made before it have none. */
static gat_status read_sureness(calibration *c, const gat_model_file *file, gat_error *err)
{
    int64_t count = model_file_length(file, "sureness") / (2 * (int64_t)sizeof(float));
    if (count < 1) return GAT_OK;
    float *number = gat_alloc(2 * count, sizeof *number);
    c->belief = gat_alloc(count, sizeof *c->belief);
    c->confidence = gat_alloc(count, sizeof *c->confidence);
    gat_status st = number && c->belief && c->confidence ? GAT_OK : error_nomem(err);
    if (!st) st = model_file_floats(number, 2 * count, file, "sureness", err);
    for (int64_t i = 0; !st && i < count; i++) {
        c->belief[i] = (double)number[i];
        c->confidence[i] = (double)number[count + i];
        if (i && c->belief[i] < c->belief[i - 1]) st = bad(err, "probabilities are out of order");
        else if (c->confidence[i] < 0 || c->confidence[i] > 1) st = bad(err, "a share of right answers is none");
    }
    if (!st) c->count = count;
    gat_free(number);
    return st;
}

/* The pool is plain doubles, laid out alike everywhere. */
static gat_status read_bags(gat_relations *m, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    gat_status st = section_exact(&bytes, sizeof *m->bags, file, "bags", err);
    if (st) return st;
    m->bags = gat_alloc(1, sizeof *m->bags);
    if (!m->bags) return error_nomem(err);
    memcpy(m->bags, bytes, sizeof *m->bags);
    const double *x = (const double *)m->bags;
    for (size_t i = 0; i < sizeof *m->bags / sizeof *x; i++)
        if (!isfinite(x[i])) return bad(err, "a number of the bags is none");
    return GAT_OK;
}

static gat_status read_model(gat_relations *m, const gat_model_file *file, gat_error *err)
{
    header h;
    gat_status st = read_header(&h, file, err);
    if (!st) st = read_config(m, file, err);
    if (!st) st = section_names(&m->labels, file, "labels", h.labels, err);
    if (st) return st;
    m->parts = (int)h.parts;
    m->several = h.several != 0;
    m->kg_partial = model_file_length(file, "kg_partial") >= 0;
    m->parsed = h.parsed != 0;
    m->sentences = h.sentences;
    memcpy(m->data_digest, h.data_digest, sizeof m->data_digest);
    st = read_seen(m, &h, file, err);
    for (int p = 0; !st && p < m->parts; p++) st = read_part(m, p, &h, file, err);
    if (!st && h.vectors) st = read_vectors(&m->vectors, &h, file, err);
    if (!st) st = read_sureness(&m->sureness, file, err);
    if (!st && h.kg_entities >= 0) st = read_graph(&m->kg, &h, file, err);
    if (!st && h.kg_entities >= 0 && model_file_length(file, KG_STATES_PREFIX "header") >= 0)
        st = kg_states_read(&m->kg, file, err);
    if (!st && model_file_length(file, "bags") >= 0) st = read_bags(m, file, err);
    if (st || model_file_length(file, "net_header") < 0) return st;
    m->members = gat_calloc(1, sizeof *m->members);
    return m->members ? net_members_read(m->members, m, file, err) : error_nomem(err);
}

gat_status relations_load(gat_relations **out, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    gat_relations *m = gat_calloc(1, sizeof *m);
    *out = NULL;
    if (!m) return error_nomem(err);
    gat_status st = model_file_open(&file, path, err);
    if (!st) {
        st = read_model(m, file, &inner);
        if (st) error_set(err, st, "%.300s: %.250s", path, inner.message);
    }
    model_file_close(file);
    if (st) relations_free(m);
    else *out = m;
    return st;
}

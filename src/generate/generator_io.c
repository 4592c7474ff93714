/* Generators of graphs as files: sections of io/model_file.h. Everything is checked before use. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "generate/generator.h"
#include "model/model_io.h"
#include "text/relation_sections.h"

/* Fixed numbers, as they lie in the file. */
typedef struct header {
    int64_t train_graphs, valid_graphs, train_triples, most_triples, epochs, best_epoch;
    int64_t entities, relations, known, params, connected;
    double valid_bits;
    uint64_t data_digest[2];
} header;

static gat_status bad(gat_error *err, const char *what)
{
    return error_set(err, GAT_EMODEL, "bad model file: %s", what);
}

/* ---- writing --------------------------------------------------------------------------------------------- */

static gat_status sections_of(relation_sections *s, const gat_generator *m, gat_error *err)
{
    const seen_roles *r = &m->roles;
    int64_t entities = intern_count(m->entities), relations = intern_count(m->relations);
    const header h = {.train_graphs = m->train_graphs,
                      .valid_graphs = m->valid_graphs,
                      .train_triples = m->train_triples,
                      .most_triples = m->most_triples,
                      .epochs = m->epochs,
                      .best_epoch = m->best_epoch,
                      .entities = entities,
                      .relations = relations,
                      .known = m->num_known,
                      .params = m->net.params.size,
                      .connected = r->connected,
                      .valid_bits = m->valid_bits,
                      .data_digest = {m->data_digest[0], m->data_digest[1]}};
    int64_t bits = relations * r->stride * (int64_t)sizeof *r->heads, counts = entities * (int64_t)sizeof *r->as_head;
    s->count = 0;
    gat_status st = sections_copy(s, GENERATOR_SECTION, &h, sizeof h, err);
    if (!st) st = sections_copy(s, "config", m->config_lines, (int64_t)strlen(m->config_lines) + 1, err);
    if (!st) st = sections_names(s, "entities", m->entities, err);
    if (!st) st = sections_names(s, "relations", m->relations, err);
    if (!st) st = sections_copy(s, "heads", r->heads, bits, err);
    if (!st) st = sections_copy(s, "tails", r->tails, bits, err);
    if (!st) st = sections_copy(s, "loops", r->loop, relations, err);
    if (!st) st = sections_copy(s, "as_head", r->as_head, counts, err);
    if (!st) st = sections_copy(s, "as_tail", r->as_tail, counts, err);
    if (!st) st = sections_copy(s, "known", m->known, m->num_known * (int64_t)sizeof *m->known, err);
    if (!st) st = sections_copy(s, "net", m->net.params.value, h.params * (int64_t)sizeof(float), err);
    return st;
}

gat_status generator_save(const gat_generator *m, const char *path, gat_error *err)
{
    relation_sections s;
    gat_status st = sections_of(&s, m, err);
    if (!st) st = model_file_write(path, s.list, s.count, err);
    relation_sections_clear(&s);
    return st;
}

static void digest_words(char text[33], const uint64_t digest[2])
{
    snprintf(text, 33, "%016llx%016llx", (unsigned long long)digest[0], (unsigned long long)digest[1]);
}

gat_status generator_describe(gat_generator_info *out, const gat_generator *m, gat_error *err)
{
    relation_sections s;
    uint64_t digest[2];
    *out = (gat_generator_info){.train_graphs = m->train_graphs,
                                .valid_graphs = m->valid_graphs,
                                .train_triples = m->train_triples,
                                .entities = intern_count(m->entities),
                                .relations = intern_count(m->relations),
                                .most_triples = m->most_triples,
                                .parameters = params_count(&m->net.params),
                                .epochs = m->epochs,
                                .best_epoch = m->best_epoch,
                                .valid_bits = m->valid_bits,
                                .config = m->config_lines};
    gat_status st = sections_of(&s, m, err);
    if (!st) st = sections_digest(digest, &s, err);
    if (!st) digest_words(out->digest, digest);
    digest_words(out->data_digest, m->data_digest);
    relation_sections_clear(&s);
    return st;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static bool count_is_good(int64_t n) { return n >= 0 && n < 1 << 28; }

static gat_status read_header(header *h, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    gat_status st = section_exact(&bytes, sizeof *h, file, GENERATOR_SECTION, err);
    if (st) return st;
    memcpy(h, bytes, sizeof *h);
    if (!count_is_good(h->entities) || !h->entities || !count_is_good(h->relations) || !h->relations ||
        !count_is_good(h->known) || h->most_triples < 1 || h->most_triples > GRAPH_MOST_TRIPLES || h->params < 0 ||
        h->train_graphs < 0 || h->valid_graphs < 0 || h->train_triples < 0 || h->epochs < 0 || h->best_epoch < 0 ||
        h->connected < 0 || h->connected > 1 || !isfinite(h->valid_bits))
        return bad(err, "sizes out of range");
    return GAT_OK;
}

/* Bits behind the last entity are not looked at, but would make other kinds of it. */
static gat_status check_roles(const seen_roles *r, gat_error *err)
{
    for (int32_t i = 0; i < r->relations; i++)
        if (r->loop[i] > 1) return bad(err, "a loop is neither seen nor unseen");
    for (int32_t e = 0; e < r->entities; e++)
        if (r->as_head[e] < 0 || r->as_tail[e] < 0) return bad(err, "a count below zero");
    return GAT_OK;
}

static gat_status read_roles(seen_roles *r, const header *h, const gat_model_file *file, gat_error *err)
{
    r->entities = (int32_t)h->entities;
    r->relations = (int32_t)h->relations;
    r->connected = h->connected;
    r->stride = (h->entities + 63) / 64;
    int64_t words = h->relations * r->stride;
    gat_status st = section_array(&r->heads, words, sizeof *r->heads, file, "heads", err);
    if (!st) st = section_array(&r->tails, words, sizeof *r->tails, file, "tails", err);
    if (!st) st = section_array(&r->loop, h->relations, sizeof *r->loop, file, "loops", err);
    if (!st) st = section_array(&r->as_head, h->entities, sizeof *r->as_head, file, "as_head", err);
    if (!st) st = section_array(&r->as_tail, h->entities, sizeof *r->as_tail, file, "as_tail", err);
    if (!st && !(r->kind = gat_calloc(h->entities, sizeof *r->kind))) st = error_nomem(err);
    if (!st) st = check_roles(r, err);
    return st ? st : seen_roles_kinds(r, err);
}

static gat_status read_known(gat_generator *m, const header *h, const gat_model_file *file, gat_error *err)
{
    gat_status st = section_array(&m->known, h->known, sizeof *m->known, file, "known", err);
    m->num_known = h->known;
    for (int64_t i = 1; !st && i < h->known; i++)
        if (m->known[i] < m->known[i - 1]) st = bad(err, "known graphs are not in order");
    return st;
}

static gat_status read_net(gat_generator *m, const header *h, const gat_model_file *file, gat_error *err)
{
    const sequence_shape shape = generator_shape(m);
    int64_t least = sequence_columns(&shape) * shape.dim;
    if (h->params < least || h->params > INT64_MAX / 8 ||
        model_file_length(file, "net") != h->params * (int64_t)sizeof(float))
        return bad(err, "parameters do not match the configuration");
    gat_status st = sequence_net_init(&m->net, &shape, false, err);
    if (!st && m->net.params.size != h->params) st = bad(err, "parameters do not match the configuration");
    return st ? st : model_file_floats(m->net.params.value, h->params, file, "net", err);
}

static gat_status read_generator(gat_generator *m, const gat_model_file *file, gat_error *err)
{
    header h;
    gat_status st = read_header(&h, file, err);
    if (!st) st = section_text(&m->config_lines, file, "config", err);
    if (!st) st = generator_config_parse(&m->config, m->config_lines, err);
    if (!st) st = section_names(&m->entities, file, "entities", h.entities, err);
    if (!st) st = section_names(&m->relations, file, "relations", h.relations, err);
    if (st) return st;
    m->train_graphs = h.train_graphs;
    m->valid_graphs = h.valid_graphs;
    m->train_triples = h.train_triples;
    m->most_triples = h.most_triples;
    m->epochs = h.epochs;
    m->best_epoch = h.best_epoch;
    m->valid_bits = h.valid_bits;
    memcpy(m->data_digest, h.data_digest, sizeof m->data_digest);
    st = read_roles(&m->roles, &h, file, err);
    if (!st) st = read_known(m, &h, file, err);
    return st ? st : read_net(m, &h, file, err);
}

gat_status generator_load(gat_generator **out, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    gat_generator *m = gat_calloc(1, sizeof *m);
    *out = NULL;
    if (!m) return error_nomem(err);
    gat_status st = model_file_open(&file, path, err);
    if (!st && model_file_length(file, GENERATOR_SECTION) < 0)
        st = error_set(err, GAT_EUSAGE, "%.300s: no model of --task graphs; gatkit info tells what it is", path);
    else if (!st) {
        st = read_generator(m, file, &inner);
        if (st) error_set(err, st, "%.300s: %.250s", path, inner.message);
    }
    model_file_close(file);
    if (st) generator_free(m);
    else *out = m;
    return st;
}

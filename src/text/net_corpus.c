#include "text/net_corpus.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { FARTHEST = 15, LEAST_ROWS = 2 };
enum kind { K_WORD = 401, K_STEM, K_PREFIX, K_SUFFIX, K_PLACE, K_LABEL, K_ROLE, K_DEPTH };

static uint64_t name(enum kind kind, uint64_t a, uint64_t b) { return hash_mix(hash_mix((uint64_t)kind, a), b); }

void net_corpus_clear(net_corpus *c)
{
    gat_free(c->node_start);
    gat_free(c->fact_start);
    gat_free(c->token);
    gat_free(c->role);
    gat_free(c->vector);
    gat_free(c->on_way);
    gat_free(c->fact);
    gat_free(c->end);
    for (int b = 0; b < NET_BLOCKS; b++) sparse_rows_clear(&c->atoms[b]);
    *c = (net_corpus){0};
}

static uint64_t clip(int32_t d)
{
    return (uint64_t)((d < -FARTHEST ? -FARTHEST : d > FARTHEST ? FARTHEST : d) + FARTHEST);
}

/* Pieces of the word share one length, so that long words are not loud. */
static void add_pieces(feature_row *row, const word_form *w)
{
    int pieces = 1;
    for (int i = 0; i < FORM_PREFIXES; i++) pieces += w->prefix[i] != 0;
    for (int i = 0; i < FORM_SUFFIXES; i++) pieces += w->suffix[i] != 0;
    float share = 1 / sqrtf((float)pieces);
    feature_add_number(row, name(K_STEM, 0, w->stem), share);
    for (int i = 0; i < FORM_PREFIXES; i++)
        if (w->prefix[i]) feature_add_number(row, name(K_PREFIX, 0, w->prefix[i]), share);
    for (int i = 0; i < FORM_SUFFIXES; i++)
        if (w->suffix[i]) feature_add_number(row, name(K_SUFFIX, 0, w->suffix[i]), share);
}

static void add_label(feature_row *row, const sentence_view *v, int32_t word)
{
    const char *label = list_string(v->list, v->list->deprel[v->s->first + word]);
    feature_add(row, name(K_LABEL, word_hash(label, strlen(label)), 0));
}

static void add_atoms(feature_row row[NET_BLOCKS], const net_nodes *m, int32_t word)
{
    const sentence_view *v = m->view;
    const word_form *w = word_at(v, word);
    for (int b = 0; b < NET_BLOCKS; b++) row[b].count = 0;
    feature_add(&row[BLOCK_WORD], name(K_WORD, 0, w->word));
    add_pieces(&row[BLOCK_PIECES], w);
    feature_add(&row[BLOCK_FROM_E1], name(K_PLACE, 0, clip(word - v->head[0])));
    feature_add(&row[BLOCK_FROM_E2], name(K_PLACE, 1, clip(word - v->head[1])));
    feature_add(&row[BLOCK_ROLE], name(K_ROLE, m->role[word], 0));
    if (!v->s->parsed) return;
    add_label(&row[BLOCK_LABEL], v, word);
    feature_add(&row[BLOCK_ROLE], name(K_DEPTH, (uint64_t)net_depth(m, word), 0));
}

/* ---- growing the corpus ---------------------------------------------------------------------------------- */

static gat_status grow32(int32_t **x, int64_t count, int64_t capacity, gat_error *err)
{
    int32_t *grown = gat_regrow(*x, count, capacity, sizeof *grown);
    if (!grown) return error_nomem(err);
    *x = grown;
    return GAT_OK;
}

static gat_status grow_nodes(net_corpus *c, gat_error *err)
{
    int64_t more = 2 * c->node_capacity + 16 * NET_MOST_NODES;
    gat_status st = grow32(&c->token, c->nodes, more, err);
    if (!st) st = grow32(&c->role, c->nodes, more, err);
    if (!st) st = grow32(&c->vector, c->nodes, more, err);
    if (st) return st;
    uint8_t *grown = gat_regrow(c->on_way, c->nodes, more, 1);
    if (!grown) return error_nomem(err);
    c->on_way = grown;
    c->node_capacity = more;
    return GAT_OK;
}

static gat_status reserve(net_corpus *c, gat_error *err)
{
    gat_status st = c->nodes + NET_MOST_NODES > c->node_capacity ? grow_nodes(c, err) : GAT_OK;
    if (!st && c->facts + NET_MOST_FACTS > c->fact_capacity) {
        int64_t more = 2 * c->fact_capacity + 2 * NET_MOST_FACTS;
        gat_triple *grown = gat_regrow(c->fact, c->facts, more, sizeof *grown);
        if (!grown) return error_nomem(err);
        c->fact = grown;
        c->fact_capacity = more;
    }
    return st;
}

static gat_status add_node(net_corpus *c, const net_nodes *m, feature_row row[NET_BLOCKS], int32_t word, gat_error *err)
{
    gat_status st = GAT_OK;
    add_atoms(row, m, word);
    for (int b = 0; !st && b < NET_BLOCKS; b++)
        st = row[b].failed ? error_nomem(err) : sparse_rows_add(&c->atoms[b], &row[b], err);
    c->token[c->nodes] = word;
    c->role[c->nodes] = m->role[word];
    c->on_way[c->nodes] = net_on_way(m, word);
    c->vector[c->nodes++] = word_at(m->view, word)->vector;
    return st;
}

static gat_status add_sentence(net_corpus *c, const net_nodes *m, feature_row row[NET_BLOCKS],
                               const gat_relation_config *config, const gat_intern *deprels, gat_error *err)
{
    gat_status st = reserve(c, err);
    for (int32_t n = 0; !st && n < m->count; n++) st = add_node(c, m, row, m->word[n], err);
    if (st) return st;
    c->facts += net_edges_of(c->fact + c->facts, m, config, deprels);
    for (int k = 0; k < 2; k++) c->end[3 * c->sentences + k] = m->node[m->view->head[k]];
    int32_t top = m->path.count ? m->path.word[m->path.top] : m->view->head[0];
    c->end[3 * c->sentences + 2] = m->node[top] < 0 ? m->node[m->view->head[0]] : m->node[top];
    c->sentences++;
    c->node_start[c->sentences] = c->nodes;
    c->fact_start[c->sentences] = c->facts;
    return GAT_OK;
}

gat_status net_corpus_make(net_corpus *c, const gat_relations *model, const gat_intern *deprels,
                           const sentence_source *source, int64_t from, int64_t n, gat_error *err)
{
    feature_row row[NET_BLOCKS] = {{0}};
    net_nodes *m = gat_alloc(1, sizeof *m);
    *c = (net_corpus){.node_start = gat_calloc(n + 1, sizeof *c->node_start),
                      .fact_start = gat_calloc(n + 1, sizeof *c->fact_start),
                      .end = gat_alloc(3 * n, sizeof *c->end)};
    gat_status st = m && c->node_start && c->fact_start && c->end ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < n; i++) {
        sentence_view v = source_view(source, model, from + i);
        net_nodes_of(m, &v, model->config.encoder == ENCODER_SELF);
        st = add_sentence(c, m, row, &model->config, deprels, err);
    }
    for (int b = 0; b < NET_BLOCKS; b++) feature_row_clear(&row[b]);
    gat_free(m);
    if (st) net_corpus_clear(c);
    return st;
}

gat_status net_corpus_learn_names(feature_table table[NET_BLOCKS], net_corpus *c, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int b = 0; !st && b < NET_BLOCKS; b++) st = sparse_rows_name(&table[b], &c->atoms[b], LEAST_ROWS, err);
    return st;
}

void net_corpus_name(net_corpus *c, const feature_table table[NET_BLOCKS])
{
    for (int b = 0; b < NET_BLOCKS; b++) sparse_rows_rename(&c->atoms[b], &table[b]);
}

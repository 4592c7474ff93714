#include "text/net_corpus.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/parse_path.h"

enum { NEAR_BETWEEN = 10, BESIDE = 2, FARTHEST = 15, CLASSES = 5 };
enum kind { K_WORD = 401, K_STEM, K_PREFIX, K_SUFFIX, K_PLACE, K_LABEL, K_ROLE, K_CLUSTER };

static uint64_t name(enum kind kind, uint64_t a, uint64_t b) { return hash_mix(hash_mix((uint64_t)kind, a), b); }

void net_corpus_clear(net_corpus *c)
{
    gat_free(c->node_start);
    gat_free(c->fact_start);
    gat_free(c->token);
    gat_free(c->role);
    gat_free(c->vector);
    gat_free(c->fact);
    gat_free(c->end);
    sparse_rows_clear(&c->atoms);
    *c = (net_corpus){0};
}

/* A sentence in the making: which words are nodes, and what they are. */
typedef struct making {
    const sentence_view *v;
    parse_path path;
    uint8_t class[SENTENCE_MOST_WORDS], role[SENTENCE_MOST_WORDS]; /* class: 0: left out, else how early it is taken */
    int32_t node[SENTENCE_MOST_WORDS];                             /* -1: none */
    int32_t words[NET_MOST_NODES], count;
} making;

static void mark(making *m, int32_t word, uint8_t class)
{
    if (word < 0 || word >= m->v->s->num_tokens) return;
    if (!m->class[word] || class < m->class[word]) m->class[word] = class;
}

static void set_roles(making *m)
{
    const sentence *s = m->v->s;
    for (int32_t i = s->e[m->v->first].to; i < s->e[!m->v->first].from; i++) m->role[i] = ROLE_BETWEEN;
    for (int32_t i = 0; i < m->path.count; i++)
        m->role[m->path.word[i]] = i < m->path.top ? ROLE_UP : i == m->path.top ? ROLE_TOP : ROLE_DOWN;
    for (int k = 0; k < 2; k++)
        for (int32_t i = s->e[k].from; i < s->e[k].to; i++) m->role[i] = (uint8_t)(k ? ROLE_E2 : ROLE_E1);
}

static void mark_words(making *m)
{
    const sentence *s = m->v->s;
    const int32_t *governor = m->v->list->governor + s->first;
    int32_t from = s->e[m->v->first].to, to = s->e[!m->v->first].from;
    for (int k = 0; k < 2; k++) {
        mark(m, m->v->head[k], 1);
        for (int32_t i = s->e[k].from; i < s->e[k].to; i++) mark(m, i, 2);
        for (int32_t d = 1; d <= BESIDE; d++) {
            mark(m, s->e[k].from - d, 3);
            mark(m, s->e[k].to + d - 1, 3);
        }
    }
    for (int32_t i = from; i < to; i++)
        if (to - from <= NEAR_BETWEEN || !s->parsed) mark(m, i, 3);
    for (int32_t p = 0; p < m->path.count; p++) {
        mark(m, m->path.word[p], 1);
        mark(m, governor[m->path.word[p]], 4);
    }
    for (int32_t i = 0; s->parsed && i < s->num_tokens; i++)
        if (governor[i] >= 0 && m->class[governor[i]] == 1) mark(m, i, 4);
}

/* The first NET_MOST_NODES by class and place, in the order of the words. */
static void choose_nodes(making *m)
{
    int32_t taken = 0;
    m->count = 0;
    for (int32_t i = 0; i < m->v->s->num_tokens; i++) m->node[i] = -1;
    for (uint8_t class = 1; class < CLASSES; class ++)
        for (int32_t i = 0; i < m->v->s->num_tokens && taken < NET_MOST_NODES; i++)
            if (m->class[i] == class) {
                m->node[i] = 0;
                taken++;
            }
    for (int32_t i = 0; i < m->v->s->num_tokens; i++) {
        if (m->node[i] < 0) continue;
        m->node[i] = m->count;
        m->words[m->count++] = i;
    }
}

static void make(making *m, const sentence_view *v)
{
    m->v = v;
    m->path.count = 0;
    memset(m->class, 0, (size_t)v->s->num_tokens);
    memset(m->role, ROLE_AROUND, (size_t)v->s->num_tokens);
    if (v->s->parsed) parse_path_of(&m->path, v);
    set_roles(m);
    mark_words(m);
    choose_nodes(m);
}

static uint64_t clip(int32_t d)
{
    return (uint64_t)((d < -FARTHEST ? -FARTHEST : d > FARTHEST ? FARTHEST : d) + FARTHEST);
}

/* Pieces of the word share one length, so that long words are not loud. */
static void add_atoms(feature_row *row, const making *m, int32_t word)
{
    const sentence_view *v = m->v;
    const word_form *w = word_at(v, word);
    int pieces = 0;
    for (int i = 0; i < FORM_PREFIXES; i++) pieces += w->prefix[i] != 0;
    for (int i = 0; i < FORM_SUFFIXES; i++) pieces += w->suffix[i] != 0;
    float share = 1 / sqrtf((float)pieces + 1);
    feature_add(row, name(K_WORD, 0, w->word));
    feature_add_number(row, name(K_STEM, 0, w->stem), share);
    for (int i = 0; i < FORM_PREFIXES; i++)
        if (w->prefix[i]) feature_add_number(row, name(K_PREFIX, 0, w->prefix[i]), share);
    for (int i = 0; i < FORM_SUFFIXES; i++)
        if (w->suffix[i]) feature_add_number(row, name(K_SUFFIX, 0, w->suffix[i]), share);
    for (int c = 0; v->vectors && w->vector >= 0 && c < VECTOR_CLUSTERINGS; c++)
        feature_add_number(
            row, name(K_CLUSTER, (uint64_t)c, (uint64_t)v->vectors->cluster[w->vector * VECTOR_CLUSTERINGS + c]), 0.5f);
    for (uint64_t k = 0; k < 2; k++) feature_add(row, name(K_PLACE, k, clip(word - v->head[k])));
    feature_add(row, name(K_ROLE, m->role[word], 0));
}

/* ---- growing the corpus ---------------------------------------------------------------------------------- */

static gat_status grow32(int32_t **x, int64_t count, int64_t capacity, gat_error *err)
{
    int32_t *grown = gat_regrow(*x, count, capacity, sizeof *grown);
    if (!grown) return error_nomem(err);
    *x = grown;
    return GAT_OK;
}

static gat_status reserve(net_corpus *c, gat_error *err)
{
    gat_status st = GAT_OK;
    if (c->nodes + NET_MOST_NODES > c->node_capacity) {
        int64_t more = 2 * c->node_capacity + 16 * NET_MOST_NODES;
        st = grow32(&c->token, c->nodes, more, err);
        if (!st) st = grow32(&c->role, c->nodes, more, err);
        if (!st) st = grow32(&c->vector, c->nodes, more, err);
        if (!st) c->node_capacity = more;
    }
    if (!st && c->facts + 3 * NET_MOST_NODES > c->fact_capacity) {
        int64_t more = 2 * c->fact_capacity + 32 * NET_MOST_NODES;
        gat_triple *grown = gat_regrow(c->fact, c->facts, more, sizeof *grown);
        if (!grown) return error_nomem(err);
        c->fact = grown;
        c->fact_capacity = more;
    }
    return st;
}

/* Edges of the tree win over neighbourhood. */
static void add_facts(net_corpus *c, const making *m, const gat_intern *deprels)
{
    const sentence_view *v = m->v;
    const int32_t *governor = v->list->governor + v->s->first;
    for (int32_t n = 0; n < m->count; n++) {
        int32_t word = m->words[n], above = v->s->parsed ? governor[word] : -1;
        if (above < 0 || m->node[above] < 0) continue;
        const char *label = list_string(v->list, v->list->deprel[v->s->first + word]);
        int32_t known = intern_find(deprels, label, strlen(label));
        c->fact[c->facts++] = (gat_triple){m->node[above], known < 0 ? EDGE_OTHER_LABEL : EDGE_FIRST_LABEL + known, n};
    }
    for (int32_t n = 0; n + 1 < m->count; n++) {
        int32_t a = m->words[n], b = m->words[n + 1];
        bool joined = v->s->parsed && (governor[a] == b || governor[b] == a);
        if (!joined) c->fact[c->facts++] = (gat_triple){n, EDGE_NEXT, n + 1};
    }
    if (!v->s->parsed) c->fact[c->facts++] = (gat_triple){m->node[v->head[0]], EDGE_PAIR, m->node[v->head[1]]};
}

static void add_label(feature_row *row, const sentence_view *v, int32_t word)
{
    const char *label = list_string(v->list, v->list->deprel[v->s->first + word]);
    feature_add(row, name(K_LABEL, word_hash(label, strlen(label)), 0));
}

static gat_status add_sentence(net_corpus *c, making *m, feature_row *row, const gat_intern *deprels, gat_error *err)
{
    gat_status st = reserve(c, err);
    for (int32_t n = 0; !st && n < m->count; n++) {
        int32_t word = m->words[n];
        row->count = 0;
        add_atoms(row, m, word);
        if (m->v->s->parsed) add_label(row, m->v, word);
        if (row->failed) return error_nomem(err);
        st = sparse_rows_add(&c->atoms, row, err);
        c->token[c->nodes] = word;
        c->role[c->nodes] = m->role[word];
        c->vector[c->nodes++] = word_at(m->v, word)->vector;
    }
    if (st) return st;
    add_facts(c, m, deprels);
    for (int k = 0; k < 2; k++) c->end[3 * c->sentences + k] = m->node[m->v->head[k]];
    int32_t top = m->path.count ? m->path.word[m->path.top] : m->v->head[0];
    c->end[3 * c->sentences + 2] = m->node[top] < 0 ? m->node[m->v->head[0]] : m->node[top];
    c->sentences++;
    c->node_start[c->sentences] = c->nodes;
    c->fact_start[c->sentences] = c->facts;
    return GAT_OK;
}

gat_status net_corpus_make(net_corpus *c, const gat_relations *model, const gat_intern *deprels,
                           const sentence_source *source, int64_t from, int64_t n, gat_error *err)
{
    feature_row row = {0};
    making *m = gat_alloc(1, sizeof *m);
    *c = (net_corpus){.node_start = gat_calloc(n + 1, sizeof *c->node_start),
                      .fact_start = gat_calloc(n + 1, sizeof *c->fact_start),
                      .end = gat_alloc(3 * n, sizeof *c->end)};
    gat_status st = m && c->node_start && c->fact_start && c->end ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < n; i++) {
        sentence_view v = source_view(source, model, from + i);
        make(m, &v);
        st = add_sentence(c, m, &row, deprels, err);
    }
    feature_row_clear(&row);
    gat_free(m);
    if (st) net_corpus_clear(c);
    return st;
}

void net_corpus_name(net_corpus *c, const feature_table *atoms) { sparse_rows_rename(&c->atoms, atoms); }

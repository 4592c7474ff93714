#include "text/bag_corpus.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/relation_reader.h"

enum { LONGEST_NAME = 1024 };

gat_status bag_corpus_init(bag_corpus *c, const gat_relations *m, gat_error *err)
{
    int32_t labels = relations_labels(m);
    *c = (bag_corpus){
        .model = m, .labels = labels, .names = intern_new(), .pairs = intern_new(), .none = gat_alloc(labels, 1)};
    if (!c->names || !c->pairs || !c->none) return error_nomem(err);
    for (int32_t l = 0; l < labels; l++) c->none[l] = label_is_none(intern_string(m->labels, l));
    return GAT_OK;
}

void bag_corpus_clear(bag_corpus *c)
{
    intern_free(c->names);
    intern_free(c->pairs);
    gat_free(c->none);
    gat_free(c->z);
    gat_free(c->bag_of);
    gat_free(c->id);
    gat_free(c->view);
    gat_free(c->truth);
    gat_free(c->seen);
    gat_free(c->end);
    gat_free(c->row);
    gat_free(c->start);
    gat_free(c->member);
    gat_free(c->bag);
    *c = (bag_corpus){0};
}

/* ---- adding ---------------------------------------------------------------------------------------------- */

/* The old array where there is no memory for a larger one. */
static void *regrow(void *old, int64_t count, int64_t room, size_t size, gat_status *st, gat_error *err)
{
    void *grown = gat_regrow(old, count, room, size);
    if (!grown) *st = error_nomem(err);
    return grown ? grown : old;
}

static gat_status grow_sentences(bag_corpus *c, gat_error *err)
{
    gat_status st = GAT_OK;
    int64_t n = c->sentences, room = c->sentence_room ? 2 * c->sentence_room : 1024;
    if (n < c->sentence_room) return GAT_OK;
    c->z = regrow(c->z, n, room, (size_t)c->labels * sizeof *c->z, &st, err);
    c->bag_of = regrow(c->bag_of, n, room, sizeof *c->bag_of, &st, err);
    c->id = regrow(c->id, n, room, sizeof *c->id, &st, err);
    if (!st) c->sentence_room = room;
    return st;
}

static gat_status grow_bags(bag_corpus *c, gat_error *err)
{
    gat_status st = GAT_OK;
    int64_t n = c->bags, room = c->bag_room ? 2 * c->bag_room : 1024;
    if (n < c->bag_room) return GAT_OK;
    c->view = regrow(c->view, n, room, (size_t)c->labels * sizeof *c->view, &st, err);
    c->truth = regrow(c->truth, n, room, (size_t)c->labels, &st, err);
    c->seen = regrow(c->seen, n, room, 1, &st, err);
    c->end = regrow(c->end, n, room, sizeof *c->end, &st, err);
    if (!st) c->bag_room = room;
    return st;
}

static float log_odds(float p)
{
    const float least = 1e-5f;
    p = p < least ? least : p > 1 - least ? 1 - least : p;
    return logf(p / (1 - p));
}

/* Its id in the graph, or its words. */
static size_t entity_name(char *out, const sentence_list *list, const sentence *s, int k)
{
    size_t used = 0;
    if (s->entity[k] >= 0) {
        const char *id = list_string(list, s->entity[k]);
        used = strlen(id) < LONGEST_NAME ? strlen(id) : LONGEST_NAME;
        memcpy(out, id, used);
        return used;
    }
    for (int32_t i = s->e[k].from; i < s->e[k].to; i++) {
        const char *word = list_string(list, list->token[s->first + i]);
        size_t n = strlen(word), gap = i > s->e[k].from;
        if (used + n + gap > LONGEST_NAME) break;
        if (gap) out[used++] = ' ';
        memcpy(out + used, word, n);
        used += n;
    }
    return used;
}

/* The bag of a sentence's pair, made when new. */
static gat_status find_bag(int32_t *bag, bag_corpus *c, const sentence_view *v, const float *graph, gat_error *err)
{
    char pair[2 * LONGEST_NAME + 1];
    size_t n = entity_name(pair, v->list, v->s, 0);
    pair[n] = '\t';
    size_t m = entity_name(pair + n + 1, v->list, v->s, 1);
    gat_status st = grow_bags(c, err);
    if (st) return st;
    *bag = intern_add(c->pairs, pair, n + 1 + m);
    if (*bag < 0) return error_nomem(err);
    if (*bag < c->bags) return GAT_OK;
    int32_t *end = c->end[*bag];
    end[0] = intern_add(c->names, pair, n);
    end[1] = intern_add(c->names, pair + n + 1, m);
    if (end[0] < 0 || end[1] < 0) return error_nomem(err);
    for (int32_t l = 0; l < c->labels; l++) c->view[c->bags * c->labels + l] = graph ? log_odds(graph[l]) : 0;
    memset(c->truth + c->bags * c->labels, 0, (size_t)c->labels);
    c->seen[c->bags++] = pair_is_seen(c->model, pair_hash(v));
    return GAT_OK;
}

static gat_status add_truth(bag_corpus *c, int32_t bag, const sentence_view *v, const char *path, gat_error *err)
{
    for (int k = 0; k < v->s->num_labels; k++) {
        const char *name = list_string(v->list, v->s->label[k]);
        int32_t label = intern_find(c->model->labels, name, strlen(name));
        if (label < 0 && label_is_none(name)) continue;
        if (label < 0)
            return error_set(err, GAT_EDATA, "%.300s:%lld: the model does not know the label \"%.100s\"", path,
                             (long long)v->s->line, name);
        if (!c->none[label]) c->truth[(int64_t)bag * c->labels + label] = 1;
    }
    return GAT_OK;
}

gat_status bag_corpus_add(bag_corpus *c, const sentence_source *source, int64_t index, const float *p,
                          const float *graph, const char *path, gat_error *err)
{
    sentence_view v = source_view(source, c->model, index);
    const char *id = list_string(v.list, v.s->id);
    int32_t bag = -1;
    gat_status st = grow_sentences(c, err);
    if (!st) st = find_bag(&bag, c, &v, graph, err);
    if (!st && path) st = add_truth(c, bag, &v, path, err);
    if (st) return st;
    int64_t i = c->sentences;
    c->id[i] = intern_add(c->names, id, strlen(id));
    if (c->id[i] < 0) return error_nomem(err);
    c->bag_of[i] = bag;
    for (int32_t l = 0; l < c->labels; l++) c->z[i * c->labels + l] = log_odds(p[l]);
    c->sentences++;
    return GAT_OK;
}

/* ---- sorting --------------------------------------------------------------------------------------------- */

gat_status bag_corpus_close(bag_corpus *c, gat_error *err)
{
    c->start = gat_calloc(c->bags + 2, sizeof *c->start);
    c->member = gat_alloc(c->sentences, sizeof *c->member);
    c->row = gat_alloc(c->sentences, sizeof *c->row);
    c->bag = gat_alloc(c->bags, sizeof *c->bag);
    if (!c->start || !c->member || !c->row || !c->bag) return error_nomem(err);
    for (int64_t i = 0; i < c->sentences; i++) c->start[c->bag_of[i] + 2]++;
    for (int64_t b = 0; b < c->bags; b++) c->start[b + 2] += c->start[b + 1];
    for (int64_t i = 0; i < c->sentences; i++) {
        int64_t at = c->start[c->bag_of[i] + 1]++;
        c->member[at] = i;
        c->row[at] = c->z + i * c->labels;
    }
    bool graph = c->model->parts > 1;
    for (int64_t b = 0; b < c->bags; b++)
        c->bag[b] = (bag_view){.z = c->row + c->start[b],
                               .view = graph ? c->view + b * c->labels : NULL,
                               .none = c->none,
                               .n = c->start[b + 1] - c->start[b],
                               .labels = c->labels};
    return GAT_OK;
}

/* ---- a file ---------------------------------------------------------------------------------------------- */

/* Probabilities of a batch by the whole model and by the graph. */
static gat_status add_batch(bag_corpus *c, const relation_reader *r, float *p, float *graph, bool labelled,
                            gat_error *err)
{
    gat_status st = relation_probabilities(p, NULL, r, GAT_PART_ALL, err);
    if (!st && graph) st = relation_probabilities(graph, NULL, r, GAT_PART_GRAPH, err);
    for (int64_t i = 0; !st && i < r->list.count; i++) {
        int64_t at = i * c->labels;
        if (labelled && r->list.data[i].num_labels < 0)
            return error_set(err, GAT_EDATA, "%.400s:%lld: no label", r->path, (long long)r->list.data[i].line);
        st = bag_corpus_add(c, &r->source, i, p + at, graph ? graph + at : NULL, labelled ? r->path : NULL, err);
    }
    return st;
}

gat_status bag_corpus_read(bag_corpus *c, const gat_relations *m, const char *path, bool labelled, gat_error *err)
{
    relation_reader reader = {0};
    int64_t room = (int64_t)READER_BATCH * relations_labels(m);
    float *p = gat_alloc(room, sizeof *p), *graph = m->parts > 1 ? gat_alloc(room, sizeof *graph) : NULL;
    gat_status st = bag_corpus_init(c, m, err);
    if (!st && (!p || (m->parts > 1 && !graph))) st = error_nomem(err);
    if (!st) st = relation_reader_open(&reader, m, path, err);
    while (!st) {
        st = relation_reader_next(&reader, err);
        if (st || !reader.list.count) break;
        st = add_batch(c, &reader, p, graph, labelled, err);
    }
    relation_reader_close(&reader);
    gat_free(p);
    gat_free(graph);
    if (st && st != GAT_EDATA) return st;
    gat_status closed = bag_corpus_close(c, st ? NULL : err);
    return closed ? closed : st;
}

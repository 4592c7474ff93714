#include "text/relation_evaluate.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "text/bag_answers.h"
#include "text/relation_answers.h"
#include "text/relation_reader.h"
#include "text/reliability.h"
#include "text/sureness.h"

/* A measuring under way. */
typedef struct measure {
    relation_reader reader;
    gat_intern *names; /* relations without direction */
    int32_t *relation;
    int32_t relations;
    int64_t *counts; /* of all tallies */
    relation_tally tally[GAT_NUM_RELATION_PARTS][GAT_NUM_PAIR_GROUPS];
    uint8_t *truth, *said;   /* (labels) */
    float *p;                /* (READER_BATCH, labels) */
    reliability reliability; /* of the whole model's answers */
    double seconds;
} measure;

static void measure_clear(measure *w)
{
    relation_reader_close(&w->reader);
    intern_free(w->names);
    gat_free(w->relation);
    gat_free(w->counts);
    gat_free(w->truth);
    gat_free(w->said);
    gat_free(w->p);
}

static gat_status measure_init(measure *w, const gat_relations *m, const char *path, gat_error *err)
{
    int32_t labels = relations_labels(m);
    *w = (measure){.relation = gat_alloc(labels, sizeof *w->relation),
                   .truth = gat_alloc(labels, 1),
                   .said = gat_alloc(labels, 1),
                   .p = gat_alloc((int64_t)READER_BATCH * labels, sizeof *w->p)};
    if (!w->relation || !w->truth || !w->said || !w->p) return error_nomem(err);
    gat_status st = label_relations(&w->names, w->relation, m->labels, err);
    if (st) return st;
    w->relations = intern_count(w->names);
    int64_t one = 3 * (int64_t)w->relations, *at;
    w->counts = at = gat_calloc(one * GAT_NUM_RELATION_PARTS * GAT_NUM_PAIR_GROUPS, sizeof *w->counts);
    if (!at) return error_nomem(err);
    for (int p = 0; p < m->parts; p++)
        for (int g = 0; g < GAT_NUM_PAIR_GROUPS; g++, at += one)
            w->tally[p][g] = tally_of(m->labels, w->relation, w->relations, m->several, at);
    return relation_reader_open(&w->reader, m, path, err);
}

/* No label at all says what the model has a label for, where one holds. */
static gat_status truth_of(measure *w, const sentence *s, gat_error *err)
{
    const gat_relations *m = w->reader.model;
    const int32_t none = answer_rule_of(m, GAT_PART_ALL).none;
    memset(w->truth, 0, (size_t)relations_labels(m));
    if (!s->num_labels && !m->several && none >= 0) w->truth[none] = 1;
    if (s->num_labels < 0)
        return error_set(err, GAT_EDATA, "%.400s:%lld: no label", w->reader.path, (long long)s->line);
    for (int k = 0; k < s->num_labels; k++) {
        const char *name = list_string(&w->reader.list, s->label[k]);
        int32_t label = intern_find(m->labels, name, strlen(name));
        if (label < 0 && m->several && label_is_none(name)) continue;
        if (label < 0)
            return error_set(err, GAT_EDATA, "%.300s:%lld: the model does not know the label \"%.100s\"",
                             w->reader.path, (long long)s->line, name);
        w->truth[label] = 1;
    }
    return GAT_OK;
}

static gat_status add_sentence(measure *w, int part, int64_t i, gat_error *err)
{
    const gat_relations *m = w->reader.model;
    int32_t labels = relations_labels(m);
    sentence_view v = source_view(&w->reader.source, m, i);
    gat_status st = truth_of(w, v.s, err);
    if (st) return st;
    const answer_rule rule = answer_rule_of(m, (gat_relation_part)part);
    answers_of(w->said, w->p + i * labels, &rule, NULL);
    for (int32_t l = 0; part == GAT_PART_ALL && l < labels; l++)
        if (w->said[l]) reliability_add(&w->reliability, sureness_of(m, w->p[i * labels + l]), w->truth[l]);
    bool seen = pair_is_seen(m, pair_hash(&v));
    tally_add(&w->tally[part][GAT_PAIR_ANY], w->said, w->truth);
    tally_add(&w->tally[part][seen ? GAT_PAIR_SEEN : GAT_PAIR_UNSEEN], w->said, w->truth);
    if (seen || !m->kg.entities) return GAT_OK;
    bool linked = kg_entity(&m->kg, v.list, v.s, 0) >= 0 && kg_entity(&m->kg, v.list, v.s, 1) >= 0;
    tally_add(&w->tally[part][linked ? GAT_PAIR_UNSEEN_LINKED : GAT_PAIR_UNSEEN_OTHER], w->said, w->truth);
    return GAT_OK;
}

static gat_status measure_batch(measure *w, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int part = 0; !st && part < w->reader.model->parts; part++) {
        double start = clock_seconds();
        st = relation_probabilities(w->p, NULL, &w->reader, (gat_relation_part)part, err);
        if (part == GAT_PART_ALL) w->seconds += clock_seconds() - start;
        for (int64_t i = 0; !st && i < w->reader.list.count; i++) st = add_sentence(w, part, i, err);
    }
    return st;
}

static gat_status measure_all(measure *w, gat_error *err)
{
    gat_status st = GAT_OK;
    while (!st) {
        double start = clock_seconds();
        st = relation_reader_next(&w->reader, err);
        w->seconds += clock_seconds() - start;
        if (st || !w->reader.list.count) break;
        st = measure_batch(w, err);
    }
    return st;
}

/* The relations that the file has, with their names copied behind them. */
static gat_status fill_lines(gat_relation_evaluation *e, const measure *w, gat_error *err)
{
    const relation_tally *t = &w->tally[GAT_PART_ALL][GAT_PAIR_ANY];
    size_t bytes = 0;
    for (int32_t r = 0; r < w->relations; r++) bytes += strlen(intern_string(w->names, r)) + 1;
    e->relation = gat_alloc(1, (size_t)w->relations * sizeof *e->relation + bytes);
    if (!e->relation) return error_nomem(err);
    char *text = (char *)(e->relation + w->relations);
    for (int32_t r = 0; r < w->relations; r++) {
        if (!t->gold[r] && !t->said[r]) continue;
        size_t n = strlen(intern_string(w->names, r)) + 1;
        memcpy(text, intern_string(w->names, r), n);
        e->relation[e->num_relations++] = (gat_relation_line){text, score_of(t->gold[r], t->said[r], t->right[r])};
        text += n;
    }
    return GAT_OK;
}

static void fill_evaluation(gat_relation_evaluation *e, const measure *w)
{
    const relation_tally *t = &w->tally[GAT_PART_ALL][GAT_PAIR_ANY];
    e->parts = w->reader.model->parts;
    for (int p = 0; p < e->parts; p++)
        for (int g = 0; g < GAT_NUM_PAIR_GROUPS; g++) e->view[p][g] = tally_view(&w->tally[p][g]);
    e->sentences = t->sentences;
    e->accuracy = t->sentences ? (double)t->exact / (double)t->sentences : 0;
    e->macro_f1 = e->view[GAT_PART_ALL][GAT_PAIR_ANY].macro_f1;
    e->micro = e->view[GAT_PART_ALL][GAT_PAIR_ANY].micro;
    e->calibration_error = reliability_error(&w->reliability);
    e->seconds = w->seconds;
}

gat_status relations_evaluate(gat_relation_evaluation **out, const gat_relations *m, const char *path, gat_error *err)
{
    measure w;
    gat_relation_evaluation *e = gat_calloc(1, sizeof *e);
    *out = NULL;
    gat_status st = measure_init(&w, m, path, err);
    if (!st && !e) st = error_nomem(err);
    if (!st) st = measure_all(&w, err);
    if (!st) fill_evaluation(e, &w);
    if (!st) st = fill_lines(e, &w, err);
    if (!st && m->bags) {
        e->bags = true;
        st = bags_evaluate(&e->bag, m, path, err);
    }
    if (st) relations_evaluation_free(e);
    else *out = e;
    measure_clear(&w);
    return st;
}

void relations_evaluation_free(gat_relation_evaluation *e)
{
    if (!e) return;
    gat_free(e->relation);
    gat_free(e);
}

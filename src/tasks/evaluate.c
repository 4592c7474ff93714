/* Facts of the data become ids of its entities and the model's relations; the ranker does the work; the sums run
 * over the facts in their order, so that they have the same bits for any number of threads. */
#include "tasks/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "eval/rank.h"
#include "eval/relation_kind.h"
#include "eval/reverse_rule.h"
#include "model/judged_answers.h"
#include "model/ranker.h"
#include "tasks/task_view.h"
#include "train/trainer.h"

typedef struct relation_sums {
    gat_rank_sums both, tail, head;
} relation_sums;

/* What an evaluation is made from. */
typedef struct work {
    const gat_model *model;
    const gat_dataset *data;
    gat_split split;
    const gat_intern *entities; /* candidates */
    gat_intern *more;           /* they, then other entities of the view; NULL: there are no others */
    task_view view;
    gat_triples facts; /* of the split */
    gat_filter *known;
    gat_rank *ranks;          /* (facts, 2) */
    gat_relation_kind *kinds; /* (relations) */
    relation_sums *relations; /* (relations) */
} work;

static gat_split first_split(gat_split split)
{
    return split < GAT_SPLIT_IND_TRAIN ? GAT_SPLIT_TRAIN : GAT_SPLIT_IND_TRAIN;
}

/* "train, valid": what there is in place of the split that is not. */
static gat_status refuse_split(const work *w, gat_error *err)
{
    char present[100] = "";
    for (gat_split s = 0; s < GAT_NUM_SPLITS; s++) {
        size_t used = strlen(present);
        if (w->data->present[s])
            snprintf(present + used, sizeof present - used, "%s%s", used ? ", " : "", gat_split_name(s));
    }
    return error_set(err, GAT_EDATA, "the data has no split %s; it has %s", gat_split_name(w->split), present);
}

static gat_status check_split(const work *w, gat_error *err)
{
    const char *name = gat_split_name(w->split);
    if (!w->data->present[w->split]) return refuse_split(w, err);
    if (!w->data->splits[w->split].count)
        return error_set(err, GAT_EDATA, "%s: no facts to rank (the split is empty)", name);
    return GAT_OK;
}

/* The data that the model was made from: its training facts are known already. */
static gat_status extend_filter(work *w, gat_error *err)
{
    gat_triples more = {0};
    gat_status st = GAT_OK;
    for (gat_split s = GAT_SPLIT_VALID; !st && s <= GAT_SPLIT_TEST; s++)
        st = facts_by_name(&more, facts_of_split(w->data, s), w->entities, w->model, err);
    if (!st) st = filter_extend(&w->known, w->model->view->known, &more, w->model->num_seen_relations, err);
    triples_clear(&more);
    return st;
}

/* A digest is but what a file says: numbers of its entities are used with the data. */
static bool own_data(const work *w)
{
    return w->split < GAT_SPLIT_IND_TRAIN &&
           !memcmp(w->data->digest, w->model->origin.data_digest, sizeof w->data->digest) &&
           intern_equal(w->data->entities, w->model->entities);
}

static gat_status build_filter(work *w, gat_error *err)
{
    if (own_data(w)) return extend_filter(w, err);
    gat_triples all = {0};
    gat_split first = first_split(w->split);
    gat_status st = GAT_OK;
    for (gat_split s = first; !st && s < first + 3; s++)
        st = facts_by_name(&all, facts_of_split(w->data, s), w->entities, w->model, err);
    const gat_triples *lists[] = {&all};
    if (!st) st = filter_build(&w->known, lists, 1, w->model->num_seen_relations, err);
    triples_clear(&all);
    return st;
}

static bool is_candidate(const work *w, const gat_intern *names, int32_t id)
{
    const char *name = intern_string(names, id);
    return intern_find(w->entities, name, strlen(name)) >= 0;
}

/* w->more <- the candidates and behind them other entities of the facts, where there are such: their messages count, as they
 * do for `predict`, and they are not ranked. */
static gat_status add_strangers(work *w, named_facts messages, gat_error *err)
{
    bool same = intern_equal(messages.entities, w->entities);
    for (int64_t i = 0; !same && i < messages.facts->count; i++) {
        int32_t ends[] = {messages.facts->data[i].head, messages.facts->data[i].tail};
        for (int k = 0; k < 2; k++) {
            if (is_candidate(w, messages.entities, ends[k])) continue;
            const char *name = intern_string(messages.entities, ends[k]);
            if (!w->more) w->more = intern_clone(w->entities);
            if (!w->more || intern_add(w->more, name, strlen(name)) < 0) return error_nomem(err);
        }
    }
    return GAT_OK;
}

static gat_status open_view(work *w, const gat_dataset *graph, gat_error *err)
{
    gat_status st = GAT_OK;
    if (graph) st = check_relations(graph, GAT_SPLIT_TRAIN, w->model, err);
    else if (w->split >= GAT_SPLIT_IND_TRAIN) st = check_relations(w->data, GAT_SPLIT_IND_TRAIN, w->model, err);
    if (st) return st;
    named_facts messages = graph                            ? facts_of_split(graph, GAT_SPLIT_TRAIN)
                           : w->split < GAT_SPLIT_IND_TRAIN ? facts_of_model(w->model)
                                                            : facts_of_split(w->data, GAT_SPLIT_IND_TRAIN);
    st = add_strangers(w, messages, err);
    if (!st) st = task_view_over(&w->view, w->model, w->more ? w->more : w->entities, messages, err);
    if (!st && w->more) w->view.owned->num_candidates = intern_count(w->entities);
    return st;
}

static gat_status prepare(work *w, const gat_dataset *graph, gat_error *err)
{
    gat_status st = check_split(w, err);
    if (!st) st = check_relations(w->data, w->split, w->model, err);
    if (st) return st;
    named_facts asked = facts_of_split(w->data, w->split);
    w->entities = asked.entities;
    st = facts_by_name(&w->facts, asked, w->entities, w->model, err);
    if (!st) st = build_filter(w, err);
    if (!st) st = open_view(w, graph, err);
    if (st) return st;
    w->ranks = gat_alloc(2 * w->facts.count, sizeof *w->ranks);
    w->kinds = gat_alloc(w->model->num_seen_relations, sizeof *w->kinds);
    w->relations = gat_calloc(w->model->num_seen_relations, sizeof *w->relations);
    if (!w->ranks || !w->kinds || !w->relations) return error_nomem(err);
    return relation_kinds(w->kinds, w->model->view->known, w->model->num_seen_relations, err);
}

static void clear(work *w)
{
    task_view_close(&w->view);
    triples_clear(&w->facts);
    intern_free(w->more);
    filter_free(w->known);
    gat_free(w->ranks);
    gat_free(w->kinds);
    gat_free(w->relations);
}

/* Sums of everything and of the kinds; w->relations gets those of each relation. */
static void sum_ranks(relation_sums *all, gat_rank_sums *kinds, work *w)
{
    for (int64_t i = 0; i < w->facts.count; i++) {
        gat_rank tail = w->ranks[2 * i], head = w->ranks[2 * i + 1];
        int32_t r = w->facts.data[i].relation;
        relation_sums *into[] = {all, &w->relations[r]};
        for (int k = 0; k < 2; k++) {
            rank_sums_add(&into[k]->tail, tail);
            rank_sums_add(&into[k]->head, head);
            rank_sums_add(&into[k]->both, tail);
            rank_sums_add(&into[k]->both, head);
        }
        rank_sums_add(&kinds[w->kinds[r]], tail);
        rank_sums_add(&kinds[w->kinds[r]], head);
    }
}

/* Most queries first, then by name. */
static int compare_relations(const void *a, const void *b)
{
    const gat_relation_ranking *x = a, *y = b;
    if (x->both.queries != y->both.queries) return x->both.queries < y->both.queries ? 1 : -1;
    return strcmp(x->name, y->name);
}

static gat_status list_relations(gat_evaluation *e, const work *w, gat_error *err)
{
    e->relation = gat_calloc(w->model->num_seen_relations, sizeof *e->relation);
    if (!e->relation) return error_nomem(err);
    for (int32_t r = 0; r < w->model->num_seen_relations; r++) {
        const relation_sums *s = &w->relations[r];
        if (!s->both.queries) continue;
        e->relation[e->num_relations++] = (gat_relation_ranking){
            .name = intern_string(w->model->relations, r),
            .kind = w->kinds[r],
            .both = rank_sums_means(&s->both),
            .tail = rank_sums_means(&s->tail),
            .head = rank_sums_means(&s->head),
        };
    }
    qsort(e->relation, (size_t)e->num_relations, sizeof *e->relation, compare_relations);
    return GAT_OK;
}

static bool seen(const work *w, int32_t entity)
{
    const char *name = intern_string(w->entities, entity);
    int32_t id = intern_find(w->model->entities, name, strlen(name));
    return id >= 0 && id < w->model->num_seen;
}

/* What makes the figures easier or harder than they look. */
static void count_doubts(gat_evaluation *e, const work *w)
{
    const gat_filter *graph = w->view.view->known;
    for (int64_t i = 0; i < w->facts.count; i++) {
        gat_triple f = w->facts.data[i];
        e->unseen += !seen(w, f.head) || !seen(w, f.tail);
        e->in_graph += filter_contains(graph, f.head, f.relation, f.tail);
    }
}

static gat_status summarize(gat_evaluation *e, work *w, gat_error *err)
{
    relation_sums all = {0};
    gat_rank_sums kinds[GAT_NUM_RELATION_KINDS] = {0};
    sum_ranks(&all, kinds, w);
    e->split = w->split;
    e->candidates = intern_count(w->entities);
    e->both = rank_sums_means(&all.both);
    e->tail = rank_sums_means(&all.tail);
    e->head = rank_sums_means(&all.head);
    for (int k = 0; k < GAT_NUM_RELATION_KINDS; k++) e->kind[k] = rank_sums_means(&kinds[k]);
    e->baseline = reverse_rule_ranking(&w->facts, w->view.view->known, w->known, w->model->num_seen_relations,
                                       intern_count(w->entities));
    count_doubts(e, w);
    return list_relations(e, w, err);
}

static gat_status judge_probabilities(gat_evaluation *e, const work *w, gat_error *err)
{
    judged_list list = {0};
    const answer_calibration *c = &w->model->calibration;
    gat_calibration_report *r = &e->calibration;
    if (!w->model->calibrated || e->in_graph == w->facts.count) return GAT_OK; /* what is known is no answer */
    gat_status st = judge_answers(&list, w->view.view, &w->facts, err);
    r->fitted = w->split == GAT_SPLIT_VALID && own_data(w);
    r->answers = list.count;
    for (int64_t i = 0; i < list.count; i++) r->right += list.items[i].right;
    r->ece = answer_calibration_error(c, list.items, list.count, false);
    r->ece_best = answer_calibration_error(c, list.items, list.count, true);
    judged_clear(&list);
    return st;
}

gat_status evaluate_split(gat_evaluation **out, const gat_model *model, const gat_dataset *data,
                          const gat_evaluate_options *options, gat_error *err)
{
    double started = clock_seconds();
    work w = {.model = model, .data = data, .split = options->split};
    gat_evaluation *e = gat_calloc(1, sizeof *e);
    *out = NULL;
    gat_status st = e ? prepare(&w, options->graph, err) : error_nomem(err);
    const rank_way way = {options->precision, options->should_stop, options->context};
    if (!st) st = rank_facts(w.ranks, w.view.view, w.facts.data, w.facts.count, w.known, &way, err);
    if (!st) st = summarize(e, &w, err);
    double seconds = clock_seconds() - started;
    if (!st) st = judge_probabilities(e, &w, err);
    clear(&w);
    if (st) {
        evaluation_free(e);
        return st;
    }
    e->seconds = seconds;
    *out = e;
    return GAT_OK;
}

void evaluation_free(gat_evaluation *e)
{
    if (!e) return;
    gat_free(e->relation);
    gat_free(e);
}

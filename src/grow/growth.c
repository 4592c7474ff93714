#include "grow/growth.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "grow/growth_measure.h"
#include "grow/growth_reasons.h"
#include "grow/growth_setup.h"
#include "grow/proposals.h"
#include "grow/rule_reach.h"
#include "tasks/top_list.h"

enum {
    ROUNDS = 10,
    SPARE = 4,
    FIRST_ROOM = 64
}; /* SPARE: looked at for every fact added, as some exclude each other */

/* A growth under way. */
typedef struct growing {
    growth_state s;
    const gat_growth_options *options;
    proposal_weights weights;
    gat_growth *g;
    int64_t count, batch, room; /* room: of the proposals */
    int64_t first;              /* of the facts that were added */
    double best;                /* largest probability of the last round */
} growing;

void growth_free(gat_growth *g)
{
    if (!g) return;
    gat_free(g->proposal);
    gat_free(g->measures);
    gat_free(g);
}

/* Whether facts of the batch, from `from` on, leave room for one more with the same head or tail. */
static bool still_room(const growth_state *s, int64_t from, gat_triple f)
{
    int32_t back = f.relation + s->num_relations;
    int64_t tails = growth_known(s, f.head, f.relation), heads = growth_known(s, f.tail, back);
    for (int64_t i = from; i < s->facts.count; i++) {
        gat_triple o = s->facts.data[i];
        tails += o.relation == f.relation && o.head == f.head;
        heads += o.relation == f.relation && o.tail == f.tail;
    }
    return growth_has_room(s, f.relation, tails) && growth_has_room(s, back, heads);
}

static bool make_room(growing *w, gat_error *err)
{
    if (w->g->count < w->room) return true;
    int64_t room = 2 * w->room < w->count ? 2 * w->room : w->count;
    gat_proposal *grown = gat_regrow(w->g->proposal, w->g->count, room, sizeof *grown);
    if (!grown) return !error_nomem(err);
    w->g->proposal = grown;
    w->room = room;
    return true;
}

static gat_status add(growing *w, const grow_proposal *item, double probability, gat_error *err)
{
    growth_state *s = &w->s;
    gat_triple f = item->fact;
    if (!make_room(w, err)) return GAT_ENOMEM;
    gat_proposal *p = &w->g->proposal[w->g->count];
    *p = (gat_proposal){
        .head = intern_string(s->entities, f.head),
        .relation = intern_string(s->model->relations, f.relation),
        .tail = intern_string(s->entities, f.tail),
        .probability = probability,
        .tail_probability = proposal_model_probability(s, f, false),
        .head_probability = proposal_model_probability(s, f, true),
        .rule_confidence = (double)item->rule,
    };
    gat_status st = w->options->measure ? GAT_OK : growth_reasons_find(p, s, f, err);
    if (!st) st = triples_push(&s->facts, f, err);
    if (!st) w->g->count++;
    return st;
}

/* Adds the best of the list, at most a batch; *added of them. */
static gat_status add_best(growing *w, const proposal_list *list, int64_t *added, gat_error *err)
{
    top_list best;
    int64_t from = w->s.facts.count, room = w->count - w->g->count;
    int64_t batch = room < w->batch ? room : w->batch;
    *added = 0;
    gat_status st = top_list_init(&best, SPARE * batch, list->count, err);
    if (st) return st;
    for (int64_t i = 0; i < list->count; i++)
        top_list_add(&best, proposal_probability(&w->weights, list->item[i].feature), i);
    top_list_sort(&best);
    w->best = best.count ? best.items[0].value : 0;
    for (int64_t k = 0; !st && k < best.count && *added < batch; k++) {
        const grow_proposal *item = &list->item[best.items[k].id];
        if (best.items[k].value < w->options->min_probability) break;
        if (!still_room(&w->s, from, item->fact)) continue;
        st = add(w, item, best.items[k].value, err);
        if (!st) (*added)++;
    }
    top_list_clear(&best);
    return st;
}

static gat_status none_possible(const gat_growth_options *o, gat_error *err)
{
    return error_set(
        err, GAT_EUSAGE,
        "no fact%s%.200s%s%s%.200s%s is possible: by the types that the graph shows nothing fits there, or "
        "all that fits is known or has as many facts as there usually are",
        o->around ? " around \"" : "", o->around ? o->around : "", o->around ? "\"" : "",
        o->relation ? " of relation \"" : "", o->relation ? o->relation : "", o->relation ? "\"" : "");
}

/* One addition after the other, the graph read again after each batch. */
static gat_status grow(growing *w, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t added = 1; !st && added && w->g->count < w->count;) {
        proposal_list list;
        int64_t from = w->s.facts.count;
        added = 0;
        st = proposals_make(&list, &w->s, err);
        if (!st && !w->g->rounds) w->g->candidates = list.count;
        if (!st && !list.count && !w->g->rounds) st = none_possible(w->options, err);
        if (!st && list.count) st = add_best(w, &list, &added, err);
        proposals_clear(&list);
        w->g->rounds++;
        if (!st && added) log_say(&w->options->log, GAT_LOG_DEBUG, "%lld facts added", (long long)w->g->count);
        if (st || !added || w->g->count == w->count) break;
        st = growth_state_read(&w->s, err);
        if (!st) st = growth_state_reread(&w->s, from, err);
    }
    return st;
}

static void sum_up(gat_growth *g)
{
    int64_t supported = 0;
    for (int64_t i = 0; i < g->count; i++) {
        g->log_probability += log(g->proposal[i].probability);
        supported += g->proposal[i].rule_confidence >= RULE_SUPPORTS;
    }
    double n = (double)g->count;
    g->supported = g->count ? (double)supported / n : 0;
    g->coherence = g->count ? g->log_probability / n + g->supported : (double)NAN;
}

static gat_status prepare(growing *w, const gat_model *model, gat_error *err)
{
    const gat_growth_options *o = w->options;
    gat_status st = growth_setup(&w->s, model, o, err);
    if (!st) st = growth_fit(&w->weights, &w->g->fitted, &w->s, o, err);
    if (!st) st = growth_start(&w->s, o, err);
    if (st) return st;
    w->count = o->count > 0 ? o->count : o->data->splits[GAT_SPLIT_TEST].count;
    w->batch = o->batch ? o->batch : (w->count + ROUNDS - 1) / ROUNDS;
    w->room = w->count < FIRST_ROOM ? w->count : FIRST_ROOM;
    w->first = w->s.facts.count;
    w->g->proposal = gat_alloc(w->room, sizeof *w->g->proposal);
    return w->g->proposal ? GAT_OK : error_nomem(err);
}

gat_status growth_run(gat_growth **out, const gat_model *model, const gat_growth_options *options, gat_error *err)
{
    growing w = {.options = options, .g = gat_calloc(1, sizeof *w.g)};
    *out = NULL;
    gat_status st = w.g ? prepare(&w, model, err) : error_nomem(err);
    if (!st) st = grow(&w, err);
    if (!st) sum_up(w.g);
    if (!st && options->measure)
        st = growth_measure(&w.g->measures, w.s.facts.data + w.first, w.g->count, model, options, err);
    if (!st) {
        w.g->best_probability = w.best;
        w.g->asked = w.s.asked.total;
        *out = w.g;
        w.g = NULL;
    }
    growth_state_clear(&w.s);
    growth_free(w.g);
    return st;
}

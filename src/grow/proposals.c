#include "grow/proposals.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "grow/rule_reach.h"

enum { ROW_ROOM = MOST_PROPOSED + ANSWERS_PROPOSED + 1 };

void proposals_clear(proposal_list *list)
{
    gat_free(list->item);
    *list = (proposal_list){0};
}

bool proposal_allowed(const growth_state *s, gat_triple f)
{
    int32_t back = f.relation + s->num_relations;
    if (f.head == f.tail || (s->around >= 0 && f.head != s->around && f.tail != s->around)) return false;
    return (s->relation < 0 || f.relation == s->relation) && entity_takes(&s->fit, f.head, f.relation) &&
           entity_takes(&s->fit, f.tail, back) && growth_may_have_more(s, f.head, f.relation) &&
           growth_may_have_more(s, f.tail, back) && !filter_contains(s->view.view->known, f.head, f.relation, f.tail);
}

/* Answers by rules to (head, relation, ?) with at least RULE_SUPPORTS, best first; returns how many. */
static int best_by_rules(int32_t *answer, rule_reach *reach, const growth_state *s, const asked_question *q)
{
    float value[ANSWERS_PROPOSED];
    int found = 0;
    rule_reach_from(reach, &s->rules, s->view.view->known, q->entity, q->relation);
    for (int32_t i = 0; i < reach->count; i++) {
        int32_t id = reach->list[i];
        float here = reach->best[id];
        if (here < (float)RULE_SUPPORTS) continue;
        if (filter_contains(s->view.view->known, q->entity, q->relation, id)) continue;
        if (found == ANSWERS_PROPOSED && !(here > value[found - 1])) continue;
        int at = found < ANSWERS_PROPOSED ? found++ : ANSWERS_PROPOSED - 1;
        for (; at > 0 && value[at - 1] < here; at--) value[at] = value[at - 1], answer[at] = answer[at - 1];
        value[at] = here;
        answer[at] = id;
    }
    return found;
}

static gat_triple fact_of(const growth_state *s, const asked_question *q, int32_t answer)
{
    int32_t r = s->num_relations;
    return q->relation < r ? (gat_triple){q->entity, q->relation, answer}
                           : (gat_triple){answer, q->relation - r, q->entity};
}

static int32_t num_proposed(const growth_state *s, const asked_question *q)
{
    int64_t most = ANSWERS_PROPOSED + growth_known(s, q->entity, q->relation) / PROPOSED_PER_KNOWN;
    most = most < MOST_PROPOSED ? most : MOST_PROPOSED;
    return most < q->count ? (int32_t)most : q->count;
}

/* Facts of question i into `to`, which has room for ROW_ROOM; returns how many. */
static int propose_from(gat_triple *to, rule_reach *reach, const growth_state *s, int64_t i)
{
    const asked_question *q = &s->asked.question[i];
    const int32_t *kept = s->asked.answer + q->first;
    int32_t by_rule[ANSWERS_PROPOSED];
    int32_t most = num_proposed(s, q);
    int found = 0;
    for (int32_t k = 0; k < most; k++) {
        to[found] = fact_of(s, q, kept[k]);
        found += proposal_allowed(s, to[found]);
    }
    int rules = q->relation < s->num_relations ? best_by_rules(by_rule, reach, s, q) : 0;
    for (int k = 0; k < rules; k++) {
        to[found] = fact_of(s, q, by_rule[k]);
        found += proposal_allowed(s, to[found]);
    }
    return found;
}

/* Questions in blocks, each block's facts joined to the others in order. */
static gat_status collect(gat_triples *all, const growth_state *s, gat_error *err)
{
    enum { BLOCK = 4096 };
    const int64_t width = ROW_ROOM;
    bool good = true;
    gat_triple *found = gat_alloc(BLOCK * width, sizeof *found);
    int *count = gat_alloc(BLOCK, sizeof *count);
    gat_status st = found && count ? GAT_OK : error_nomem(err);
    for (int64_t from = 0; !st && from < s->asked.count; from += BLOCK) {
        int64_t n = s->asked.count - from < BLOCK ? s->asked.count - from : BLOCK;
#pragma omp parallel reduction(&& : good)
        {
            rule_reach reach;
            bool ready = !rule_reach_init(&reach, s->num_entities, NULL);
            good = ready;
#pragma omp for schedule(dynamic, 16)
            for (int64_t i = 0; i < n; i++) count[i] = ready ? propose_from(found + i * width, &reach, s, from + i) : 0;
            rule_reach_clear(&reach);
        }
        if (!good) st = error_nomem(err);
        for (int64_t i = 0; !st && i < n; i++)
            for (int k = 0; !st && k < count[i]; k++) st = triples_push(all, found[i * width + k], err);
    }
    gat_free(found);
    gat_free(count);
    return st;
}

static gat_status sort_facts(proposal_list *out, gat_triples *all, gat_error *err)
{
    int64_t kept = 0;
    if (all->count) qsort(all->data, (size_t)all->count, sizeof *all->data, triple_compare);
    for (int64_t i = 0; i < all->count; i++)
        if (!i || triple_compare(&all->data[i], &all->data[i - 1])) all->data[kept++] = all->data[i];
    all->count = kept;
    out->item = gat_alloc(kept, sizeof *out->item);
    if (!out->item) return error_nomem(err);
    out->count = kept;
    for (int64_t i = 0; i < kept; i++) out->item[i] = (grow_proposal){.fact = all->data[i]};
    return GAT_OK;
}

/* A question that has not been asked, and how many proposals wait for it. */
typedef struct missing_question {
    int32_t entity, relation;
    int64_t needed;
} missing_question;

static int compare_missing(const void *a, const void *b)
{
    const missing_question *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    return (x->relation > y->relation) - (x->relation < y->relation);
}

static int compare_needed(const void *a, const void *b)
{
    const missing_question *x = a, *y = b;
    if (x->needed != y->needed) return x->needed > y->needed ? -1 : 1;
    return compare_missing(a, b);
}

/* The distinct ones, most needed first; returns how many. */
static int64_t order_missing(missing_question *m, int64_t count)
{
    int64_t kept = 0;
    if (count) qsort(m, (size_t)count, sizeof *m, compare_missing);
    for (int64_t i = 0; i < count; i++) {
        if (kept && !compare_missing(&m[kept - 1], &m[i])) m[kept - 1].needed++;
        else m[kept++] = m[i];
    }
    if (kept) qsort(m, (size_t)kept, sizeof *m, compare_needed);
    return kept;
}

static gat_status ask_missing(growth_state *s, const proposal_list *list, gat_error *err)
{
    int64_t count = 0, first = s->asked.count;
    missing_question *m = gat_alloc(2 * list->count, sizeof *m);
    gat_status st = m ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < list->count; i++) {
        gat_triple f = list->item[i].fact;
        int32_t back = f.relation + s->num_relations;
        if (asked_place(&s->asked, f.head, f.relation) < 0) m[count++] = (missing_question){f.head, f.relation, 1};
        if (asked_place(&s->asked, f.tail, back) < 0) m[count++] = (missing_question){f.tail, back, 1};
    }
    count = st ? 0 : order_missing(m, count);
    for (int64_t i = 0; !st && i < count && i < s->budget; i++)
        st = growth_add_question(s, m[i].entity, m[i].relation, err);
    if (!st) st = asked_ask(&s->asked, s->view.view, growth_given(s), NULL, first, err);
    if (!st) st = asked_sort(&s->asked, err);
    gat_free(m);
    return st;
}

gat_status proposals_make(proposal_list *out, growth_state *s, gat_error *err)
{
    gat_triples all = {0};
    *out = (proposal_list){0};
    gat_status st = collect(&all, s, err);
    if (!st) st = sort_facts(out, &all, err);
    triples_clear(&all);
    if (!st) st = ask_missing(s, out, err);
    if (!st) st = proposals_describe(out, s, err);
    if (st) proposals_clear(out);
    return st;
}

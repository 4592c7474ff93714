/* What speaks for proposals, head and relation by head and relation: their rules are walked once. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "grow/proposals.h"
#include "grow/rule_reach.h"

static const float LEAST_RULE = .005f, LEAST_RULES = .01f;

static float logit(float p) { return logf(p) - log1pf(-p); }

/* Calibrated where the model is, else the odds themselves. */
static double model_logit(const growth_state *s, asked_answer a, bool heads)
{
    const gat_model *m = s->model;
    double odds = a.asked ? a.odds : -log((double)s->num_entities);
    if (!m->calibrated) return odds;
    return m->calibration.shift[heads] + m->calibration.slope[heads] * odds -
           m->calibration.fall[heads] * log1p((double)a.place);
}

static asked_answer model_says(const growth_state *s, gat_triple f, bool heads)
{
    return heads ? asked_find(&s->asked, f.tail, f.relation + s->num_relations, f.head)
                 : asked_find(&s->asked, f.head, f.relation, f.tail);
}

double proposal_model_probability(const growth_state *s, gat_triple fact, bool heads)
{
    return 1 / (1 + exp(-model_logit(s, model_says(s, fact, heads), heads)));
}

static void describe(grow_proposal *p, const growth_state *s, const rule_reach *reach)
{
    gat_triple t = p->fact;
    int32_t back = t.relation + s->num_relations;
    const relation_counts *tails = &s->counts[t.relation];
    int64_t num_tails = growth_known(s, t.head, t.relation), num_heads = growth_known(s, t.tail, back);
    asked_answer as_tail = model_says(s, t, false), as_head = model_says(s, t, true);
    float *f = p->feature, best = reach->best[t.tail];
    p->rule = best;
    f[FEATURE_TAIL] = (float)model_logit(s, as_tail, false);
    f[FEATURE_HEAD] = (float)model_logit(s, as_head, true);
    f[FEATURE_TAIL_PLACE] = log1pf((float)as_tail.place);
    f[FEATURE_HEAD_PLACE] = log1pf((float)as_head.place);
    f[FEATURE_RULE] = logit(fmaxf(best, LEAST_RULE));
    f[FEATURE_RULES] = logf(LEAST_RULES - reach->missing[t.tail]);
    f[FEATURE_MORE_TAILS] = (float)relation_continues(tails, num_tails);
    f[FEATURE_HEAD_FIT] = logf(entity_fits(&s->fit, t.head, t.relation));
    f[FEATURE_TAIL_FIT] = logf(entity_fits(&s->fit, t.tail, back));
    f[FEATURE_TAILS] = log1pf((float)num_tails);
    f[FEATURE_HEADS] = log1pf((float)num_heads);
    f[FEATURE_FACTS] = logf((float)tails->facts + 1);
}

/* Where the proposals of each head and relation begin; (count + 1), *groups of them. NULL: out of memory. */
static int64_t *cut_groups(int64_t *groups, const proposal_list *list)
{
    int64_t *start = gat_alloc(list->count + 1, sizeof *start), n = 0;
    for (int64_t i = 0; start && i < list->count; i++) {
        gat_triple f = list->item[i].fact, before = i ? list->item[i - 1].fact : f;
        if (!i || f.head != before.head || f.relation != before.relation) start[n++] = i;
    }
    if (start) start[n] = list->count;
    *groups = n;
    return start;
}

gat_status proposals_describe(proposal_list *list, const growth_state *s, gat_error *err)
{
    int64_t groups;
    bool good = true;
    int64_t *start = cut_groups(&groups, list);
    if (!start) return error_nomem(err);
#pragma omp parallel reduction(&& : good)
    {
        rule_reach reach;
        bool ready = !rule_reach_init(&reach, s->num_entities, NULL);
        good = ready;
#pragma omp for schedule(dynamic, 16)
        for (int64_t g = 0; g < groups; g++) {
            gat_triple first = list->item[start[g]].fact;
            if (ready) rule_reach_from(&reach, &s->rules, s->view.view->known, first.head, first.relation);
            for (int64_t i = start[g]; ready && i < start[g + 1]; i++) describe(&list->item[i], s, &reach);
        }
        rule_reach_clear(&reach);
    }
    gat_free(start);
    return good ? GAT_OK : error_nomem(err);
}

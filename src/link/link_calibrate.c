#include "link/link_calibrate.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

gat_status link_calibration_init(link_calibration *c, int64_t capacity, gat_error *err)
{
    *c = (link_calibration){gat_alloc(capacity, sizeof(link_trial)), 0, capacity, 0};
    return c->trial ? GAT_OK : error_nomem(err);
}

void link_calibration_clear(link_calibration *c) { gat_free(c->trial); }

gat_status link_calibration_add(link_calibration *c, const gat_linker *l, gat_tape *tape, const link_document *d,
                                const candidate_graph *g, gat_error *err)
{
    link_result r;
    tape_restart(tape, false);
    link_net_forward(&r, tape, &l->net, &l->net.params, g, 0);
    gat_mat *s = r.score[l->net.shape.rounds];
    float *belief = tape_floats(tape, g->nodes);
    gat_status st = tape_status(tape, err);
    if (st) return st;
    belief_forward(belief, s->data, &g->groups);
    for (int64_t i = 0; i < d->num_mentions && c->count < c->capacity; i++) {
        const link_mention *m = &d->mention[i];
        if (m->gold == GOLD_MISSED && g->group_of[i] < 0) c->lost++;
        if (m->gold == GOLD_OPEN || g->group_of[i] < 0) continue;
        link_trial *t = &c->trial[c->count++];
        link_terms(t->term, g, d, belief, r.total, l->net.shape.heads, g->group_of[i]);
        t->right = g->entity[link_best(belief, g, g->group_of[i])] == m->gold;
        t->nil = m->gold == GOLD_NIL;
    }
    return GAT_OK;
}

/* A threshold above every probability. */
static const double NEVER = 1.01;

/* What NIL from this probability on does. */
typedef struct verdict {
    int64_t said, right, all, correct; /* NIL said, rightly; there; answers that are right, NIL included */
} verdict;

static verdict judge(const link_calibration *c, const gat_linker *l, double threshold)
{
    verdict v = {0, 0, 0, 0};
    for (int64_t t = 0; t < c->count; t++) {
        const link_trial *x = &c->trial[t];
        bool nil = link_logistic(l->nil, x->term) >= threshold;
        v.said += nil;
        v.right += nil && x->nil;
        v.all += x->nil;
        v.correct += nil ? x->nil : x->right;
    }
    return v;
}

static double quality(const verdict *v, bool annotated)
{
    if (!annotated) return (double)v->correct;
    return v->said + v->all ? 2.0 * (double)v->right / (double)(v->said + v->all) : 0;
}

void link_calibration_right(const link_calibration *c, gat_linker *l)
{
    static const double prior[LINK_TERMS] = {0, 1};
    int64_t linked = c->lost, right = 0;
    link_logistic_fit(l->calibration, prior, c->trial, c->count, false);
    for (int64_t t = 0; t < c->count; t++) {
        linked += !c->trial[t].nil;
        right += c->trial[t].right;
    }
    l->held_back_correct = linked ? (double)right / (double)linked : 0;
}

void link_calibration_nil(const link_calibration *c, gat_linker *l)
{
    static const double prior[LINK_TERMS] = {-1, -.5};
    link_logistic_fit(l->nil, prior, c->trial, c->count, true);
}

void link_calibration_threshold(const link_calibration *c, gat_linker *l, bool annotated)
{
    enum { PLACES = 100, FIRST = 10 };
    double most = 0;
    l->threshold = NEVER;
    for (int i = PLACES; i >= FIRST; i--) {
        double threshold = i == PLACES ? NEVER : (double)i / PLACES;
        const verdict v = judge(c, l, threshold);
        double own = quality(&v, annotated);
        if (own > most) l->threshold = threshold;
        if (own > most) most = own;
    }
}

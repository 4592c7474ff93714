#include "autodiff/vote_ops.h"

typedef struct vote_saved {
    gat_mat *m, *total;
    vote_terms x;
    const vote_edges *edges;
    float *part;
} vote_saved;

static void vote_back(gat_tape *t, void *saved)
{
    (void)t;
    vote_saved *s = saved;
    const vote_terms *x = &s->x;
    const vote_gradients to = {x->q->grad, x->k->grad, x->v->grad, x->bias->grad, x->message->grad, x->belief->grad};
    const vote_inputs in = {x->q->data,      x->k->data, x->v->data,     x->message->data,
                            x->belief->data, s->m->data, s->total->data, s->part};
    vote_backward(&to, s->m->grad, s->total->grad, s->edges, &in);
}

gat_mat *ad_vote(gat_mat **total, gat_tape *t, const vote_edges *edges, const vote_terms *x, float **part)
{
    *total = NULL;
    if (tape_status(t, NULL)) return NULL;
    gat_mat *m = tape_mat(t, edges->nodes, edges->dim);
    gat_mat *sums = tape_mat(t, edges->nodes, 2 * (int64_t)edges->heads);
    float *own = tape_floats(t, edges->indptr[edges->nodes] * 2 * edges->heads);
    vote_saved *s = tape_record(t, vote_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (vote_saved){m, sums, *x, edges, own};
    vote_forward(m->data, sums->data, own, edges, x->q->data, x->k->data, x->v->data, x->bias->data, x->message->data,
                 x->belief->data);
    *total = sums;
    if (part) *part = own;
    return m;
}

typedef struct group_saved {
    gat_mat *y, *x, *belief;
    const vote_groups *groups;
    float *scratch;
} group_saved;

static void summary_back(gat_tape *t, void *saved)
{
    (void)t;
    group_saved *s = saved;
    vote_summary_backward(s->x->grad, s->y->grad, s->x->data, s->groups, (int)(s->x->cols / 2));
}

gat_mat *ad_vote_summary(gat_tape *t, gat_mat *total, const vote_groups *groups)
{
    if (tape_status(t, NULL)) return NULL;
    int heads = (int)(total->cols / 2);
    gat_mat *z = tape_mat(t, total->rows, 3 * (int64_t)heads);
    group_saved *s = tape_record(t, summary_back, sizeof *s);
    if (s) *s = (group_saved){z, total, NULL, groups, NULL};
    if (z) vote_summary_forward(z->data, total->data, groups, heads);
    return z;
}

static void belief_back(gat_tape *t, void *saved)
{
    (void)t;
    group_saved *s = saved;
    belief_backward(s->x->grad, s->y->grad, s->y->data, s->groups);
}

gat_mat *ad_belief(gat_tape *t, gat_mat *score, const vote_groups *groups)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *belief = tape_mat(t, score->rows, 1);
    group_saved *s = tape_record(t, belief_back, sizeof *s);
    if (s) *s = (group_saved){belief, score, NULL, groups, NULL};
    if (belief) belief_forward(belief->data, score->data, groups);
    return belief;
}

static void context_back(gat_tape *t, void *saved)
{
    (void)t;
    group_saved *s = saved;
    belief_context_backward(s->x->grad, s->belief->grad, s->scratch, s->y->grad, s->x->data, s->belief->data, s->groups,
                            s->x->cols);
}

gat_mat *ad_belief_context(gat_tape *t, gat_mat *h, gat_mat *belief, const vote_groups *groups)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *context = tape_mat(t, h->rows, h->cols);
    float *scratch = tape_floats(t, (groups->count + 1) * h->cols);
    group_saved *s = tape_record(t, context_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (group_saved){context, h, belief, groups, scratch};
    belief_context_forward(context->data, scratch, h->data, belief->data, groups, h->cols);
    return context;
}

double ad_belief_loss(gat_tape *t, gat_mat *score, const float *wanted, const vote_groups *groups, float scale)
{
    if (tape_status(t, NULL)) return 0;
    return belief_loss(score->grad, score->data, wanted, groups, scale);
}

#include "path/path_question.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* y (cols,rows) <- x (rows,cols) transposed. */
static const float *turn(float **y, const float *x, int64_t rows, int64_t cols)
{
    float *to = *y;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) to[j * rows + i] = x[i * cols + j];
    *y += rows * cols;
    return to;
}

gat_status path_forms_init(path_forms *f, const path_net *m, gat_error *err)
{
    int64_t d = m->shape.width;
    *f = (path_forms){0};
    f->turned = gat_alloc(m->shape.layers * d * (2 * d + PATH_GATE) + d * path_hidden(m), sizeof *f->turned);
    if (!f->turned) return error_nomem(err);
    path_forms_fill(f, m);
    return GAT_OK;
}

void path_forms_clear(path_forms *f)
{
    gat_free(f->turned);
    *f = (path_forms){0};
}

void path_forms_fill(path_forms *f, const path_net *m)
{
    const gat_params *p = m->params;
    int64_t d = m->shape.width;
    float *to = f->turned;
    for (int64_t l = 0; l < m->shape.layers; l++) {
        const path_layer_params *in = &m->layer[l];
        path_weights *w = &f->layer[l];
        *w = (path_weights){.form = m->shape.form,
                            .message = m->shape.message,
                            .heads = m->shape.heads > 1 ? (int)m->shape.heads : 1,
                            .state = m->shape.gate ? param_value(p, in->state) : NULL,
                            .by_relation = param_value(p, in->by_relation),
                            .a = param_value(p, in->a),
                            .w_state = param_value(p, in->w_state),
                            .w_sum = param_value(p, in->w_sum),
                            .bias = param_value(p, in->bias),
                            .gain = param_value(p, in->gain),
                            .shift = param_value(p, in->shift)};
        w->state_turned = turn(&to, param_value(p, in->state), PATH_GATE, d);
        w->w_state_turned = turn(&to, w->w_state, d, d);
        w->w_sum_turned = turn(&to, w->w_sum, d, d);
    }
    f->scorer = (path_scorer){.hidden = param_value(p, m->hidden),
                              .v = param_value(p, m->score),
                              .c = param_value(p, m->score_bias),
                              .width = path_hidden(m)};
    f->scorer.hidden_turned = turn(&to, f->scorer.hidden, d, path_hidden(m));
}

gat_status path_scratch_init(path_scratch *s, int32_t num_nodes, gat_error *err)
{
    *s = (path_scratch){0};
    gat_status st = path_reach_init(&s->reach, num_nodes, err);
    if (!st && !(s->arena = arena_new())) st = error_nomem(err);
    if (st) path_scratch_clear(s);
    return st;
}

void path_scratch_clear(path_scratch *s)
{
    path_reach_clear(&s->reach);
    arena_free(s->arena);
    *s = (path_scratch){0};
}

static float *take(path_scratch *s, int64_t count, bool *whole)
{
    float *p = arena_alloc(s->arena, count, sizeof *p);
    if (!p) *whole = false;
    return p;
}

/* Memory of layer l before its edges are pruned, and after. */
static bool take_gates(path_scratch *s, int l, int heads)
{
    int64_t rows = s->reach.rows_at[l];
    bool whole = true;
    s->kept[l].hidden = take(s, rows * PATH_GATE, &whole);
    s->kept[l].gate = take(s, s->reach.gate_place[rows], &whole);
    s->kept[l].heads = heads > 1 ? take(s, s->reach.gate_place[rows] * heads, &whole) : NULL;
    return whole;
}

static bool take_sums(path_scratch *s, int l, int64_t d)
{
    int64_t after = s->reach.rows_at[l + 1];
    path_kept *k = &s->kept[l];
    bool whole = true;
    k->sum = take(s, after * d, &whole);
    k->unit = take(s, after * d, &whole);
    k->rstd = take(s, after, &whole);
    s->last = take(s, after * d, &whole);
    return whole;
}

static path_weights layer_weights(const path_net *m, const path_forms *f, const float *made, int l)
{
    path_weights w = f->layer[l];
    w.relation = made + made_relation(m, l);
    w.query = made + made_gate(m, l);
    return w;
}

static path_scorer scorer_of(const path_net *m, const path_forms *f, const float *made)
{
    path_scorer s = f->scorer;
    s.query = made + made_hidden(m);
    return s;
}

/* One layer further: kept[l].x is there, s->last becomes what comes out. */
static gat_status forward_layer(path_scratch *s, const path_net *m, const path_forms *f, const path_graph *g,
                                const float *made, int l, gat_error *err)
{
    int64_t d = m->shape.width;
    path_weights w = layer_weights(m, f, made, l);
    gat_status st = path_reach_step(&s->reach, g, err);
    if (st) return st;
    if (!take_gates(s, l, w.heads)) return error_nomem(err);
    path_walk walk = path_reach_layer(&s->reach, g, l);
    path_kernels()->layer_gates(&s->kept[l], &walk, &w, d);
    int64_t budget = path_reach_budget(&m->shape, g->num_nodes);
    if (budget) {
        st = path_reach_prune(&s->reach, g, s->kept[l].gate, budget, err);
        if (st) return st;
        walk = path_reach_layer(&s->reach, g, l);
    }
    if (!take_sums(s, l, d)) return error_nomem(err);
    path_kernels()->layer_forward(s->last, &s->kept[l], &walk, &w, d);
    return GAT_OK;
}

gat_status path_question_forward(path_scratch *s, const path_net *m, const path_forms *f, const path_graph *g,
                                 const float *z, const float *made, int32_t entity, gat_error *err)
{
    int64_t d = m->shape.width;
    bool whole = true;
    gat_status st = GAT_OK;
    arena_reset(s->arena);
    path_reach_start(&s->reach, entity, path_reach_budget(&m->shape, g->num_nodes) > 0);
    s->last = take(s, s->reach.rows_at[0] * d, &whole);
    if (!whole) return error_nomem(err);
    memset(s->last, 0, (size_t)(s->reach.rows_at[0] * d) * sizeof *s->last);
    memcpy(s->last, z, (size_t)d * sizeof *z);
    for (int l = 0; l < m->shape.layers && !st; l++) {
        s->kept[l].x = s->last;
        st = forward_layer(s, m, f, g, made, l, err);
    }
    if (st) return st;
    int64_t rows = s->reach.rows_at[m->shape.layers];
    s->row_score = take(s, rows, &whole);
    if (!whole) return error_nomem(err);
    path_scorer scorer = scorer_of(m, f, made);
    path_kernels()->score_forward(s->row_score, s->last, &scorer, rows, d);
    return GAT_OK;
}

/* Where the gradients of layer l go. */
static path_slopes layer_slopes(const path_net *m, float *dmade, float *shared, int l)
{
    const path_layer_params *p = &m->layer[l];
    const gat_param *list = m->params->list;
    int64_t from = shared_from(m);
    return (path_slopes){.relation = dmade + made_relation(m, l),
                         .query = dmade + made_gate(m, l),
                         .state = shared + (list[p->state].offset - from),
                         .by_relation = shared + (list[p->by_relation].offset - from),
                         .a = shared + (list[p->a].offset - from),
                         .w_state = shared + (list[p->w_state].offset - from),
                         .w_sum = shared + (list[p->w_sum].offset - from),
                         .bias = shared + (list[p->bias].offset - from),
                         .gain = shared + (list[p->gain].offset - from),
                         .shift = shared + (list[p->shift].offset - from)};
}

static path_scorer_slopes scorer_slopes(const path_net *m, float *dmade, float *shared)
{
    const gat_param *list = m->params->list;
    int64_t from = shared_from(m);
    return (path_scorer_slopes){.hidden = shared + (list[m->hidden].offset - from),
                                .query = dmade + made_hidden(m),
                                .v = shared + (list[m->score].offset - from),
                                .c = shared + (list[m->score_bias].offset - from)};
}

gat_status path_question_backward(float *dz, float *dmade, float *shared, const float *drow, path_scratch *s,
                                  const path_net *m, const path_forms *f, const path_graph *g, const float *made,
                                  gat_error *err)
{
    int layers = (int)m->shape.layers;
    int64_t d = m->shape.width, rows = s->reach.rows_at[layers];
    bool whole = true;
    float *dout = take(s, rows * d, &whole), *dx = take(s, rows * d, &whole), *dsum = take(s, rows * d, &whole);
    if (!whole) return error_nomem(err);
    path_scorer scorer = scorer_of(m, f, made);
    path_scorer_slopes slopes = scorer_slopes(m, dmade, shared);
    path_kernels()->score_backward(dout, &slopes, drow, s->last, &scorer, rows, d);
    for (int l = layers - 1; l >= 0; l--) {
        path_walk walk = path_reach_layer(&s->reach, g, l);
        path_weights w = layer_weights(m, f, made, l);
        path_slopes to = layer_slopes(m, dmade, shared, l);
        path_kernels()->layer_backward(dx, &to, dsum, dout, &s->kept[l], &walk, &w, d);
        float *swap = dout;
        dout = dx, dx = swap;
    }
    for (int64_t c = 0; c < d; c++) dz[c] += dout[c];
    return GAT_OK;
}

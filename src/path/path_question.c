#include "path/path_question.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "path/path_global.h"

/* NBFNet bounds the inverse so. */
static const float LEAST_SCALE = .01f;

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

/* What the sums of layer l need. */
static bool take_sums(path_scratch *s, const path_net *m, int l)
{
    int64_t after = s->reach.rows_at[l + 1];
    path_kept *k = &s->kept[l];
    bool whole = true, statistics = m->shape.aggregation == PATH_STATISTICS;
    k->sum = take(s, after * path_net_sums(m), &whole);
    k->share = statistics ? take(s, after, &whole) : NULL;
    k->scale = statistics ? take(s, after, &whole) : NULL;
    return whole;
}

static bool take_states(path_scratch *s, int l, int64_t d)
{
    int64_t after = s->reach.rows_at[l + 1];
    path_kept *k = &s->kept[l];
    bool whole = true;
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

/* Share of a message and scale of each row, by the node's degree in the graph. */
static void fill_degrees(const path_kept *k, const path_reach *s, const path_graph *g)
{
    for (int64_t i = 0; k->share && i < s->rows_at[s->layers]; i++) {
        float degree = s->node[i] < 0 ? 0 : g->log_degree[s->node[i]];
        k->share[i] = expf(-degree);
        k->scale[i] = fmaxf(degree / g->mean_log_degree, LEAST_SCALE);
    }
}

/* A question, and all that its walk reads. */
typedef struct walker {
    const path_net *net;
    const path_forms *forms;
    const path_graph *graph;
    const float *made;
    const path_noise *noise;
} walker;

static gat_status choose(path_scratch *s, const walker *q, int l, int64_t budget, gat_error *err)
{
    int64_t count = s->reach.rows_at[l + 1] - s->reach.rows_at[l];
    bool whole = true;
    float *rank = take(s, count, &whole);
    s->open[l] = take(s, count, &whole);
    if (!whole) return error_nomem(err);
    gat_status st = path_choose(s->open[l], rank, s->kept[l].sum, &s->reach, q->made + made_choice(q->net, l),
                                path_net_sums(q->net), budget, q->graph->num_nodes, q->noise, err);
    if (!st) fill_degrees(&s->kept[l], &s->reach, q->graph);
    return st;
}

/* Reaches further and sums the messages: attention chooses before they are sent, a learned score by what arrives. */
static gat_status forward_sums(path_scratch *s, const walker *q, const path_weights *w, int l, gat_error *err)
{
    int64_t d = q->net->shape.width, budget = path_reach_budget(&q->net->shape, q->graph->num_nodes);
    bool learned = path_chooses(&q->net->shape);
    gat_status st = path_reach_step(&s->reach, q->graph, err);
    if (st) return st;
    if (!take_gates(s, l, w->heads)) return error_nomem(err);
    path_walk walk = path_reach_layer(&s->reach, q->graph, l);
    path_kernels()->layer_gates(&s->kept[l], &walk, w, d);
    if (budget && !learned) st = path_reach_prune(&s->reach, q->graph, s->kept[l].gate, budget, err);
    if (!st && !take_sums(s, q->net, l)) st = error_nomem(err);
    if (st) return st;
    fill_degrees(&s->kept[l], &s->reach, q->graph);
    walk = path_reach_layer(&s->reach, q->graph, l);
    path_kernels()->layer_sums(&s->kept[l], &walk, w, d);
    s->open[l] = NULL;
    return learned ? choose(s, q, l, budget, err) : GAT_OK;
}

/* One layer further: kept[l].x is there, s->last becomes what comes out. */
static gat_status forward_layer(path_scratch *s, const walker *q, int l, gat_error *err)
{
    int64_t d = q->net->shape.width;
    path_weights w = layer_weights(q->net, q->forms, q->made, l);
    gat_status st = forward_sums(s, q, &w, l, err);
    if (!st && !take_states(s, l, d)) st = error_nomem(err);
    if (st) return st;
    path_walk walk = path_reach_layer(&s->reach, q->graph, l);
    path_kernels()->layer_update(s->last, &s->kept[l], &walk, &w, d);
    return path_attends_globally(&q->net->shape, l) ? path_global_forward(s, q->net, q->forms, l, err) : GAT_OK;
}

gat_status path_question_forward(path_scratch *s, const path_net *m, const path_forms *f, const path_graph *g,
                                 const float *z, const float *made, int32_t entity, const path_noise *noise,
                                 gat_error *err)
{
    const walker q = {m, f, g, made, noise};
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
        st = forward_layer(s, &q, l, err);
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

/* Slopes of the states between layers, and scratch. */
typedef struct backward_rows {
    float *dout, *dx; /* (rows,D): after the layer and before it */
    float *dsum;      /* (rows,S) */
} backward_rows;

/* Layer l: r->dout becomes the slopes of its input. */
static gat_status backward_layer(backward_rows *r, float *dmade, float *shared, path_scratch *s, const walker *q, int l,
                                 gat_error *err)
{
    const path_net *m = q->net;
    int64_t d = m->shape.width, wide = path_net_sums(m), old = s->reach.rows_at[l],
            fresh = s->reach.rows_at[l + 1] - old;
    path_walk walk = path_reach_layer(&s->reach, q->graph, l);
    path_weights w = layer_weights(m, q->forms, q->made, l);
    path_slopes to = layer_slopes(m, dmade, shared, l);
    const path_kept *k = &s->kept[l];
    const float *out = l + 1 < m->shape.layers ? s->kept[l + 1].x : s->last;
    gat_status st = GAT_OK;
    if (s->open[l]) path_choice_pull(s->open[l], r->dout + old * d, out + old * d, s->open[l], fresh, d);
    if (path_attends_globally(&m->shape, l)) st = path_global_backward(r->dout, shared, s, m, q->forms, l, err);
    if (st) return st;
    path_kernels()->update_backward(r->dx, &to, r->dsum, r->dout, k, &walk, &w, d);
    if (s->open[l])
        path_choice_backward(r->dsum + old * wide, dmade + made_choice(m, l), s->open[l], k->sum + old * wide,
                             q->made + made_choice(m, l), fresh, wide);
    path_kernels()->sums_backward(r->dx, &to, r->dsum, k, &walk, &w, d);
    float *swap = r->dout;
    r->dout = r->dx, r->dx = swap;
    return GAT_OK;
}

gat_status path_question_backward(float *dz, float *dmade, float *shared, const float *drow, path_scratch *s,
                                  const path_net *m, const path_forms *f, const path_graph *g, const float *made,
                                  gat_error *err)
{
    const walker q = {m, f, g, made, NULL};
    int layers = (int)m->shape.layers;
    int64_t d = m->shape.width, rows = s->reach.rows_at[layers];
    bool whole = true;
    gat_status st = GAT_OK;
    backward_rows r = {.dout = take(s, rows * d, &whole),
                       .dx = take(s, rows * d, &whole),
                       .dsum = take(s, rows * path_net_sums(m), &whole)};
    if (!whole) return error_nomem(err);
    path_scorer scorer = scorer_of(m, f, made);
    path_scorer_slopes slopes = scorer_slopes(m, dmade, shared);
    path_kernels()->score_backward(r.dout, &slopes, drow, s->last, &scorer, rows, d);
    for (int l = layers - 1; l >= 0 && !st; l--) st = backward_layer(&r, dmade, shared, s, &q, l, err);
    for (int64_t c = 0; c < d && !st; c++) dz[c] += r.dout[c];
    return st;
}

#include "ref/ref_hard.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"

/* Logits up to a constant of the row, perturbed and divided by the temperature where wanted; -INFINITY when hidden. */
static double logit_of(const double *alpha, int64_t edge, int head, const gat_attention *p, const gat_hard *hard)
{
    double x = log(alpha[edge * p->num_heads + head]);
    if (hard->selection != GAT_SELECT_GUMBEL) return x;
    uint32_t bits = random_hash32(hard->key, (uint32_t)(edge * p->num_heads + head)) >> 9;
    double noise = hard->noise ? -log(-log((bits + 0.5) * 0x1p-23)) : 0;
    return (x + noise) / (double)hard->temperature;
}

/* Of a row's logits, those that come before this one: higher, or equal and earlier. */
static int rank_of(const double *logit, int64_t count, int64_t i)
{
    int before = 0;
    for (int64_t e = 0; e < count; e++) before += logit[e] > logit[i] || (logit[e] == logit[i] && e < i);
    return before;
}

static void row_weights(double *weight, double *soft, const double *alpha, int64_t v, int j, const gat_attention *p,
                        const gat_hard *hard)
{
    int h = p->num_heads;
    int64_t first = p->graph->in_indptr[v], count = p->graph->in_indptr[v + 1] - first;
    double all = 0, kept = 0, *logit = malloc(((size_t)count + 1) * sizeof *logit);
    if (!logit) abort();
    for (int64_t i = 0; i < count; i++) logit[i] = logit_of(alpha, first + i, j, p, hard);
    for (int64_t i = 0; i < count; i++) {
        double share = exp(logit[i]), *w = &weight[(first + i) * h + j];
        soft[(first + i) * h + j] = share;
        *w = share > 0 && rank_of(logit, count, i) < hard->k ? share : 0;
        all += share;
        kept += *w;
    }
    for (int64_t i = first * h + j; i < (first + count) * h && all > 0; i += h) {
        soft[i] /= all;
        weight[i] /= kept;
        if (hard->selection == GAT_SELECT_TOP_K) soft[i] = weight[i];
    }
    free(logit);
}

void ref_hard_weights(double *weight, double *soft, const double *alpha, const gat_attention *p, const gat_hard *hard)
{
    for (int64_t v = 0; v < p->graph->num_nodes; v++)
        for (int j = 0; j < p->num_heads; j++) row_weights(weight, soft, alpha, v, j, p, hard);
}

static double message(const ref_attention *r, int64_t edge, int head, int i)
{
    int h = r->shape->num_heads, f = r->shape->value_width;
    int64_t source = r->shape->graph->in_indices[edge], relation = r->shape->graph->in_relation[edge];
    return ref_attention_mask(r->shape, edge, head) * r->value[(source * h + head) * f + i] *
           r->m[(relation * h + head) * f + i];
}

void ref_hard_forward(double *out, const double *weight, const ref_attention *r)
{
    const gat_graph *g = r->shape->graph;
    int h = r->shape->num_heads, f = r->shape->value_width;
    for (int64_t i = 0; i < (int64_t)g->num_nodes * h * f; i++) out[i] = 0;
    for (int64_t v = 0; v < g->num_nodes; v++)
        for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++)
            for (int j = 0; j < h; j++)
                for (int i = 0; i < f; i++) out[(v * h + j) * f + i] += weight[e * h + j] * message(r, e, j, i);
}

/* <w, message> of one edge. */
static double gain(const double *w, int64_t edge, int64_t node, int head, const ref_attention *r)
{
    int h = r->shape->num_heads, f = r->shape->value_width;
    double sum = 0;
    for (int i = 0; i < f; i++) sum += w[(node * h + head) * f + i] * message(r, edge, head, i);
    return sum;
}

static double row_objective(const double *w, const double *weight, const double *alpha, int64_t v, int j,
                            const ref_attention *r, const gat_hard *hard)
{
    const gat_graph *g = r->shape->graph;
    int h = r->shape->num_heads;
    double objective = 0, total = 0, k = hard->k;
    for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++)
        total += weight[e * h + j] * k * gain(w, e, v, j, r);
    for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++) {
        double mine = gain(w, e, v, j, r), share = weight[e * h + j];
        if (share == 0) continue;
        if (hard->selection != GAT_SELECT_SAMPLED) objective += share * mine;
        else objective += share * (mine - (total - mine) / (k - 1)) * log(alpha[e * h + j]);
    }
    return objective;
}

double ref_hard_logit_objective(const double *w, const double *weight, const double *alpha, const ref_attention *r,
                                const gat_hard *hard)
{
    double sum = 0;
    for (int64_t v = 0; v < r->shape->graph->num_nodes; v++)
        for (int j = 0; j < r->shape->num_heads; j++) sum += row_objective(w, weight, alpha, v, j, r, hard);
    return sum;
}

#include "ref/ref_attention.h"

#include <math.h>

#include "base/random.h"

static double leaky(double x, double slope) { return x > 0 ? x : slope * x; }

static double logit(gat_score score, const double *q, const double *k, const double *e, const double *a, int s,
                    double slope)
{
    double sum = 0, qq = 1e-12, zz = 1e-12;
    for (int i = 0; i < s; i++) {
        double z = k[i] + e[i];
        qq += q[i] * q[i];
        zz += z * z;
        switch (score) {
        case GAT_SCORE_ADDITIVE: sum += leaky(q[i] + z, slope); break;
        case GAT_SCORE_DYNAMIC: sum += a[i] * leaky(q[i] + z, slope); break;
        case GAT_SCORE_MLP: sum += a[i] * tanh(q[i] + z); break;
        default: sum += q[i] * z;
        }
    }
    if (score == GAT_SCORE_SCALED_DOT) return sum / sqrt(s);
    if (score == GAT_SCORE_COSINE) return a[0] * sum / (sqrt(qq) * sqrt(zz));
    return sum;
}

static double edge_logit(const ref_attention *r, int64_t edge, int64_t node, int head)
{
    const gat_attention *p = r->shape;
    int h = p->num_heads, s = p->score_width, w = score_vector_width(p->score, s);
    int64_t source = p->graph->in_indices[edge], relation = p->graph->in_relation[edge];
    return logit(p->score, r->q + (node * h + head) * s, r->k + (source * h + head) * s,
                 r->e + (relation * h + head) * s, r->a + head * w, s, (double)p->slope);
}

double ref_attention_mask(const gat_attention *p, int64_t edge, int head)
{
    uint32_t bits = random_hash32(p->dropout_key, (uint32_t)(edge * p->num_heads + head)) >> 8;
    if (p->dropout <= 0) return 1;
    return bits * 0x1p-24 < (double)p->dropout ? 0 : 1 / (1 - (double)p->dropout);
}

static void row(double *out, double *alpha, const ref_attention *r, int64_t v, int j)
{
    const gat_attention *p = r->shape;
    const gat_graph *g = p->graph;
    int h = p->num_heads, f = p->value_width;
    double total = 0, top = -INFINITY;
    for (int i = 0; i < f; i++) out[i] = 0;
    for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++)
        if (!p->hidden || !p->hidden[e]) top = fmax(top, edge_logit(r, e, v, j));
    for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++) {
        int64_t source = g->in_indices[e], relation = g->in_relation[e];
        double weight = p->hidden && p->hidden[e] ? 0 : exp(edge_logit(r, e, v, j) - top);
        if (alpha) alpha[e * h + j] = weight;
        total += weight;
        for (int i = 0; i < f; i++)
            out[i] += ref_attention_mask(p, e, j) * weight * r->value[(source * h + j) * f + i] *
                      r->m[(relation * h + j) * f + i];
    }
    if (total <= 0) return;
    for (int i = 0; i < f; i++) out[i] /= total;
    for (int64_t e = g->in_indptr[v]; alpha && e < g->in_indptr[v + 1]; e++) alpha[e * h + j] /= total;
}

void ref_attention_forward(double *out, double *alpha, const ref_attention *r)
{
    int h = r->shape->num_heads, f = r->shape->value_width;
    for (int64_t v = 0; v < r->shape->graph->num_nodes; v++)
        for (int j = 0; j < h; j++) row(out + (v * h + j) * f, alpha, r, v, j);
}

/* Hard attention, see selection.h. Forward by destination: logits of a row into `weight`, then the choice in place, head
 * by head. Backward in three passes: by source for messages and <dout, message> of the edges that count, by destination
 * for the gradients of the logits and the queries, by source for the keys. Edges of weight zero cost a comparison. */

enum { HARD_ROW_EDGES = 4096 };

/* One head's column of a row of the (E,H) arrays. */
typedef struct hard_column {
    float *x;
    int64_t count;
    int stride;
} hard_column;

#define AT(column, i) ((column)->x[(i) * (column)->stride])

/* best <- positions of the k highest, highest first; hidden edges (-INFINITY) never. Returns how many. */
static int hard_highest(int64_t *best, const hard_column *c, int k)
{
    int kept = 0;
    for (int64_t i = 0; i < c->count; i++) {
        float x = AT(c, i);
        if (x == -INFINITY || (kept == k && x <= AT(c, best[kept - 1]))) continue;
        int at = kept < k ? kept++ : kept - 1;
        for (; at > 0 && AT(c, best[at - 1]) < x; at--) best[at] = best[at - 1];
        best[at] = i;
    }
    return kept;
}

/* Softmax over the k highest, zero for the others. */
static void hard_keep_highest(const hard_column *c, int k)
{
    int64_t best[SELECT_MAX];
    float share[SELECT_MAX], sum = 0;
    int kept = hard_highest(best, c, k);
    for (int i = 0; i < kept; i++) {
        share[i] = v_exp(AT(c, best[i]) - AT(c, best[0]));
        sum += share[i];
    }
    for (int64_t i = 0; i < c->count; i++) AT(c, i) = 0;
    for (int i = 0; i < kept; i++) AT(c, best[i]) = share[i] / sum;
}

/* x <- softmax of x in place; all hidden: zeros. False: nothing is visible. */
static bool hard_softmax(const hard_column *c)
{
    float top = -INFINITY, sum = 0;
    for (int64_t i = 0; i < c->count; i++) top = AT(c, i) > top ? AT(c, i) : top;
    for (int64_t i = 0; i < c->count; i++) {
        AT(c, i) = AT(c, i) == -INFINITY ? 0 : v_exp(AT(c, i) - top);
        sum += AT(c, i);
    }
    for (int64_t i = 0; sum > 0 && i < c->count; i++) AT(c, i) /= sum;
    return sum > 0;
}

/* u (k) <- uniform numbers in [0,1), ascending. */
static void hard_draws(float *u, int k, uint32_t key, uint32_t first)
{
    for (int i = 0; i < k; i++) {
        float x = (float)(random_hash32(key, first + (uint32_t)i) >> 8) * 0x1p-24f;
        int at = i;
        for (; at > 0 && u[at - 1] > x; at--) u[at] = u[at - 1];
        u[at] = x;
    }
}

/* Shares of k draws from the softmax. What rounding leaves over goes to the last edge that can be drawn. */
static void hard_sample(const hard_column *c, int k, uint32_t key, uint32_t row)
{
    float u[SELECT_MAX], sum = 0, share = 1 / (float)k;
    int next = 0;
    int64_t last = -1;
    if (!hard_softmax(c)) return;
    hard_draws(u, k, key, row * (uint32_t)k);
    for (int64_t i = 0; i < c->count; i++) {
        int drawn = 0;
        float alpha = AT(c, i);
        for (sum += alpha; next < k && u[next] < sum; next++) drawn++;
        if (alpha > 0) last = i;
        AT(c, i) = (float)drawn * share;
    }
    AT(c, last) += (float)(k - next) * share;
}

/* x <- (x + Gumbel noise) / temperature. */
static void hard_perturb(const hard_column *c, int64_t first_edge, int head, const gat_hard *hard)
{
    for (int64_t i = 0; i < c->count; i++) {
        uint32_t index = (uint32_t)(first_edge + i) * (uint32_t)c->stride + (uint32_t)head;
        float u = ((float)(random_hash32(hard->key, index) >> 9) + 0.5f) * 0x1p-23f; /* exact: never 0 nor 1 */
        float noise = hard->noise ? -logf(-logf(u)) : 0;
        AT(c, i) = (AT(c, i) + noise) / hard->temperature;
    }
}

GAT_INLINE void hard_logits(float *logit, int64_t v, gat_score score, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, s = a->score_width, w = score_vector_width(score, s);
    for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++) {
        const float *k = a->k + (int64_t)g->in_indices[i] * h * s, *e = a->e + (int64_t)g->in_relation[i] * h * s;
        for (int j = 0; j < h; j++)
            logit[i * h + j] = a->hidden && a->hidden[i]
                                   ? -INFINITY
                                   : score_edge(score, a->q + (v * h + j) * s, k + j * s, e + j * s,
                                                a->a ? a->a + j * w : NULL, s, a->slope);
    }
}

static void hard_choose(float *weight, float *soft, int64_t v, const gat_attention *a, const gat_hard *hard)
{
    int h = a->num_heads;
    int64_t first = a->graph->in_indptr[v], count = a->graph->in_indptr[v + 1] - first;
    for (int j = 0; j < h; j++) {
        hard_column c = {weight + first * h + j, count, h};
        if (hard->selection == GAT_SELECT_SAMPLED) {
            hard_sample(&c, hard->k, hard->key, (uint32_t)v * (uint32_t)h + (uint32_t)j);
            continue;
        }
        if (hard->selection == GAT_SELECT_GUMBEL) {
            hard_column all = {soft + first * h + j, count, h};
            hard_perturb(&c, first, j, hard);
            for (int64_t i = 0; i < count; i++) AT(&all, i) = AT(&c, i);
            hard_softmax(&all);
        }
        hard_keep_highest(&c, hard->k);
    }
}

/* out (H,F) of node v <- sum over edges of weight * mask * value * m. */
static void hard_sum(float *out, const float *weight, int64_t v, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, f = a->value_width;
    memset(out, 0, (size_t)(h * f) * sizeof *out);
    for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++) {
        const float *value = a->value + (int64_t)g->in_indices[i] * h * f,
                    *m = a->m + (int64_t)g->in_relation[i] * h * f;
        for (int j = 0; j < h; j++) {
            if (weight[i * h + j] == 0) continue;
            float w = weight[i * h + j] * attention_mask(a, i, j);
#pragma omp simd
            for (int c = j * f; c < (j + 1) * f; c++) out[c] += w * value[c] * m[c];
        }
    }
}

GAT_INLINE void hard_forward_all(float *out, float *weight, float *soft, gat_score score, const gat_attention *a,
                                 const gat_hard *hard)
{
    const gat_graph *g = a->graph;
    int64_t parts = g->num_edges ? chunk_count(g->num_edges, HARD_ROW_EDGES) : 1;
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        int64_t end = balanced_row(g->in_indptr, g->num_nodes, parts, p + 1);
        for (int64_t v = balanced_row(g->in_indptr, g->num_nodes, parts, p); v < end; v++) {
            hard_logits(weight, v, score, a);
            hard_choose(weight, soft, v, a, hard);
            hard_sum(out + v * a->num_heads * a->value_width, weight, v, a);
        }
    }
}

#define HARD_FORWARD(score) hard_forward_all(out, weight, soft, score, a, hard)
static void hard_forward(float *out, float *weight, float *soft, const gat_attention *a, const gat_hard *hard)
{
    FOR_SCORE(a->score, HARD_FORWARD)
}
#undef HARD_FORWARD

/* ---- backward ---- */

/* One part's sums: dm (R,H,F), de (R,H,S), da (H,W), one after another. */
typedef struct hard_part {
    float *dm, *de, *da;
} hard_part;

static hard_part hard_part_of(const gat_hard_grad *d, const gat_attention *a, int64_t part)
{
    int64_t relations = graph_edge_relations(a->graph), h = a->num_heads;
    hard_part p;
    p.dm = d->parts + part * attention_part_size(a);
    p.de = p.dm + relations * h * a->value_width;
    p.da = p.de + relations * h * a->score_width;
    return p;
}

/* ds <- mask * <dout, message> of the edges with a gradient, zero of the others; dvalue and dm of those with a weight. */
static void hard_messages(int64_t u, const gat_hard_grad *d, const hard_part *part, const float *dout,
                          const float *weight, const float *soft, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, f = a->value_width;
    const float *value = a->value + u * h * f;
    float *dvalue = d->dvalue + u * h * f;
    for (int64_t i = g->out_indptr[u]; i < g->out_indptr[u + 1]; i++) {
        int64_t edge = g->out_eid[i], relation = g->out_relation[i];
        const float *row = dout + (int64_t)g->out_indices[i] * h * f, *m = a->m + relation * h * f;
        float *dm = part->dm + relation * h * f;
        for (int j = 0; j < h; j++) {
            d->ds[edge * h + j] = 0;
            if (soft[edge * h + j] == 0) continue;
            float mask = attention_mask(a, edge, j), w = weight[edge * h + j] * mask, dot = 0;
#pragma omp simd reduction(+ : dot)
            for (int c = j * f; c < (j + 1) * f; c++) dot += row[c] * value[c] * m[c];
            d->ds[edge * h + j] = mask * dot;
            if (w == 0) continue;
#pragma omp simd
            for (int c = j * f; c < (j + 1) * f; c++) dvalue[c] += w * row[c] * m[c];
#pragma omp simd
            for (int c = j * f; c < (j + 1) * f; c++) dm[c] += w * row[c] * value[c];
        }
    }
}

/* ds <- gradient of the logits; dq and da. */
GAT_INLINE void hard_queries(int64_t v, gat_score score, const gat_hard_grad *d, const hard_part *part,
                             const float *soft, float factor, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, s = a->score_width, w = score_vector_width(score, s);
    float delta[ATTENTION_MAX_HEADS] = {0};
    for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++)
        for (int j = 0; j < h; j++) delta[j] += soft[i * h + j] * d->ds[i * h + j];
    for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++) {
        const float *k = a->k + (int64_t)g->in_indices[i] * h * s, *e = a->e + (int64_t)g->in_relation[i] * h * s;
        for (int j = 0; j < h; j++) {
            float *ds = &d->ds[i * h + j];
            if (soft[i * h + j] == 0) continue;
            *ds = factor * soft[i * h + j] * (*ds - delta[j]);
            score_edge_dquery(d->dq + (v * h + j) * s, part->da + j * w, *ds, score, a->q + (v * h + j) * s, k + j * s,
                              e + j * s, a->a ? a->a + j * w : NULL, s, a->slope);
        }
    }
}

/* dk and de of a source; a run of equal relations is summed before it is added to both. */
GAT_INLINE void hard_keys(int64_t u, gat_score score, const gat_hard_grad *d, const hard_part *part,
                          const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, s = a->score_width, w = score_vector_width(score, s);
    const float *k = a->k + u * h * s;
    float sum[ATTENTION_MAX_WIDTH], *dk = d->dk + u * h * s;
    for (int64_t i = g->out_indptr[u], end = g->out_indptr[u + 1]; i < end;) {
        int64_t relation = g->out_relation[i];
        const float *e = a->e + relation * h * s;
        float *de = part->de + relation * h * s;
        for (int c = 0; c < h * s; c++) sum[c] = 0;
        for (; i < end && g->out_relation[i] == relation; i++) {
            const float *ds = d->ds + (int64_t)g->out_eid[i] * h, *q = a->q + (int64_t)g->out_indices[i] * h * s;
            for (int j = 0; j < h; j++)
                if (ds[j] != 0)
                    score_edge_dkey(sum + j * s, ds[j], score, q + j * s, k + j * s, e + j * s,
                                    a->a ? a->a + j * w : NULL, s, a->slope);
        }
        for (int c = 0; c < h * s; c++) dk[c] += sum[c];
        for (int c = 0; c < h * s; c++) de[c] += sum[c];
    }
}

GAT_INLINE void hard_backward_all(gat_score score, const gat_hard_grad *d, const float *dout, const float *weight,
                                  const float *soft, float factor, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int64_t parts = attention_parts(a), size = attention_part_size(a), n = g->num_nodes;
    const int64_t *out = g->out_indptr, *in = g->in_indptr;
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        hard_part part = hard_part_of(d, a, p);
        memset(part.dm, 0, (size_t)size * sizeof(float));
        for (int64_t u = balanced_row(out, n, parts, p), end = balanced_row(out, n, parts, p + 1); u < end; u++)
            hard_messages(u, d, &part, dout, weight, soft, a);
    }
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        hard_part part = hard_part_of(d, a, p);
        for (int64_t v = balanced_row(in, n, parts, p), end = balanced_row(in, n, parts, p + 1); v < end; v++)
            hard_queries(v, score, d, &part, soft, factor, a);
    }
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        hard_part part = hard_part_of(d, a, p);
        for (int64_t u = balanced_row(out, n, parts, p), end = balanced_row(out, n, parts, p + 1); u < end; u++)
            hard_keys(u, score, d, &part, a);
    }
}

/* What the gradient of the soft weights is multiplied with, see selection.h. */
static float hard_factor(const gat_hard *hard)
{
    switch (hard->selection) {
    case GAT_SELECT_SAMPLED: return (float)hard->k / (float)(hard->k - 1);
    case GAT_SELECT_GUMBEL: return 1 / hard->temperature;
    default: return 1;
    }
}

#define HARD_BACKWARD(score) hard_backward_all(score, d, dout, weight, through, factor, a)
static void hard_backward(const gat_hard_grad *d, const float *dout, const float *weight, const float *soft,
                          const gat_attention *a, const gat_hard *hard)
{
    const float *through = hard->selection == GAT_SELECT_GUMBEL ? soft : weight, factor = hard_factor(hard);
    FOR_SCORE(a->score, HARD_BACKWARD)
    int64_t relations = graph_edge_relations(a->graph), h = a->num_heads;
    int64_t parts = attention_parts(a), size = attention_part_size(a);
    hard_part first = hard_part_of(d, a, 0);
    parts_reduce(d->dm, first.dm, parts, size, relations * h * a->value_width);
    parts_reduce(d->de, first.de, parts, size, relations * h * a->score_width);
    parts_reduce(d->da, first.da, parts, size, h * score_vector_width(a->score, a->score_width));
}
#undef HARD_BACKWARD
#undef AT

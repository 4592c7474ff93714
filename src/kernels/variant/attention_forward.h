/* Attention forward, by destination. Edges of a row come in runs of equal relation; a run is taken in blocks of at
 * most EDGE_BLOCK edges, whose source rows are read once for the score and again, from the cache, for the sum. The
 * softmax keeps a running maximum and rescales what it has when the maximum moves (Milakov and Gimelshein 2018),
 * so no row needs memory in proportion to its degree. */

enum { EDGE_BLOCK = 32, ROW_EDGES = 4096 };

/* The visible edges of a block: edge ids and sources. */
typedef struct edge_block {
    int count;
    int32_t relation;
    int32_t edge[EDGE_BLOCK];
    int32_t source[EDGE_BLOCK];
} edge_block;

/* Fills the block from position *at; stops at the end of the run or of the row. */
GAT_INLINE void block_take(edge_block *b, int64_t *at, int64_t end, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    b->count = 0;
    b->relation = g->in_relation[*at];
    while (*at < end && b->count < EDGE_BLOCK && g->in_relation[*at] == b->relation) {
        int64_t i = (*at)++;
        if (a->hidden && a->hidden[i]) continue;
        b->edge[b->count] = (int32_t)i;
        b->source[b->count++] = g->in_indices[i];
    }
}

/* weight[c] <- exp(logit[c] - new maximum) * mask; updates the head's maximum and sum; returns what the old sums
 * must be multiplied with. */
GAT_INLINE float block_softmax(float *weight, const float *logit, float *max, float *sum, const edge_block *b, int head,
                               const gat_attention *a)
{
    float top = *max;
    for (int c = 0; c < b->count; c++) top = logit[c] > top ? logit[c] : top;
    float keep = *max == -INFINITY ? 0 : v_exp(*max - top), total = 0;
#pragma omp simd reduction(+ : total)
    for (int c = 0; c < b->count; c++) {
        weight[c] = v_exp(logit[c] - top);
        total += weight[c];
    }
    *sum = *sum * keep + total;
    *max = top;
    if (a->dropout > 0)
        for (int c = 0; c < b->count; c++) weight[c] *= attention_mask(a, b->edge[c], head);
    return keep;
}

/* out (F) of one head <- out * keep + m * sum over the block of weight * value. */
GAT_INLINE void block_sum(float *restrict out, const float *weight, float keep, const edge_block *b, int head,
                          const gat_attention *a)
{
    int f = a->value_width, hf = a->num_heads * f;
    float sum[ATTENTION_MAX_WIDTH];
    const float *row[EDGE_BLOCK], *restrict m = a->m + (int64_t)b->relation * hf + head * f;
    for (int c = 0; c < b->count; c++) row[c] = a->value + (int64_t)b->source[c] * hf + head * f;
    for (int i = 0; i < f; i++) sum[i] = 0;
    v_rows_sum(sum, weight, row, b->count, f);
#pragma omp simd
    for (int i = 0; i < f; i++) out[i] = out[i] * keep + m[i] * sum[i];
}

GAT_INLINE void forward_row(float *out, float *lse, int64_t v, gat_score score, const gat_attention *a)
{
    int h = a->num_heads, f = a->value_width, s = a->score_width, w = score_vector_width(score, s);
    float max[ATTENTION_MAX_HEADS], sum[ATTENTION_MAX_HEADS], logit[EDGE_BLOCK], weight[EDGE_BLOCK];
    const float *q = a->q + v * h * s;
    for (int j = 0; j < h; j++) max[j] = -INFINITY, sum[j] = 0;
    memset(out, 0, (size_t)(h * f) * sizeof *out);
    edge_block b;
    for (int64_t at = a->graph->in_indptr[v], end = a->graph->in_indptr[v + 1]; at < end;) {
        block_take(&b, &at, end, a);
        if (!b.count) continue;
        const float *e = a->e + (int64_t)b.relation * h * s;
        for (int j = 0; j < h; j++) {
            for (int c = 0; c < b.count; c++)
                logit[c] = score_edge(score, q + j * s, a->k + ((int64_t)b.source[c] * h + j) * s, e + j * s,
                                      a->a ? a->a + j * w : NULL, s, a->slope);
            float keep = block_softmax(weight, logit, &max[j], &sum[j], &b, j, a);
            block_sum(out + j * f, weight, keep, &b, j, a);
        }
    }
    for (int j = 0; j < h; j++) {
        lse[j] = sum[j] > 0 ? max[j] + logf(sum[j]) : 0;
        float scale = sum[j] > 0 ? 1 / sum[j] : 0;
#pragma omp simd
        for (int i = 0; i < f; i++) out[j * f + i] *= scale;
    }
}

/* Rows in chunks of about ROW_EDGES edges. */
GAT_INLINE void forward_all(float *out, float *lse, gat_score score, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int64_t parts = g->num_edges ? chunk_count(g->num_edges, ROW_EDGES) : 1, h = a->num_heads, f = a->value_width;
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        int64_t end = balanced_row(g->in_indptr, g->num_nodes, parts, p + 1);
        for (int64_t v = balanced_row(g->in_indptr, g->num_nodes, parts, p); v < end; v++)
            forward_row(out + v * h * f, lse + v * h, v, score, a);
    }
}

#define FORWARD(score) forward_all(out, lse, score, a)
static void attention_forward(float *out, float *lse, const gat_attention *a) { FOR_SCORE(a->score, FORWARD) }
#undef FORWARD

/* alpha (edges into node, H): the weights forward used, without dropout. */
GAT_INLINE void weights_row(float *alpha, const float *lse, int32_t node, gat_score score, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, s = a->score_width, w = score_vector_width(score, s);
    for (int64_t i = g->in_indptr[node], row = 0; i < g->in_indptr[node + 1]; i++, row++) {
        for (int j = 0; j < h; j++) {
            float logit =
                score_edge(score, a->q + ((int64_t)node * h + j) * s, a->k + ((int64_t)g->in_indices[i] * h + j) * s,
                           a->e + ((int64_t)g->in_relation[i] * h + j) * s, a->a ? a->a + j * w : NULL, s, a->slope);
            alpha[row * h + j] = a->hidden && a->hidden[i] ? 0 : v_exp(logit - lse[(int64_t)node * h + j]);
        }
    }
}

#define WEIGHTS(score) weights_row(alpha, lse, node, score, a)
static void attention_weights(float *alpha, const float *lse, const gat_attention *a, int32_t node)
{
    FOR_SCORE(a->score, WEIGHTS)
}
#undef WEIGHTS

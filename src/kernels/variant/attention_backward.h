/* Attention backward. With delta[v,h] = <dout[v,h], out[v,h]> the gradient of a logit is
 *     ds = alpha * (mask * <dout[v,h], value[u,h] * m[r,h]> - delta[v,h])
 * so one pass by source does the keys, values and relations: the own row stays in registers, dout and q of the
 * destinations are gathered once, alpha is recomputed from the log-sum-exp. Sums of a run of equal relations are
 * kept apart and applied once. A second pass by destination does the queries and the score vectors from the
 * stored ds. Relation sums go to fixed parts, added in order at the end. */

/* One part's sums: dm (R,H,F), de (R,H,S), da (H,W), one after another. */
typedef struct part_sums {
    float *dm, *de, *da;
} part_sums;

static part_sums part_of(const gat_attention_grad *d, const gat_attention *a, int64_t part)
{
    int64_t relations = graph_edge_relations(a->graph), h = a->num_heads;
    part_sums p;
    p.dm = d->parts + part * attention_part_size(a);
    p.de = p.dm + relations * h * a->value_width;
    p.da = p.de + relations * h * a->score_width;
    return p;
}

static void delta_all(float *delta, const float *dout, const float *out, const gat_attention *a)
{
    int64_t rows = (int64_t)a->graph->num_nodes * a->num_heads, f = a->value_width;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < rows; i++) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t j = 0; j < f; j++) sum += dout[i * f + j] * out[i * f + j];
        delta[i] = sum;
    }
}

/* Sums of a run for one source row: over its edges, alpha' * dout and d logit / d key. */
typedef struct run_sums {
    float value[ATTENTION_MAX_WIDTH], key[ATTENTION_MAX_WIDTH], message[ATTENTION_MAX_WIDTH];
} run_sums;

/* The visible out-edges of a block. */
typedef struct out_block {
    int count;
    int32_t relation;
    int32_t edge[EDGE_BLOCK], destination[EDGE_BLOCK];
} out_block;

GAT_INLINE void out_block_take(out_block *b, int64_t *at, int64_t end, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    b->count = 0;
    b->relation = g->out_relation[*at];
    while (*at < end && b->count < EDGE_BLOCK && g->out_relation[*at] == b->relation) {
        int64_t i = (*at)++;
        if (a->hidden && a->hidden[g->out_eid[i]]) continue;
        b->edge[b->count] = g->out_eid[i];
        b->destination[b->count++] = g->out_indices[i];
    }
}

/* One head of a block: logits and dot products per edge, then the small maths for all edges at once, then the sums. */
GAT_INLINE void source_block(run_sums *run, float *ds_edge, int64_t u, const out_block *b, int j, gat_score score,
                             const gat_attention_grad *d, const float *dout, const float *lse, const gat_attention *a)
{
    int h = a->num_heads, f = a->value_width, s = a->score_width, w = score_vector_width(score, s);
    const float *k = a->k + (u * h + j) * s, *e = a->e + ((int64_t)b->relation * h + j) * s,
                *vector = a->a ? a->a + j * w : NULL;
    const float *row[EDGE_BLOCK], *q[EDGE_BLOCK];
    float logit[EDGE_BLOCK], dot[EDGE_BLOCK], delta[EDGE_BLOCK], kept[EDGE_BLOCK], ds[EDGE_BLOCK];
    for (int c = 0; c < b->count; c++) {
        int64_t at = (int64_t)b->destination[c] * h + j;
        row[c] = dout + at * f;
        q[c] = a->q + at * s;
        logit[c] = score_edge(score, q[c], k, e, vector, s, a->slope) - lse[at];
        delta[c] = d->delta[at];
        dot[c] = v_dot(row[c], run->message + j * f, f);
        kept[c] = attention_mask(a, b->edge[c], j);
    }
#pragma omp simd
    for (int c = 0; c < b->count; c++) {
        float alpha = v_exp(logit[c]);
        ds[c] = alpha * (kept[c] * dot[c] - delta[c]);
        kept[c] *= alpha;
    }
    v_rows_sum(run->value + j * f, kept, row, b->count, f);
    for (int c = 0; c < b->count; c++) {
        ds_edge[(int64_t)b->edge[c] * h + j] = ds[c];
        score_edge_dkey(run->key + j * s, ds[c], score, q[c], k, e, vector, s, a->slope);
    }
}

/* Applies a finished run: dvalue += m * sum, dm += value * sum, dk and de += key. */
GAT_INLINE void source_apply(const run_sums *run, int64_t u, int32_t relation, const gat_attention_grad *d,
                             const part_sums *part, const gat_attention *a)
{
    int hf = a->num_heads * a->value_width, hs = a->num_heads * a->score_width;
    const float *m = a->m + (int64_t)relation * hf, *value = a->value + u * hf;
    float *dvalue = d->dvalue + u * hf, *dm = part->dm + (int64_t)relation * hf;
    float *dk = d->dk + u * hs, *de = part->de + (int64_t)relation * hs;
#pragma omp simd
    for (int i = 0; i < hf; i++) dm[i] += value[i] * run->value[i];
    for (int i = 0; i < hf; i++) dvalue[i] += m[i] * run->value[i];
#pragma omp simd
    for (int i = 0; i < hs; i++) de[i] += run->key[i];
    for (int i = 0; i < hs; i++) dk[i] += run->key[i];
}

GAT_INLINE void source_row(run_sums *run, int64_t u, gat_score score, const gat_attention_grad *d,
                           const part_sums *part, const float *dout, const float *lse, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int hf = a->num_heads * a->value_width, hs = a->num_heads * a->score_width;
    for (int64_t at = g->out_indptr[u], end = g->out_indptr[u + 1]; at < end;) {
        int32_t relation = g->out_relation[at];
        const float *m = a->m + (int64_t)relation * hf, *value = a->value + u * hf;
        for (int i = 0; i < hf; i++) run->value[i] = 0, run->message[i] = value[i] * m[i];
        for (int i = 0; i < hs; i++) run->key[i] = 0;
        while (at < end && g->out_relation[at] == relation) {
            out_block b;
            out_block_take(&b, &at, end, a);
            for (int j = 0; j < a->num_heads; j++) source_block(run, d->ds, u, &b, j, score, d, dout, lse, a);
        }
        source_apply(run, u, relation, d, part, a);
    }
}

GAT_INLINE void source_all(gat_score score, const gat_attention_grad *d, const float *dout, const float *lse,
                           const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int64_t parts = attention_parts(a), size = attention_part_size(a);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        part_sums part = part_of(d, a, p);
        run_sums run;
        memset(part.dm, 0, (size_t)size * sizeof(float));
        int64_t end = balanced_row(g->out_indptr, g->num_nodes, parts, p + 1);
        for (int64_t u = balanced_row(g->out_indptr, g->num_nodes, parts, p); u < end; u++)
            source_row(&run, u, score, d, &part, dout, lse, a);
    }
}

GAT_INLINE void query_row(int64_t v, gat_score score, const gat_attention_grad *d, const part_sums *part,
                          const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, s = a->score_width, w = score_vector_width(score, s);
    for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++) {
        if (a->hidden && a->hidden[i]) continue;
        const float *k = a->k + (int64_t)g->in_indices[i] * h * s, *e = a->e + (int64_t)g->in_relation[i] * h * s;
        for (int j = 0; j < h; j++)
            score_edge_dquery(d->dq + (v * h + j) * s, part->da + j * w, d->ds[i * h + j], score,
                              a->q + (v * h + j) * s, k + j * s, e + j * s, a->a ? a->a + j * w : NULL, s, a->slope);
    }
}

GAT_INLINE void query_all(gat_score score, const gat_attention_grad *d, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int64_t parts = attention_parts(a);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        part_sums part = part_of(d, a, p);
        int64_t end = balanced_row(g->in_indptr, g->num_nodes, parts, p + 1);
        for (int64_t v = balanced_row(g->in_indptr, g->num_nodes, parts, p); v < end; v++)
            query_row(v, score, d, &part, a);
    }
}

/* to[0..n) += the sum of the parts, in part order. */
static void parts_reduce(float *to, const float *parts, int64_t num_parts, int64_t stride, int64_t n)
{
    if (!to) return;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        float sum = 0;
        for (int64_t p = 0; p < num_parts; p++) sum += parts[p * stride + i];
        to[i] += sum;
    }
}

#define BACKWARD(score)                 \
    source_all(score, d, dout, lse, a); \
    query_all(score, d, a)
static void attention_backward(const gat_attention_grad *d, const float *dout, const float *out, const float *lse,
                               const gat_attention *a)
{
    delta_all(d->delta, dout, out, a);
    FOR_SCORE(a->score, BACKWARD)
    int64_t relations = graph_edge_relations(a->graph), h = a->num_heads;
    int64_t parts = attention_parts(a), size = attention_part_size(a);
    part_sums first = part_of(d, a, 0);
    parts_reduce(d->dm, first.dm, parts, size, relations * h * a->value_width);
    parts_reduce(d->de, first.de, parts, size, relations * h * a->score_width);
    parts_reduce(d->da, first.da, parts, size, h * score_vector_width(a->score, a->score_width));
}
#undef BACKWARD

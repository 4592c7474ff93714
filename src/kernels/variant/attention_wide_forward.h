/* Attention forward for heads whose width is a multiple of a vector, by destination. Edges of a row are taken in blocks
 * of EDGE_BLOCK, whose source rows are read once for the score and again, from the near cache, for the sum. The
 * softmax keeps a running maximum and rescales what it has when the maximum moves (Milakov and Gimelshein 2018), so no
 * row needs memory in proportion to its degree. */

/* Scratch of a row's passes. */
typedef struct wide_work {
    partial_sums sums;
    edge_floats logit, weight, square; /* square: |k + e|^2 per edge, for the cosine */
    edge_rows far, rel;                /* of the score */
} wide_work;

static void additive_logits(wide_work *w, const edge_block *b, const float *q, const gat_attention *a)
{
    int h = a->num_heads, n = whole_vectors(b->count * h);
    float *logit = w->logit.x, slope = a->slope;
    for (int c = 0; c < b->count; c++) __builtin_prefetch(a->k + b->ahead[c] * (int64_t)h, 0, 2);
    join_rows(logit, a->k, h, q, a->e, b, h);
#pragma omp simd
    for (int i = 0; i < n; i++) logit[i] = leaky(logit[i], slope);
}

static void cosine_logits(wide_work *w, const edge_block *b, const float *q, const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width;
    edge_rows far = rows_again(w->far);
    rows_far_square(w->sums.sum, q, &far, &w->rel, b->count, (score_consts){0}, h);
    fold(w->square.x, w->sums.sum, b->count * h);
    for (int j = 0; j < h; j++) {
        float qq = cosine_square(q + j * s, s);
        for (int c = 0; c < b->count; c++) {
            float *square = &w->square.x[c * h + j];
            *square += COSINE_EPS;
            w->logit.x[c * h + j] *= a->a[j] / sqrtf(qq * *square);
        }
    }
}

/* logit of every edge of the block into a node with query q. */
GAT_INLINE void target_logits(wide_work *w, const edge_block *b, const float *q, gat_score score,
                              const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width, n = b->count * h;
    score_consts k = {.a = a->a, .slope = a->slope};
    switch (score) {
    case GAT_SCORE_ADDITIVE: additive_logits(w, b, q, a); return;
    case GAT_SCORE_DYNAMIC: rows_leaky(w->sums.sum, q, &w->far, &w->rel, b->count, k, h); break;
    case GAT_SCORE_MLP: rows_tanh(w->sums.sum, q, &w->far, &w->rel, b->count, k, h); break;
    default: rows_near_dot(w->sums.sum, q, &w->far, &w->rel, b->count, (score_consts){0}, h);
    }
    fold(w->logit.x, w->sums.sum, n);
    if (score == GAT_SCORE_SCALED_DOT) scale_edges(w->logit.x, dot_scale(score, s), n);
    if (score == GAT_SCORE_COSINE) cosine_logits(w, b, q, a);
}

/* Running softmax of a row. */
typedef struct row_softmax {
    float max[ATTENTION_MAX_HEADS], sum[ATTENTION_MAX_HEADS];
} row_softmax;

/* weight <- exp(logit - maximum) * mask, and the sums; keep (H) <- the factor of what the row has so far. The last block
 * of a row has the division by the sum in both. */
static void block_softmax(row_softmax *r, float *keep, wide_work *w, const edge_block *b, bool last,
                          const gat_attention *a)
{
    int h = a->num_heads, n = whole_vectors(b->count * h);
    float minus[ATTENTION_MAX_HEADS], *weight = w->weight.x;
    memcpy(keep, r->max, (size_t)h * sizeof *keep);
    max_edges(r->max, w->logit.x, b->count, h);
    for (int j = 0; j < h; j++) minus[j] = -r->max[j];
    add_row(w->logit.x, minus, b->count, h);
#pragma omp simd
    for (int i = 0; i < n; i++) weight[i] = v_exp(w->logit.x[i]);
#pragma omp simd
    for (int j = 0; j < h; j++) keep[j] = v_exp(keep[j] + minus[j]), r->sum[j] *= keep[j];
    sum_edges(r->sum, weight, b->count, h);
    mask_edges(weight, b, a);
    if (!last) return;
    for (int j = 0; j < h; j++) minus[j] = 1 / r->sum[j], keep[j] *= minus[j];
    multiply_row(weight, minus, b->count, h);
}

GAT_INLINE void wide_forward_block(wide_work *w, row_softmax *r, float *out, const edge_block *b, const float *q,
                                   bool last, gat_score score, const gat_attention *a)
{
    int h = a->num_heads, f = a->value_width, s = a->score_width;
    float keep[ATTENTION_MAX_HEADS];
    edge_rows values = far_rows(b, a->value, h * f), m = relation_rows(b, a->m, h * f);
    w->far = far_rows(b, a->k, h * s);
    w->rel = relation_rows(b, a->e, h * s);
    target_logits(w, b, q, score, a);
    block_softmax(r, keep, w, b, last, a);
    if (score != GAT_SCORE_ADDITIVE && a->k == a->value) values = rows_again(values);
    rows_mix(out, keep, w->weight.x, &values, &m, b->count, h);
}

GAT_INLINE void wide_forward_row(wide_work *w, float *out, float *lse, int64_t v, gat_score score,
                                 const gat_attention *a)
{
    const gat_graph *g = a->graph;
    const edge_list list = {g->in_indices, g->in_relation, NULL, g->num_edges, a->hidden};
    int h = a->num_heads, f = a->value_width, most = block_edges(a);
    bool done = false;
    edge_block b;
    row_softmax r;
    for (int j = 0; j < h; j++) r.max[j] = -INFINITY, r.sum[j] = 0;
    for (int i = 0; i < h * f; i += VEC_LANES) vec_store(out + i, (vec){0});
    for (int64_t at = g->in_indptr[v], end = g->in_indptr[v + 1]; at < end;) {
        block_take(&b, &at, end, &list, most);
        if (!b.count) continue;
        done = at == end;
        wide_forward_block(w, &r, out, &b, a->q + v * h * a->score_width, done, score, a);
    }
    for (int j = 0; j < h; j++) {
        lse[j] = r.sum[j] > 0 ? r.max[j] + logf(r.sum[j]) : 0;
        for (int i = 0; i < f && !done && r.sum[j] > 0; i++) out[j * f + i] /= r.sum[j];
    }
}

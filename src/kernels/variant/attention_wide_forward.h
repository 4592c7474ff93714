/* Attention forward for heads whose width is a multiple of a vector, by destination. Edges of a row are taken in blocks
 * of EDGE_BLOCK, whose source rows are read once for the score and again, from the near cache, for the sum. The
 * softmax keeps a running maximum and rescales what it has when the maximum moves (Milakov and Gimelshein 2018), so no
 * row needs memory in proportion to its degree. */

/* Scratch of a row's passes. */
typedef struct wide_work {
    partial_sums sums;
    edge_floats logit, weight, square; /* square: |k + e|^2 per edge, for the cosine */
    const float *far[EDGE_BLOCK], *rel[EDGE_BLOCK];
} wide_work;

static void additive_logits(wide_work *w, const edge_block *b, const float *q, const gat_attention *a)
{
    int h = a->num_heads, n = b->count * h;
    float *logit = w->logit.x, slope = a->slope;
    join_rows(logit, a->k, h, q, a->e, b, h);
#pragma omp simd
    for (int i = 0; i < n; i++) logit[i] = leaky(logit[i], slope);
}

static void cosine_logits(wide_work *w, const edge_block *b, const float *q, const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width;
    const float *const *rel = a->e ? w->rel : NULL;
    rows_far_square(w->sums.sum, q, w->far, rel, b->count, (score_consts){0}, h, s);
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

/* logit of every edge of the block into a node with query q; w->far holds the rows of k. */
GAT_INLINE void target_logits(wide_work *w, const edge_block *b, const float *q, gat_score score,
                              const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width, n = b->count * h;
    const float *const *rel = a->e ? w->rel : NULL;
    score_consts k = {a->a, a->slope};
    switch (score) {
    case GAT_SCORE_ADDITIVE: additive_logits(w, b, q, a); return;
    case GAT_SCORE_DYNAMIC: rows_leaky(w->sums.sum, q, w->far, rel, b->count, k, h, s); break;
    case GAT_SCORE_MLP: rows_tanh(w->sums.sum, q, w->far, rel, b->count, k, h, s); break;
    default: rows_near_dot(w->sums.sum, q, w->far, rel, b->count, (score_consts){0}, h, s);
    }
    fold(w->logit.x, w->sums.sum, n);
    if (score == GAT_SCORE_SCALED_DOT) scale_edges(w->logit.x, dot_scale(score, s), n);
    if (score == GAT_SCORE_COSINE) cosine_logits(w, b, q, a);
}

/* Running softmax of a row. */
typedef struct row_softmax {
    float max[ATTENTION_MAX_HEADS], sum[ATTENTION_MAX_HEADS];
} row_softmax;

/* What is in out and sum moves from the old maximum to the new. */
static void softmax_rescale(row_softmax *r, float *out, const float *old, const gat_attention *a)
{
    for (int j = 0; j < a->num_heads; j++) {
        if (old[j] == r->max[j] || old[j] == -INFINITY) continue;
        float keep = v_exp(old[j] - r->max[j]);
        r->sum[j] *= keep;
        for (int i = 0; i < a->value_width; i++) out[j * a->value_width + i] *= keep;
    }
}

/* weight <- exp(logit - maximum) * mask, and the sums. */
static void block_softmax(row_softmax *r, float *out, wide_work *w, const edge_block *b, const gat_attention *a)
{
    int h = a->num_heads, n = b->count * h;
    float old[ATTENTION_MAX_HEADS], minus[ATTENTION_MAX_HEADS];
    memcpy(old, r->max, (size_t)h * sizeof *old);
    max_edges(r->max, w->logit.x, b->count, h);
    for (int j = 0; j < h; j++) minus[j] = -r->max[j];
    add_row(w->logit.x, minus, b->count, h);
#pragma omp simd
    for (int i = 0; i < n; i++) w->weight.x[i] = v_exp(w->logit.x[i]);
    softmax_rescale(r, out, old, a);
    sum_edges(r->sum, w->weight.x, b->count, h);
    mask_edges(w->weight.x, b, a);
}

GAT_INLINE void wide_forward_block(wide_work *w, row_softmax *r, float *out, const edge_block *b, const float *q,
                                   gat_score score, const gat_attention *a)
{
    int h = a->num_heads, f = a->value_width, s = a->score_width;
    block_rows(w->far, b->node, b->count, a->value, h * f);
    if (score != GAT_SCORE_ADDITIVE) {
        block_rows(w->far, b->node, b->count, a->k, h * s);
        if (a->e) block_rows(w->rel, b->relation, b->count, a->e, h * s);
    }
    target_logits(w, b, q, score, a);
    block_softmax(r, out, w, b, a);
    block_rows(w->far, b->node, b->count, a->value, h * f);
    if (a->m) block_rows(w->rel, b->relation, b->count, a->m, h * f);
    rows_mix(out, w->weight.x, w->far, a->m ? w->rel : NULL, b->count, h, f);
}

GAT_INLINE void wide_forward_row(wide_work *w, float *out, float *lse, int64_t v, gat_score score,
                                 const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, f = a->value_width;
    edge_block b;
    row_softmax r;
    for (int j = 0; j < h; j++) r.max[j] = -INFINITY, r.sum[j] = 0;
    memset(out, 0, (size_t)(h * f) * sizeof *out);
    for (int64_t at = g->in_indptr[v], end = g->in_indptr[v + 1]; at < end;) {
        int64_t begin = at;
        block_take(&b, &at, end, g->in_indices, g->in_relation, NULL, a->hidden);
        edges_prefetch(g->in_indices, ahead_of(begin, g->num_edges), ahead_of(at, g->num_edges), a->value, h * f);
        if (b.count) wide_forward_block(w, &r, out, &b, a->q + v * h * a->score_width, score, a);
    }
    for (int j = 0; j < h; j++) {
        lse[j] = r.sum[j] > 0 ? r.max[j] + logf(r.sum[j]) : 0;
        float scale = r.sum[j] > 0 ? 1 / r.sum[j] : 0;
        for (int i = 0; i < f; i += VEC_LANES) vec_store(out + j * f + i, scale * vec_load(out + j * f + i));
    }
}

/* Attention backward for wide heads. By source first: the rows of dout and of the queries are gathered once and alpha comes
 * from the log-sum-exp. Then, for all scores but the additive one, by destination for the queries: one more gather of
 * the keys, with the ds the first pass has left per edge.
 *
 * The key side is summed without the score's vector a (G = sum of ds f'(z)) and multiplied once per node and relation. The
 * gradient of a of the dynamic score is the sum over nodes and relations of q G + k G + e G, because f(z) = f'(z) z: it needs
 * no work per edge. */

typedef struct source_work {
    wide_work w; /* far: rows of q */
    edge_floats z, ds, kept, delta, dot;
    edge_floats product, root; /* of the cosine: q . (k + e), 1 / (|q| |k + e|) */
    edge_rows dout, message;
    float key[ATTENTION_MAX_WIDTH]; /* G of a row */
    float tanh[BLOCK_ROWS];         /* of the mlp: (edges,H,S), for the gradient after the score */
} source_work;

/* Edges of a block from 0 on: rows of source_work.tanh. */
static const int32_t block_places[EDGE_BLOCK] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static const float ones[ATTENTION_MAX_HEADS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                                1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                                1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

GAT_INLINE bool has_vector(gat_score score) { return score == GAT_SCORE_DYNAMIC || score == GAT_SCORE_MLP; }

/* to += x * y over n, a multiple of a vector; x NULL: ones. */
GAT_INLINE void add_product(float *to, const float *x, const float *y, int64_t n)
{
    for (int64_t i = 0; i < n; i += VEC_LANES) {
        vec product = vec_load(y + i);
        if (x) product *= vec_load(x + i);
        vec_add(to + i, product);
    }
}

/* All rows the block needs; and a word to the cache for the records of later nodes. */
GAT_INLINE void source_gather(source_work *x, const edge_block *b, const backward_pass *p, const gat_attention *a)
{
    int64_t h = a->num_heads, hf = h * a->value_width, hs = h * a->score_width;
    x->dout = far_rows(b, p->dout, hf);
    x->message = relation_rows(b, a->m, hf);
    x->w.far = far_rows(b, a->q, hs);
    x->w.rel = relation_rows(b, a->e, hs);
    for (int c = 0; c < b->count; c++) __builtin_prefetch(p->record + (int64_t)b->ahead[c] * RECORD_SIZE * h, 0, 2);
}

static void additive_source_logits(source_work *x, const edge_block *b, const float *key, const backward_pass *p,
                                   const gat_attention *a)
{
    int h = a->num_heads, n = whole_vectors(b->count * h);
    float *z = x->z.x, *logit = x->w.logit.x, slope = a->slope;
    join_rows(z, p->record + RECORD_QUERY * h, RECORD_SIZE * h, key, a->e, b, h);
#pragma omp simd
    for (int i = 0; i < n; i++) logit[i] = leaky(z[i], slope);
}

static void cosine_source_logits(source_work *x, const edge_block *b, const float *key, const backward_pass *p,
                                 const gat_attention *a)
{
    int h = a->num_heads, n = b->count * h;
    float *logit = x->w.logit.x, *square = x->w.square.x;
    edge_rows far = rows_again(x->w.far);
    rows_near_square(x->w.sums.sum, key, &far, &x->w.rel, b->count, (score_consts){0}, h);
    fold(square, x->w.sums.sum, n);
    take_rows(x->z.x, p->record + RECORD_SQUARE * h, b->node, b->count, RECORD_SIZE * h, h);
    memcpy(x->product.x, logit, (size_t)n * sizeof(float));
    for (int i = 0; i < n; i++) {
        square[i] += COSINE_EPS;
        x->root.x[i] = 1 / sqrtf(x->z.x[i] * square[i]);
        logit[i] *= a->a[i % h] * x->root.x[i];
    }
}

/* logit of every edge of the block out of a node with this key. */
GAT_INLINE void source_logits(source_work *x, const edge_block *b, const float *key, gat_score score,
                              const backward_pass *p, const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width, n = b->count * h;
    vec *sums = x->w.sums.sum;
    const edge_rows *far = &x->w.far, *rel = &x->w.rel;
    score_consts k = {.a = a->a, .slope = a->slope, .kept = score == GAT_SCORE_MLP ? x->tanh : NULL};
    switch (score) {
    case GAT_SCORE_ADDITIVE: additive_source_logits(x, b, key, p, a); return;
    case GAT_SCORE_DYNAMIC: rows_leaky(sums, key, far, rel, b->count, k, h); break;
    case GAT_SCORE_MLP: rows_tanh(sums, key, far, rel, b->count, k, h); break;
    default: rows_far_dot(sums, key, far, rel, b->count, (score_consts){0}, h);
    }
    fold(x->w.logit.x, sums, n);
    if (score == GAT_SCORE_SCALED_DOT) scale_edges(x->w.logit.x, dot_scale(score, s), n);
    if (score == GAT_SCORE_COSINE) cosine_source_logits(x, b, key, p, a);
}

/* ds and kept (alpha under dropout) of every edge and head, from logit and dot. */
static void source_slopes(source_work *x, const edge_block *b, const backward_pass *p, const gat_attention *a)
{
    int h = a->num_heads, n = whole_vectors(b->count * h);
    float *ds = x->ds.x, *kept = x->kept.x, *dot = x->dot.x, *logit = x->w.logit.x, *lse = x->w.weight.x;
    take_rows(lse, p->record + RECORD_LSE * h, b->node, b->count, RECORD_SIZE * h, h);
    take_rows(x->delta.x, p->record + RECORD_DELTA * h, b->node, b->count, RECORD_SIZE * h, h);
    for (int i = 0; i < n; i++) kept[i] = 1;
    mask_edges(kept, b, a);
#pragma omp simd
    for (int i = 0; i < n; i++) {
        float alpha = v_exp(logit[i] - lse[i]);
        ds[i] = alpha * (kept[i] * dot[i] - x->delta.x[i]);
        kept[i] *= alpha;
    }
}

/* The additive score has one number per node and head, so its query side needs no pass of its own. */
static void apply_additive_keys(source_work *x, const edge_block *b, float *dk, const part_sums *part,
                                const gat_attention *a)
{
    int h = a->num_heads, n = whole_vectors(b->count * h);
    float *dz = x->ds.x;
#pragma omp simd
    for (int i = 0; i < n; i++) dz[i] *= leaky_slope(x->z.x[i], a->slope);
    sum_edges(dk, dz, b->count, h);
    scatter_rows(part->dq, dz, b->node, b->count, h);
    if (a->e) scatter_rows(part->de, dz, b->relation, b->count, h);
}

/* ds becomes the factor of q in the gradient of k + e; that of k + e itself, which only the cosine has, goes to delta. */
static void cosine_slopes(source_work *x, const edge_block *b, float *da, const gat_attention *a)
{
    int h = a->num_heads, n = b->count * h;
    float *ds = x->ds.x;
    for (int i = 0; i < n; i++) {
        da[i % h] += ds[i] * x->product.x[i] * x->root.x[i];
        ds[i] *= a->a[i % h] * x->root.x[i];
        x->delta.x[i] = -ds[i] * x->product.x[i] / x->w.square.x[i];
    }
}

/* G += the block's gradients of the key; the relations' go to their part. */
GAT_INLINE void apply_keys(source_work *x, const edge_block *b, const float *key, gat_score score,
                           const part_sums *part, const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width;
    float *drel = a->e ? part->de : NULL;
    edge_rows far = rows_again(x->w.far), kept = {x->tanh, h * s, block_places, NULL};
    const edge_rows *rel = &x->w.rel;
    slope_consts k = {.ds = x->ds.x, .along = x->delta.x, .slope = a->slope};
    if (score == GAT_SCORE_COSINE) cosine_slopes(x, b, part->da, a);
    if (score == GAT_SCORE_SCALED_DOT) scale_edges(x->ds.x, dot_scale(score, s), b->count * h);
    switch (score) {
    case GAT_SCORE_DYNAMIC: rows_leaky_slope(x->key, drel, key, &far, rel, b->count, &k, h); break;
    case GAT_SCORE_MLP: rows_kept_slope(x->key, drel, key, &kept, rel, b->count, &k, h); break;
    case GAT_SCORE_COSINE: rows_cosine_slope(x->key, drel, key, &far, rel, b->count, &k, h); break;
    default: rows_far_slope(x->key, drel, key, &far, rel, b->count, &k, h);
    }
}

GAT_INLINE void source_block(source_work *x, const edge_block *b, int64_t u, gat_score score, const backward_pass *p,
                             const part_sums *part, const gat_attention *a)
{
    int h = a->num_heads, f = a->value_width, s = a->score_width;
    const float *key = a->k + u * h * s, *value = a->value + u * h * f;
    float *dvalue = p->d->dvalue + u * h * f;
    source_gather(x, b, p, a);
    source_logits(x, b, key, score, p, a);
    rows_mix_dot(x->w.sums.sum, value, &x->dout, &x->message, b->count, (score_consts){0}, h);
    fold(x->dot.x, x->w.sums.sum, b->count * h);
    source_slopes(x, b, p, a);
    edge_rows dout = rows_again(x->dout);
    if (a->m) rows_mix_back(dvalue, part->dm, value, x->kept.x, &dout, &x->message, b->count, h);
    else rows_mix(dvalue, ones, x->kept.x, &dout, &no_rows, b->count, h);
    if (score == GAT_SCORE_ADDITIVE) {
        apply_additive_keys(x, b, p->d->dk + u * h, part, a);
        return;
    }
    for (int c = 0; c < b->count; c++) heads_copy(p->ds + block_edge(b, c) * h, x->ds.x + c * h, h);
    apply_keys(x, b, key, score, part, a);
}

GAT_INLINE void wide_source_row(source_work *x, int64_t u, gat_score score, const backward_pass *p,
                                const part_sums *part, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    const edge_list list = {g->out_indices, g->out_relation, g->out_eid, g->num_edges, a->hidden};
    int hs = a->num_heads * a->score_width, most = block_edges(a);
    edge_block b;
    if (score != GAT_SCORE_ADDITIVE) memset(x->key, 0, (size_t)hs * sizeof(float));
    for (int64_t at = g->out_indptr[u], end = g->out_indptr[u + 1]; at < end;) {
        block_take(&b, &at, end, &list, most);
        if (b.count) source_block(x, &b, u, score, p, part, a);
    }
    if (score == GAT_SCORE_ADDITIVE) return;
    add_product(p->d->dk + u * hs, has_vector(score) ? a->a : NULL, x->key, hs);
    if (score == GAT_SCORE_DYNAMIC) add_product(part->da, a->k + u * hs, x->key, hs);
}

/* ---- by destination ---- */

/* ds becomes the factor of k + e in the gradient of q; what lies along q is taken off at once. */
static void cosine_query(source_work *x, const edge_block *b, const float *q, const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width, n = b->count * h;
    target_logits(&x->w, b, q, GAT_SCORE_COSINE, a);
    for (int j = 0; j < h; j++) {
        float qq = cosine_square(q + j * s, s), along = 0;
        for (int i = j; i < n; i += h) {
            along -= x->ds.x[i] * x->w.logit.x[i] / qq;
            x->ds.x[i] *= a->a[j] / sqrtf(qq * x->w.square.x[i]);
        }
        for (int i = 0; i < s; i++) x->key[j * s + i] += along * q[j * s + i];
    }
}

GAT_INLINE void target_block(source_work *x, const edge_block *b, const float *q, gat_score score,
                             const backward_pass *p, const part_sums *part, const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width;
    slope_consts k = {.ds = x->ds.x, .slope = a->slope, .through = part->da};
    edge_rows *far = &x->w.far, *rel = &x->w.rel;
    *far = far_rows(b, a->k, h * s);
    *rel = relation_rows(b, a->e, h * s);
    for (int c = 0; c < b->count; c++) heads_copy(x->ds.x + c * h, p->ds + block_edge(b, c) * h, h);
    if (score == GAT_SCORE_COSINE) cosine_query(x, b, q, a), *far = rows_again(*far);
    if (score == GAT_SCORE_SCALED_DOT) scale_edges(x->ds.x, dot_scale(score, s), b->count * h);
    switch (score) {
    case GAT_SCORE_DYNAMIC: rows_leaky_slope(x->key, NULL, q, far, rel, b->count, &k, h); break;
    case GAT_SCORE_MLP: rows_tanh_slope(x->key, NULL, q, far, rel, b->count, &k, h); break;
    default: rows_near_slope(x->key, NULL, q, far, rel, b->count, &k, h);
    }
}

GAT_INLINE void wide_target_row(source_work *x, int64_t v, gat_score score, const backward_pass *p,
                                const part_sums *part, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    const edge_list list = {g->in_indices, g->in_relation, NULL, g->num_edges, a->hidden};
    int hs = a->num_heads * a->score_width, most = block_edges(a);
    const float *q = a->q + v * hs;
    edge_block b;
    memset(x->key, 0, (size_t)hs * sizeof(float));
    for (int64_t at = g->in_indptr[v], end = g->in_indptr[v + 1]; at < end;) {
        block_take(&b, &at, end, &list, most);
        if (b.count) target_block(x, &b, q, score, p, part, a);
    }
    if (score == GAT_SCORE_DYNAMIC) add_product(part->da, q, x->key, hs);
    add_product(p->d->dq + v * hs, has_vector(score) ? a->a : NULL, x->key, hs);
}

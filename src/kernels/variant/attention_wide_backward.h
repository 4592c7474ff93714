/* Attention backward for wide heads. By source first: the rows of dout and of the queries are gathered once and alpha comes
 * from the log-sum-exp. Then, for all scores but the additive one, by destination for the queries: one more gather of
 * the keys, with the ds the first pass has left per edge.
 *
 * The key side is summed without the score's vector a (G = sum of ds f'(z)) and multiplied once per node and relation. The
 * gradient of a of the dynamic score is the sum over nodes and relations of q G + k G + e G, because f(z) = f'(z) z: it needs
 * no work per edge. */

typedef struct source_work {
    wide_work w; /* far: rows of q, rel: of e */
    edge_floats z, ds, kept, delta, dot;
    edge_floats product, root; /* of the cosine: q . (k + e), 1 / (|q| |k + e|) */
    const float *dout[EDGE_BLOCK], *message[EDGE_BLOCK];
    float *dmessage[EDGE_BLOCK], *drel[EDGE_BLOCK];
    float key[ATTENTION_MAX_WIDTH]; /* G of a row */
} source_work;

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

/* Pointers to all rows the block needs, and a word to the cache ahead of time. */
GAT_INLINE void source_gather(source_work *x, const edge_block *b, gat_score score, const backward_pass *p,
                              const part_sums *part, const gat_attention *a)
{
    int64_t hf = (int64_t)a->num_heads * a->value_width, hs = (int64_t)a->num_heads * a->score_width;
    block_rows(x->dout, b->node, b->count, p->dout, hf);
    if (a->m) {
        block_rows(x->message, b->relation, b->count, a->m, hf);
        for (int c = 0; c < b->count; c++) x->dmessage[c] = part->dm + b->relation[c] * hf;
    }
    if (score == GAT_SCORE_ADDITIVE) return;
    block_rows(x->w.far, b->node, b->count, a->q, hs);
    if (!a->e) return;
    block_rows(x->w.rel, b->relation, b->count, a->e, hs);
    for (int c = 0; c < b->count; c++) x->drel[c] = part->de + b->relation[c] * hs;
}

/* Asks for what the out-edges [from, to) need. */
GAT_INLINE void source_ahead(int64_t from, int64_t to, gat_score score, const backward_pass *p, const gat_attention *a)
{
    const int32_t *node = a->graph->out_indices;
    edges_prefetch(node, from, to, p->dout, (int64_t)a->num_heads * a->value_width);
    if (score != GAT_SCORE_ADDITIVE) edges_prefetch(node, from, to, a->q, (int64_t)a->num_heads * a->score_width);
    for (int64_t at = from; at < to; at++)
        __builtin_prefetch(p->record + node[at] * (int64_t)RECORD_SIZE * a->num_heads, 0, 2);
}

static void additive_source_logits(source_work *x, const edge_block *b, const float *key, const backward_pass *p,
                                   const gat_attention *a)
{
    int h = a->num_heads, n = b->count * h;
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
    rows_near_square(x->w.sums.sum, key, x->w.far, a->e ? x->w.rel : NULL, b->count, (score_consts){0}, h,
                     a->score_width);
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
    const float *const *far = x->w.far, *const *rel = a->e ? x->w.rel : NULL;
    score_consts k = {a->a, a->slope};
    switch (score) {
    case GAT_SCORE_ADDITIVE: additive_source_logits(x, b, key, p, a); return;
    case GAT_SCORE_DYNAMIC: rows_leaky(sums, key, far, rel, b->count, k, h, s); break;
    case GAT_SCORE_MLP: rows_tanh(sums, key, far, rel, b->count, k, h, s); break;
    default: rows_far_dot(sums, key, far, rel, b->count, (score_consts){0}, h, s);
    }
    fold(x->w.logit.x, sums, n);
    if (score == GAT_SCORE_SCALED_DOT) scale_edges(x->w.logit.x, dot_scale(score, s), n);
    if (score == GAT_SCORE_COSINE) cosine_source_logits(x, b, key, p, a);
}

/* ds and kept (alpha under dropout) of every edge and head, from logit and dot. */
static void source_slopes(source_work *x, const edge_block *b, const backward_pass *p, const gat_attention *a)
{
    int h = a->num_heads, n = b->count * h;
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
    int h = a->num_heads, n = b->count * h;
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
    const float *const *far = x->w.far, *const *rel = a->e ? x->w.rel : NULL;
    float *const *drel = a->e ? x->drel : NULL;
    slope_consts k = {.ds = x->ds.x, .along = x->delta.x, .slope = a->slope};
    if (score == GAT_SCORE_COSINE) cosine_slopes(x, b, part->da, a);
    if (score == GAT_SCORE_SCALED_DOT) scale_edges(x->ds.x, dot_scale(score, s), b->count * h);
    switch (score) {
    case GAT_SCORE_DYNAMIC: rows_leaky_slope(x->key, drel, key, far, rel, b->count, &k, h, s); break;
    case GAT_SCORE_MLP: rows_tanh_slope(x->key, drel, key, far, rel, b->count, &k, h, s); break;
    case GAT_SCORE_COSINE: rows_cosine_slope(x->key, drel, key, far, rel, b->count, &k, h, s); break;
    default: rows_far_slope(x->key, drel, key, far, rel, b->count, &k, h, s);
    }
}

GAT_INLINE void source_block(source_work *x, const edge_block *b, int64_t u, gat_score score, const backward_pass *p,
                             const part_sums *part, const gat_attention *a)
{
    int h = a->num_heads, f = a->value_width, s = a->score_width;
    const float *key = a->k + u * h * s, *value = a->value + u * h * f;
    float *dvalue = p->d->dvalue + u * h * f;
    source_gather(x, b, score, p, part, a);
    source_logits(x, b, key, score, p, a);
    rows_mix_dot(x->w.sums.sum, value, x->dout, a->m ? x->message : NULL, b->count, (score_consts){0}, h, f);
    fold(x->dot.x, x->w.sums.sum, b->count * h);
    source_slopes(x, b, p, a);
    if (a->m) rows_mix_back(dvalue, x->dmessage, value, x->kept.x, x->dout, x->message, b->count, h, f);
    else rows_mix(dvalue, x->kept.x, x->dout, NULL, b->count, h, f);
    if (score == GAT_SCORE_ADDITIVE) {
        apply_additive_keys(x, b, p->d->dk + u * h, part, a);
        return;
    }
    for (int c = 0; c < b->count; c++)
        for (int j = 0; j < h; j++) p->ds[block_edge(b, c) * h + j] = x->ds.x[c * h + j];
    apply_keys(x, b, key, score, part, a);
}

GAT_INLINE void wide_source_row(source_work *x, int64_t u, gat_score score, const backward_pass *p,
                                const part_sums *part, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int hs = a->num_heads * a->score_width;
    edge_block b;
    if (score != GAT_SCORE_ADDITIVE) memset(x->key, 0, (size_t)hs * sizeof(float));
    for (int64_t at = g->out_indptr[u], end = g->out_indptr[u + 1]; at < end;) {
        int64_t begin = at;
        block_take(&b, &at, end, g->out_indices, g->out_relation, g->out_eid, a->hidden);
        source_ahead(ahead_of(begin, g->num_edges), ahead_of(at, g->num_edges), score, p, a);
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
    const float *const *far = x->w.far, *const *rel = a->e ? x->w.rel : NULL;
    slope_consts k = {.ds = x->ds.x, .slope = a->slope, .through = part->da};
    block_rows(x->w.far, b->node, b->count, a->k, h * s);
    if (a->e) block_rows(x->w.rel, b->relation, b->count, a->e, h * s);
    for (int c = 0; c < b->count; c++)
        for (int j = 0; j < h; j++) x->ds.x[c * h + j] = p->ds[block_edge(b, c) * h + j];
    if (score == GAT_SCORE_COSINE) cosine_query(x, b, q, a);
    if (score == GAT_SCORE_SCALED_DOT) scale_edges(x->ds.x, dot_scale(score, s), b->count * h);
    switch (score) {
    case GAT_SCORE_DYNAMIC: rows_leaky_slope(x->key, NULL, q, far, rel, b->count, &k, h, s); break;
    case GAT_SCORE_MLP: rows_tanh_slope(x->key, NULL, q, far, rel, b->count, &k, h, s); break;
    default: rows_near_slope(x->key, NULL, q, far, rel, b->count, &k, h, s);
    }
}

GAT_INLINE void wide_target_row(source_work *x, int64_t v, gat_score score, const backward_pass *p,
                                const part_sums *part, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int hs = a->num_heads * a->score_width;
    const float *q = a->q + v * hs;
    edge_block b;
    memset(x->key, 0, (size_t)hs * sizeof(float));
    for (int64_t at = g->in_indptr[v], end = g->in_indptr[v + 1]; at < end;) {
        int64_t begin = at;
        block_take(&b, &at, end, g->in_indices, g->in_relation, NULL, a->hidden);
        edges_prefetch(g->in_indices, ahead_of(begin, g->num_edges), ahead_of(at, g->num_edges), a->k, hs);
        if (b.count) target_block(x, &b, q, score, p, part, a);
    }
    if (score == GAT_SCORE_DYNAMIC) add_product(part->da, q, x->key, hs);
    add_product(p->d->dq + v * hs, has_vector(score) ? a->a : NULL, x->key, hs);
}

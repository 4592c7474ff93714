/* The layer: rows in chunks of about ROW_EDGES edges forward; backward in a few fixed parts, each with its own sums for
 * what many nodes share (relations, score vectors), which are added in order at the end. */

enum { ROW_EDGES = 4096 };

/* Heads too narrow for this variant's vectors are left to the next one's. */
#if defined __AVX512F__
extern const gat_kernels gat_kernels_avx2;
static const gat_kernels *const narrower = &gat_kernels_avx2;
#elif defined __AVX__
extern const gat_kernels gat_kernels_portable;
static const gat_kernels *const narrower = &gat_kernels_portable;
#else
static const gat_kernels *const narrower = NULL;
#endif

static bool too_narrow(const gat_attention *a)
{
    bool fits = a->value_width % VEC_LANES == 0 && (a->score_width % VEC_LANES == 0 || a->score == GAT_SCORE_ADDITIVE);
    return narrower && attention_is_wide(a) && !fits;
}

GAT_INLINE void forward_all(float *out, float *lse, gat_score score, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int64_t parts = g->num_edges ? chunk_count(g->num_edges, ROW_EDGES) : 1, h = a->num_heads, f = a->value_width;
    bool wide = attention_is_wide(a);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        wide_work work;
        int64_t end = balanced_row(g->in_indptr, g->num_nodes, parts, p + 1);
        for (int64_t v = balanced_row(g->in_indptr, g->num_nodes, parts, p); v < end; v++) {
            if (wide) wide_forward_row(&work, out + v * h * f, lse + v * h, v, score, a);
            else plain_forward_row(out, lse, v, score, a);
        }
    }
}

#define FORWARD(score) forward_all(out, lse, score, a)
static void attention_forward(float *out, float *lse, const gat_attention *a)
{
    if (too_narrow(a)) {
        narrower->attention_forward(out, lse, a);
        return;
    }
    FOR_SCORE(a->score, FORWARD)
}
#undef FORWARD

GAT_INLINE void source_all(gat_score score, const backward_pass *b, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int64_t parts = attention_parts(a), size = attention_part_size(a);
    bool wide = attention_is_wide(a);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        source_work work;
        part_sums part = part_of(b, a, p);
        memset(b->parts + p * size, 0, (size_t)size * sizeof(float));
        int64_t end = balanced_row(g->out_indptr, g->num_nodes, parts, p + 1);
        for (int64_t u = balanced_row(g->out_indptr, g->num_nodes, parts, p); u < end; u++) {
            if (wide) wide_source_row(&work, u, score, b, &part, a);
            else plain_source_row(u, score, b, &part, a);
        }
    }
}

GAT_INLINE void target_all(gat_score score, const backward_pass *b, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int64_t parts = attention_parts(a);
    bool wide = attention_is_wide(a);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        source_work work;
        part_sums part = part_of(b, a, p);
        int64_t end = balanced_row(g->in_indptr, g->num_nodes, parts, p + 1);
        for (int64_t v = balanced_row(g->in_indptr, g->num_nodes, parts, p); v < end; v++) {
            if (wide) wide_target_row(&work, v, score, b, &part, a);
            else plain_target_row(v, score, b, &part, a);
        }
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

/* Relation sums of the scores with a vector a come without it: de += a G, and, for the dynamic score, da += sum of e G. */
static void reduce_vector_relations(const backward_pass *b, const gat_attention *a, float *sums, int64_t parts,
                                    int64_t size)
{
    int64_t hs = (int64_t)a->num_heads * a->score_width, relations = graph_edge_relations(a->graph);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < relations * hs; i++) {
        for (int64_t p = 1; p < parts; p++) sums[i] += sums[p * size + i];
        b->d->de[i] += a->a[i % hs] * sums[i];
    }
    for (int64_t i = 0; a->score == GAT_SCORE_DYNAMIC && i < relations * hs; i++) b->d->da[i % hs] += a->e[i] * sums[i];
}

static void reduce_all(const backward_pass *b, const gat_attention *a)
{
    int64_t relations = graph_edge_relations(a->graph), h = a->num_heads;
    int64_t parts = attention_parts(a), size = attention_part_size(a);
    part_sums first = part_of(b, a, 0);
    if (a->m) parts_reduce(b->d->dm, first.dm, parts, size, relations * h * a->value_width);
    if (a->e && attention_is_wide(a) && has_vector(a->score)) reduce_vector_relations(b, a, first.de, parts, size);
    else if (a->e) parts_reduce(b->d->de, first.de, parts, size, relations * h * a->score_width);
    parts_reduce(b->d->da, first.da, parts, size, h * score_vector_width(a->score, a->score_width));
    if (!attention_keeps_slopes(a)) parts_reduce(b->d->dq, first.dq, parts, size, a->graph->num_nodes * h);
}

#define BACKWARD(score)       \
    source_all(score, &b, a); \
    if (b.ds) target_all(score, &b, a)
static void attention_backward(const gat_attention_grad *d, const float *dout, const float *out, const float *lse,
                               const gat_attention *a)
{
    if (too_narrow(a)) {
        narrower->attention_backward(d, dout, out, lse, a);
        return;
    }
    int64_t h = a->num_heads, records = a->graph->num_nodes * RECORD_SIZE * h;
    backward_pass b = {.d = d, .dout = dout, .lse = lse, .record = d->scratch, .parts = d->scratch + records};
    if (attention_keeps_slopes(a)) b.ds = b.parts + attention_parts(a) * attention_part_size(a);
    fill_records(&b, out, a);
    FOR_SCORE(a->score, BACKWARD)
    reduce_all(&b, a);
}
#undef BACKWARD

/* What the passes of attention backward share. */

/* Numbers kept per node and head, side by side: one line of the cache for four heads. */
enum { RECORD_QUERY, RECORD_LSE, RECORD_DELTA, RECORD_SQUARE, RECORD_SIZE };

typedef struct backward_pass {
    const gat_attention_grad *d;
    const float *dout, *lse;
    float *record; /* (N, RECORD_SIZE, H) */
    float *ds;     /* (E,H), by edge id; NULL: the query side is summed in parts */
    float *parts;
} backward_pass;

/* One part's sums, one after another: dm (R,H,F), de (R,H,S), da (H,W), dq (N,H). */
typedef struct part_sums {
    float *dm, *de, *da, *dq;
} part_sums;

static part_sums part_of(const backward_pass *b, const gat_attention *a, int64_t part)
{
    int64_t relations = graph_edge_relations(a->graph), h = a->num_heads;
    float *at = b->parts + part * attention_part_size(a);
    part_sums p = {0};
    if (a->m) p.dm = at, at += relations * h * a->value_width;
    if (a->e) p.de = at, at += relations * h * a->score_width;
    p.da = at;
    p.dq = at + h * score_vector_width(a->score, a->score_width);
    return p;
}

GAT_INLINE float *node_record(const backward_pass *b, int64_t node, int h)
{
    return b->record + node * RECORD_SIZE * h;
}

static void fill_records(const backward_pass *b, const float *out, const gat_attention *a)
{
    int h = a->num_heads, s = a->score_width;
    int64_t n = a->graph->num_nodes, f = a->value_width;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n * h; i++) {
        float *to = node_record(b, i / h, h) + i % h, delta = 0, square = 0;
#pragma omp simd reduction(+ : delta)
        for (int64_t j = 0; j < f; j++) delta += b->dout[i * f + j] * out[i * f + j];
        if (a->score == GAT_SCORE_COSINE) square = cosine_square(a->q + i * s, s);
        to[RECORD_QUERY * h] = a->q[i * s];
        to[RECORD_LSE * h] = b->lse[i];
        to[RECORD_DELTA * h] = delta;
        to[RECORD_SQUARE * h] = square;
    }
}

/* A block of edges that share a row of the graph, and the small maths on its edges x heads: arrays [c * H + head], so
 * that one vector holds several edges. */

/* Far ends, relations and edge ids: parts of the graph's own arrays, or, where edges are hidden, of the kept ones. Without
 * `edge` ids count on from `first`. */
typedef struct edge_block {
    int count;
    const int32_t *node, *relation, *edge;
    const int32_t *ahead; /* far ends of later edges of the list, as many: short rows, too, find theirs in the cache */
    int64_t first;
    int32_t kept[3][EDGE_BLOCK];
} edge_block;

enum { BLOCK_FLOATS = EDGE_BLOCK * ATTENTION_MAX_HEADS, BLOCK_ROWS = 1 << 14 };

/* Numbers per edge and head of a block; room for a whole last vector. */
typedef struct edge_floats {
    float x[BLOCK_FLOATS + VEC_LANES];
} edge_floats;

/* One of the graph's two lists of edges, rows one after another, without the hidden ones (E by edge id, or NULL). */
typedef struct edge_list {
    const int32_t *node, *relation, *edge; /* edge: NULL where ids are positions */
    int64_t count;
    const uint8_t *hidden;
} edge_list;

GAT_INLINE void block_take_visible(edge_block *b, int64_t *at, int64_t end, const edge_list *list, int most)
{
    b->count = 0;
    b->node = b->kept[0], b->relation = b->kept[1], b->edge = b->kept[2];
    for (; *at < end && b->count < most; ++*at) {
        int32_t edge = list->edge ? list->edge[*at] : (int32_t)*at;
        if (list->hidden[edge]) continue;
        b->kept[0][b->count] = list->node[*at];
        b->kept[1][b->count] = list->relation[*at];
        b->kept[2][b->count++] = edge;
    }
}

/* The next visible edges of a row that ends at `end`, from *at on: at most `most`. */
GAT_INLINE void block_take(edge_block *b, int64_t *at, int64_t end, const edge_list *list, int most)
{
    int64_t begin = *at;
    if (list->hidden) {
        block_take_visible(b, at, end, list, most);
    } else {
        b->count = end - begin < most ? (int)(end - begin) : most;
        b->node = list->node + begin;
        b->relation = list->relation + begin;
        b->edge = list->edge ? list->edge + begin : NULL;
        b->first = begin;
        *at += b->count;
    }
    int64_t last = list->count - b->count, ahead = begin + EDGE_AHEAD;
    b->ahead = list->node + (ahead < last ? ahead : last);
}

GAT_INLINE int64_t block_edge(const edge_block *b, int c) { return b->edge ? b->edge[c] : b->first + c; }

/* The rows of a table (count, width) at the far ends, or of the relations. */
GAT_INLINE edge_rows far_rows(const edge_block *b, const float *table, int64_t width)
{
    return (edge_rows){table, width, b->node, b->ahead};
}

GAT_INLINE edge_rows relation_rows(const edge_block *b, const float *table, int64_t width)
{
    return (edge_rows){table, width, b->relation, NULL};
}

/* Edges per block: fewer where rows are so wide that a block of them would leave the near cache. */
GAT_INLINE int block_edges(const gat_attention *a)
{
    int widest = a->num_heads * (a->score_width > a->value_width ? a->score_width : a->value_width);
    return widest <= BLOCK_ROWS / EDGE_BLOCK ? EDGE_BLOCK : BLOCK_ROWS / widest;
}

/* Calls f(heads) with a constant for the usual numbers. */
#define FOR_HEADS(num_heads, f) \
    switch (num_heads) {        \
    case 1: f(1); break;        \
    case 2: f(2); break;        \
    case 4: f(4); break;        \
    case 8: f(8); break;        \
    default: f(num_heads);      \
    }

/* The numbers of one edge, or of one node: as quads where they are quads. */
typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));

GAT_INLINE void heads_add(float *to, const float *x, const float *y, int heads)
{
    for (int j = 0; heads % 4 == 0 && j < heads; j += 4)
        *(quad *)(to + j) = *(const quad *)(x + j) + *(const quad *)(y + j);
    for (int j = 0; heads % 4 != 0 && j < heads; j++) to[j] = x[j] + y[j];
}

GAT_INLINE void heads_copy(float *to, const float *x, int heads)
{
    for (int j = 0; heads % 4 == 0 && j < heads; j += 4) *(quad *)(to + j) = *(const quad *)(x + j);
    for (int j = 0; heads % 4 != 0 && j < heads; j++) to[j] = x[j];
}

/* to[c,h] <- table[index c, h], rows of the table `stride` apart. */
GAT_INLINE void take_rows_of(float *to, const float *table, const int32_t *index, int count, int64_t stride, int heads)
{
    for (int c = 0; c < count; c++) heads_copy(to + c * heads, table + index[c] * stride, heads);
}

static void take_rows(float *to, const float *table, const int32_t *index, int count, int64_t stride, int h){
#define TAKE_ROWS(heads) take_rows_of(to, table, index, count, stride, heads)
    FOR_HEADS(h, TAKE_ROWS)
#undef TAKE_ROWS
}

/* to[c,h] <- table[node c, h] + own[h] + e[relation c, h]; e may be NULL. */
GAT_INLINE void join_rows_of(float *to, const float *table, int64_t stride, const float *own, const float *e,
                             const edge_block *b, int heads)
{
    for (int c = 0; c < b->count; c++) {
        heads_add(to + c * heads, table + b->node[c] * stride, own, heads);
        if (e) heads_add(to + c * heads, to + c * heads, e + (int64_t)b->relation[c] * heads, heads);
    }
}

static void join_rows(float *to, const float *table, int64_t stride, const float *own, const float *e,
                      const edge_block *b, int h){
#define JOIN_ROWS(heads) join_rows_of(to, table, stride, own, e, b, heads)
    FOR_HEADS(h, JOIN_ROWS)
#undef JOIN_ROWS
}

/* table[index c, h] += from[c,h], in order; equal indices that follow each other are summed first. */
GAT_INLINE void scatter_rows_of(float *table, const float *from, const int32_t *index, int count, int heads)
{
    float sum[ATTENTION_MAX_HEADS] = {0};
    for (int c = 0; c < count; c++) {
        heads_add(sum, sum, from + c * heads, heads);
        if (c + 1 < count && index[c + 1] == index[c]) continue;
        float *to = table + (int64_t)index[c] * heads;
        heads_add(to, to, sum, heads);
        for (int j = 0; j < heads; j++) sum[j] = 0;
    }
}

static void scatter_rows(float *table, const float *from, const int32_t *index, int count, int h){
#define SCATTER_ROWS(heads) scatter_rows_of(table, from, index, count, heads)
    FOR_HEADS(h, SCATTER_ROWS)
#undef SCATTER_ROWS
}

/* to[c,h] += row[h]. */
GAT_INLINE void add_row_of(float *to, const float *row, int count, int heads)
{
    for (int c = 0; c < count; c++) heads_add(to + c * heads, to + c * heads, row, heads);
}

static void add_row(float *to, const float *row, int count, int h){
#define ADD_ROW(heads) add_row_of(to, row, count, heads)
    FOR_HEADS(h, ADD_ROW)
#undef ADD_ROW
}

/* x[c,h] *= row[h]. */
GAT_INLINE void multiply_row_of(float *x, const float *row, int count, int heads)
{
    for (int c = 0; c < count; c++)
        for (int j = 0; j < heads; j++) x[c * heads + j] *= row[j];
}

static void multiply_row(float *x, const float *row, int count, int h){
#define MULTIPLY_ROW(heads) multiply_row_of(x, row, count, heads)
    FOR_HEADS(h, MULTIPLY_ROW)
#undef MULTIPLY_ROW
}

/* Numbers of a block up to the end of their last vector: loops over all of these need no tail. */
GAT_INLINE int whole_vectors(int n)
{
    return (n + VEC_LANES - 1) / VEC_LANES * VEC_LANES;
}

/* What is behind the n numbers of a block. */
GAT_INLINE void pad_edges(float *x, int n, float value) { vec_store(x + n, value - (vec){0}); }

GAT_INLINE void scale_edges(float *x, float scale, int n)
{
#pragma omp simd
    for (int i = 0; i < n; i++) x[i] *= scale;
}

/* sum[h] += x[c,h]; a vector holds several edges where it can. Writes behind x. */
GAT_INLINE void sum_edges_of(float *sum, float *x, int count, int heads)
{
    int n = count * heads;
    if (VEC_LANES % heads != 0) {
        for (int c = 0; c < count; c++)
            for (int j = 0; j < heads; j++) sum[j] += x[c * heads + j];
        return;
    }
    vec part = {0};
    float lanes[VEC_LANES];
    pad_edges(x, n, 0);
    for (int i = 0; i < n; i += VEC_LANES) part += vec_load(x + i);
    vec_store(lanes, part);
    for (int half = VEC_LANES / 2; half >= heads; half /= 2)
        for (int j = 0; j < half; j++) lanes[j] += lanes[j + half];
    for (int j = 0; j < heads; j++) sum[j] += lanes[j];
}

static void sum_edges(float *sum, float *x, int count, int h){
#define SUM_EDGES(heads) sum_edges_of(sum, x, count, heads)
    FOR_HEADS(h, SUM_EDGES)
#undef SUM_EDGES
}

GAT_INLINE void keep_larger(float *max, const float *x, int n)
{
#pragma omp simd
    for (int j = 0; j < n; j++) max[j] = x[j] > max[j] ? x[j] : max[j];
}

/* max[h] <- the largest x[c,h], if larger. Writes behind x. */
GAT_INLINE void max_edges_of(float *max, float *x, int count, int heads)
{
    int n = count * heads;
    if (VEC_LANES % heads != 0) {
        for (int c = 0; c < count; c++) keep_larger(max, x + c * heads, heads);
        return;
    }
    float lanes[VEC_LANES];
    pad_edges(x, n, -INFINITY);
    vec_store(lanes, vec_load(x));
    for (int i = VEC_LANES; i < n; i += VEC_LANES) keep_larger(lanes, x + i, VEC_LANES);
    for (int half = VEC_LANES / 2; half >= heads; half /= 2) keep_larger(lanes, lanes + half, half);
    keep_larger(max, lanes, heads);
}

static void max_edges(float *max, float *x, int count, int h)
{
#define MAX_EDGES(heads) max_edges_of(max, x, count, heads)
    FOR_HEADS(h, MAX_EDGES)
#undef MAX_EDGES
}

/* x[c,h] <- its weight under dropout. */
static void mask_edges(float *x, const edge_block *b, const gat_attention *a)
{
    int h = a->num_heads;
    if (a->dropout <= 0) return;
    for (int c = 0; c < b->count; c++)
        for (int j = 0; j < h; j++) x[c * h + j] *= attention_mask(a, block_edge(b, c), j);
}

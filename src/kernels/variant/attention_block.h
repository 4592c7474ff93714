/* A block of edges that share a row of the graph, and the small maths on its edges x heads: arrays [c * H + head], so
 * that one vector holds several edges. */

/* Far ends, relations and edge ids: parts of the graph's own arrays, or, where edges are hidden, of the kept ones. Without
 * `edge` ids count on from `first`. */
typedef struct edge_block {
    int count;
    const int32_t *node, *relation, *edge;
    int64_t first;
    int32_t kept[3][EDGE_BLOCK];
} edge_block;

enum { BLOCK_FLOATS = EDGE_BLOCK * ATTENTION_MAX_HEADS };

/* Numbers per edge and head of a block; room for a whole last vector. */
typedef struct edge_floats {
    float x[BLOCK_FLOATS + VEC_LANES];
} edge_floats;

/* The next visible edges of a row, from *at on. */
GAT_INLINE void block_take(edge_block *b, int64_t *at, int64_t end, const int32_t *node, const int32_t *relation,
                           const int32_t *eid, const uint8_t *hidden)
{
    if (!hidden) {
        b->count = end - *at < EDGE_BLOCK ? (int)(end - *at) : EDGE_BLOCK;
        b->node = node + *at;
        b->relation = relation + *at;
        b->edge = eid ? eid + *at : NULL;
        b->first = *at;
        *at += b->count;
        return;
    }
    b->count = 0;
    b->node = b->kept[0], b->relation = b->kept[1], b->edge = b->kept[2];
    for (; *at < end && b->count < EDGE_BLOCK; ++*at) {
        int32_t edge = eid ? eid[*at] : (int32_t)*at;
        if (hidden[edge]) continue;
        b->kept[0][b->count] = node[*at];
        b->kept[1][b->count] = relation[*at];
        b->kept[2][b->count++] = edge;
    }
}

GAT_INLINE int64_t block_edge(const edge_block *b, int c) { return b->edge ? b->edge[c] : b->first + c; }

GAT_INLINE void block_rows(const float **row, const int32_t *index, int count, const float *table, int64_t width)
{
    for (int c = 0; c < count; c++) row[c] = table + index[c] * width;
}

/* Asks for the rows of the edges [from, to) of a list, which are needed two blocks later: lists of edges go on from row to
 * row, so that short rows, too, find theirs in the cache. */
GAT_INLINE void edges_prefetch(const int32_t *node, int64_t from, int64_t to, const float *table, int64_t width)
{
    for (int64_t at = from; at < to; at++)
        for (int64_t i = 0; i < width; i += 16) __builtin_prefetch(table + node[at] * width + i, 0, 2);
}

/* The edges a block beginning at `at` asks for, and how far the list goes. */
GAT_INLINE int64_t ahead_of(int64_t at, int64_t num_edges)
{
    return at + EDGE_BLOCK < num_edges ? at + EDGE_BLOCK : num_edges;
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
    for (int c = 0; c < b->count; c++) heads_add(to + c * heads, table + b->node[c] * stride, own, heads);
    for (int c = 0; e && c < b->count; c++)
        heads_add(to + c * heads, to + c * heads, e + (int64_t)b->relation[c] * heads, heads);
}

static void join_rows(float *to, const float *table, int64_t stride, const float *own, const float *e,
                      const edge_block *b, int h){
#define JOIN_ROWS(heads) join_rows_of(to, table, stride, own, e, b, heads)
    FOR_HEADS(h, JOIN_ROWS)
#undef JOIN_ROWS
}

/* table[index c, h] += from[c,h], in order. */
GAT_INLINE
    void scatter_rows_of(float *restrict table, const float *restrict from, const int32_t *index, int count, int heads)
{
    for (int c = 0; c < count; c++)
        for (int j = 0; j < heads; j++) table[(int64_t)index[c] * heads + j] += from[c * heads + j];
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

GAT_INLINE void scale_edges(float *x, float scale, int n)
{
#pragma omp simd
    for (int i = 0; i < n; i++) x[i] *= scale;
}

/* sum[h] += x[c,h]; a vector holds several edges where it can. */
static void sum_edges(float *sum, const float *x, int count, int h)
{
    int i = 0, last = count * h;
    if (VEC_LANES % h == 0 && last - i >= VEC_LANES) {
        vec part = vec_load(x + i);
        float lanes[VEC_LANES];
        for (i += VEC_LANES; i + VEC_LANES <= last; i += VEC_LANES) part += vec_load(x + i);
        vec_store(lanes, part);
        for (int half = VEC_LANES / 2; half >= h; half /= 2)
            for (int j = 0; j < half; j++) lanes[j] += lanes[j + half];
        for (int j = 0; j < h; j++) sum[j] += lanes[j];
    }
    for (int j = 0; i < last; i++, j = j + 1 < h ? j + 1 : 0) sum[j] += x[i];
}

/* max[h] <- the largest x[c,h], if larger. */
static void max_edges(float *max, const float *x, int count, int h)
{
    int i = 0, last = count * h;
    if (VEC_LANES % h == 0 && last >= VEC_LANES) {
        float top[VEC_LANES];
        vec_store(top, vec_load(x));
        for (i = VEC_LANES; i + VEC_LANES <= last; i += VEC_LANES)
#pragma omp simd
            for (int j = 0; j < VEC_LANES; j++) top[j] = x[i + j] > top[j] ? x[i + j] : top[j];
        for (int half = VEC_LANES / 2; half >= h; half /= 2)
            for (int j = 0; j < half; j++) top[j] = top[j] > top[j + half] ? top[j] : top[j + half];
        for (int j = 0; j < h; j++) max[j] = top[j] > max[j] ? top[j] : max[j];
    }
    for (int j = 0; i < last; i++, j = j + 1 < h ? j + 1 : 0) max[j] = x[i] > max[j] ? x[i] : max[j];
}

/* x[c,h] <- its weight under dropout. */
static void mask_edges(float *x, const edge_block *b, const gat_attention *a)
{
    int h = a->num_heads;
    if (a->dropout <= 0) return;
    for (int c = 0; c < b->count; c++)
        for (int j = 0; j < h; j++) x[c * h + j] *= attention_mask(a, block_edge(b, c), j);
}

/* Work on the gathered rows of a block of edges: a row is an array of H heads of equal width, the width a multiple of
 * the machine's vector. What is summed over edges stays in registers, for a tile of columns, while the edges go by, so a row
 * is read once from the far cache and again, at most, from the near one.
 *
 * `far` are the rows of the other ends, `rel` those of the relations (no table: the layer has none), c an edge. The first
 * loop over far rows asks for those of later edges on its way, line by line, so that memory and arithmetic overlap. */

enum { EDGE_BLOCK = 32, EDGE_AHEAD = 24, TILE_VECS = 8 };

/* A row of a table for each edge of a block. */
typedef struct edge_rows {
    const float *table;
    int64_t width;
    const int32_t *index; /* rows of the block's edges */
    const int32_t *ahead; /* rows of later edges, to ask for; NULL: they were asked for */
} edge_rows;

static const edge_rows no_rows = {0};

/* The same, when a loop has asked already. */
GAT_INLINE edge_rows rows_again(edge_rows rows)
{
    rows.ahead = NULL;
    return rows;
}

/* Row of edge c from a column on, as a pointer the compiler knows nothing about: otherwise it spreads the tile's columns
 * over a register each. */
GAT_INLINE const float *row_at(edge_rows rows, int c, int64_t column)
{
    const float *p = rows.table + rows.index[c] * rows.width + column;
    __asm__("" : "+r"(p));
    return p;
}

GAT_INLINE void row_ask(edge_rows rows, int c, int64_t column, int vecs)
{
    if (!rows.ahead) return;
    const float *p = rows.table + rows.ahead[c] * rows.width + column;
    for (int i = 0; i < vecs * VEC_LANES; i += 16) __builtin_prefetch(p + i, 0, 3);
}

/* Whether the relation's run goes on after edge c: edges of a row are sorted by relation. */
GAT_INLINE bool run_goes_on(edge_rows rel, int c, int count)
{
    return c + 1 < count && rel.index[c + 1] == rel.index[c];
}

/* Columns of some heads (whole heads when there is more than one), at most TILE_VECS vectors. */
typedef struct row_tile {
    int head, first; /* first head; first vector within it */
    int heads, vecs; /* heads, and vectors of each */
} row_tile;

GAT_INLINE row_tile tile_pick(int head, int first, int num_heads, int head_vecs)
{
    int left = num_heads - head, vecs = head_vecs - first;
    if (!first && head_vecs <= 2 && left >= 4) return (row_tile){head, 0, 4, head_vecs};
    if (!first && (head_vecs == 3 || head_vecs == 4) && left >= 2) return (row_tile){head, 0, 2, head_vecs};
    return (row_tile){head, first, 1, vecs >= 4 ? 4 : 1};
}

GAT_INLINE row_tile tile_next(row_tile t, int num_heads, int head_vecs)
{
    int first = t.heads > 1 ? head_vecs : t.first + t.vecs;
    return first < head_vecs ? tile_pick(t.head, first, num_heads, head_vecs)
                             : tile_pick(t.head + t.heads, 0, num_heads, head_vecs);
}

/* Calls do_tile(heads, vecs) with constant sizes for every tile t of rows of num_heads heads of `width`. */
#define TILE_CASE(h, v, do_tile) \
    case (h)*8 + (v): {          \
        do_tile(h, v);           \
    } break;
#define FOR_TILES(num_heads, width, do_tile)                                                 \
    for (row_tile t = tile_pick(0, 0, num_heads, (width) / VEC_LANES); t.head < (num_heads); \
         t = tile_next(t, num_heads, (width) / VEC_LANES))                                   \
        switch (t.heads * 8 + t.vecs) {                                                      \
            TILE_CASE(4, 1, do_tile)                                                         \
            TILE_CASE(4, 2, do_tile)                                                         \
            TILE_CASE(2, 3, do_tile)                                                         \
            TILE_CASE(2, 4, do_tile)                                                         \
            TILE_CASE(1, 4, do_tile)                                                         \
        default: do_tile(1, 1);                                                              \
        }

GAT_INLINE int64_t tile_column(row_tile t, int width) { return (int64_t)t.head * width + t.first * VEC_LANES; }

/* ---- out (H,F) <- keep[h] out + sum over c of weight[c,h] * far[c] * rel[c] ---- */

GAT_INLINE void tile_mix(float *out, const float *keep, const float *weight, edge_rows far, edge_rows rel, int count,
                         int num_heads, row_tile t, int64_t column, int heads, int vecs)
{
    vec sum[TILE_VECS];
    for (int i = 0; i < heads * vecs; i++) sum[i] = (vec){0};
    for (int c = 0; c < count; c++) {
        const float *x = row_at(far, c, column), *w = weight + c * num_heads + t.head,
                    *m = rel.table ? row_at(rel, c, column) : NULL;
        row_ask(far, c, column, heads * vecs);
        for (int j = 0; j < heads; j++) {
            for (int i = 0; i < vecs; i++) {
                int at = j * vecs + i;
                if (m) sum[at] += w[j] * vec_load(m + at * VEC_LANES) * vec_load(x + at * VEC_LANES);
                else sum[at] += w[j] * vec_load(x + at * VEC_LANES);
            }
        }
    }
    for (int i = 0; i < heads * vecs; i++) {
        float *to = out + column + i * VEC_LANES;
        vec_store(to, keep[t.head + i / vecs] * vec_load(to) + sum[i]);
    }
}

static void rows_mix(float *out, const float *keep, const float *weight, const edge_rows *far, const edge_rows *rel,
                     int count, int h)
{
    int width = (int)(far->width / h);
#define MIX(heads, vecs) tile_mix(out, keep, weight, *far, no_rows, count, h, t, tile_column(t, width), heads, vecs)
#define MIX_REL(heads, vecs) tile_mix(out, keep, weight, *far, *rel, count, h, t, tile_column(t, width), heads, vecs)
    if (rel->table) FOR_TILES(h, width, MIX_REL)
    else FOR_TILES(h, width, MIX)
#undef MIX
#undef MIX_REL
}

/* ---- backward of the same: out += as above, drel[c] += weight[c,h] * far[c] * near ---- */

GAT_INLINE void tile_mix_back(float *out, float *drel, const float *near, const float *weight, edge_rows far,
                              edge_rows rel, int count, int num_heads, row_tile t, int64_t column, int heads, int vecs)
{
    vec sum[TILE_VECS], run[TILE_VECS];
    for (int i = 0; i < heads * vecs; i++) sum[i] = run[i] = (vec){0};
    for (int c = 0; c < count; c++) {
        const float *x = row_at(far, c, column), *w = weight + c * num_heads + t.head;
        for (int j = 0; j < heads; j++)
            for (int i = 0; i < vecs; i++) run[j * vecs + i] += w[j] * vec_load(x + (j * vecs + i) * VEC_LANES);
        if (run_goes_on(rel, c, count)) continue;
        const float *m = row_at(rel, c, column), *n = near + column;
        float *dm = drel + (m - rel.table);
        for (int i = 0; i < heads * vecs; i++) {
            sum[i] += run[i] * vec_load(m + i * VEC_LANES);
            vec_add(dm + i * VEC_LANES, run[i] * vec_load(n + i * VEC_LANES));
            run[i] = (vec){0};
        }
    }
    for (int i = 0; i < heads * vecs; i++) vec_add(out + column + i * VEC_LANES, sum[i]);
}

static void rows_mix_back(float *out, float *drel, const float *near, const float *weight, const edge_rows *far,
                          const edge_rows *rel, int count, int h)
{
    int width = (int)(far->width / h);
#define MIX_BACK(heads, vecs) \
    tile_mix_back(out, drel, near, weight, *far, *rel, count, h, t, tile_column(t, width), heads, vecs)
    FOR_TILES(h, width, MIX_BACK)
#undef MIX_BACK
}

/* Work on the gathered rows of a block of edges: a row is an array of H heads of equal width, the width a multiple of
 * the machine's vector. What is summed over edges stays in registers, for a tile of columns, while the edges go by, so a row
 * is read once from the far cache and again, at most, from the near one. Relations are met edge by edge: edges of a row are
 * sorted by relation, so their rows are near, and no run has to be found.
 *
 * `far` are the rows of the other ends, `rel` those of the relations (NULL: the layer has none), c an edge. */

enum { EDGE_BLOCK = 32, TILE_VECS = 8 };

/* Sums per edge and head before their last addition: (edges * H) vectors. */
typedef struct partial_sums {
    vec sum[EDGE_BLOCK * ATTENTION_MAX_HEADS + VEC_LANES];
} partial_sums;

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

/* A pointer the compiler knows nothing about: otherwise it spreads the tile's columns over a register each. */
GAT_INLINE const float *opaque(const float *p)
{
    __asm__("" : "+r"(p));
    return p;
}

GAT_INLINE int64_t tile_column(row_tile t, int width) { return (int64_t)t.head * width + t.first * VEC_LANES; }

/* LeakyReLU(z) = straight z + bent |z|: no branch, no comparison. */
GAT_INLINE float leaky_straight(float slope) { return (1 + slope) / 2; }
GAT_INLINE float leaky_bent(float slope) { return (1 - slope) / 2; }

/* ---- out (H,F) += sum over c of weight[c,h] * far[c] * rel[c] ---- */

GAT_INLINE void tile_mix(float *out, const float *weight, const float *const *far, const float *const *rel, int count,
                         int num_heads, int64_t column, int heads, int vecs)
{
    vec sum[TILE_VECS];
    for (int i = 0; i < heads * vecs; i++) sum[i] = (vec){0};
    for (int c = 0; c < count; c++) {
        const float *x = opaque(far[c] + column), *w = weight + c * num_heads,
                    *m = rel ? opaque(rel[c] + column) : NULL;
        for (int j = 0; j < heads; j++) {
            for (int i = 0; i < vecs; i++) {
                int at = j * vecs + i;
                if (m) sum[at] += w[j] * vec_load(m + at * VEC_LANES) * vec_load(x + at * VEC_LANES);
                else sum[at] += w[j] * vec_load(x + at * VEC_LANES);
            }
        }
    }
    for (int i = 0; i < heads * vecs; i++) vec_add(out + column + i * VEC_LANES, sum[i]);
}

static void rows_mix(float *out, const float *weight, const float *const *far, const float *const *rel, int count,
                     int h, int width)
{
#define MIX(heads, vecs) tile_mix(out, weight + t.head, far, NULL, count, h, tile_column(t, width), heads, vecs)
#define MIX_REL(heads, vecs) tile_mix(out, weight + t.head, far, rel, count, h, tile_column(t, width), heads, vecs)
    if (rel) FOR_TILES(h, width, MIX_REL)
    else FOR_TILES(h, width, MIX)
#undef MIX
#undef MIX_REL
}

/* ---- backward of the same: drel[c] += weight[c,h] * far[c] * near as well ---- */

GAT_INLINE void tile_mix_back(float *out, float *const *drel, const float *near, const float *weight,
                              const float *const *far, const float *const *rel, int count, int num_heads,
                              int64_t column, int heads, int vecs)
{
    vec sum[TILE_VECS], run[TILE_VECS], n[TILE_VECS];
    for (int i = 0; i < heads * vecs; i++) sum[i] = run[i] = (vec){0}, n[i] = vec_load(near + column + i * VEC_LANES);
    for (int c = 0; c < count; c++) {
        const float *x = opaque(far[c] + column), *m = opaque(rel[c] + column), *w = weight + c * num_heads;
        for (int j = 0; j < heads; j++) {
            for (int i = 0; i < vecs; i++) {
                int at = j * vecs + i;
                vec part = w[j] * vec_load(x + at * VEC_LANES);
                sum[at] += part * vec_load(m + at * VEC_LANES);
                run[at] += part;
            }
        }
        if (c + 1 < count && drel[c + 1] == drel[c]) continue;
        float *dm = drel[c] + column;
        for (int i = 0; i < heads * vecs; i++) {
            vec_add(dm + i * VEC_LANES, run[i] * n[i]);
            run[i] = (vec){0};
        }
    }
    for (int i = 0; i < heads * vecs; i++) vec_add(out + column + i * VEC_LANES, sum[i]);
}

static void rows_mix_back(float *out, float *const *drel, const float *near, const float *weight,
                          const float *const *far, const float *const *rel, int count, int h, int width)
{
#define MIX_BACK(heads, vecs) \
    tile_mix_back(out, drel, near, weight + t.head, far, rel, count, h, tile_column(t, width), heads, vecs)
    FOR_TILES(h, width, MIX_BACK)
#undef MIX_BACK
}

/* ---- sums[c,h] = sum over the head's columns of a score ---- */

typedef enum row_score {
    ROW_MIX,         /* near * rel * far */
    ROW_NEAR_DOT,    /* near * (far + rel): seen from the query */
    ROW_FAR_DOT,     /* (near + rel) * far: seen from the key */
    ROW_FAR_SQUARE,  /* (far + rel)^2 */
    ROW_NEAR_SQUARE, /* (near + rel)^2 */
    ROW_LEAKY,       /* a * LeakyReLU(near + rel + far) */
    ROW_TANH         /* a * tanh(near + rel + far) */
} row_score;

typedef struct score_consts {
    const float *a; /* (H,S) or NULL */
    float slope;
} score_consts;

GAT_INLINE vec score_add(vec sum, row_score kind, vec near, vec far, vec rel, vec a, vec bent)
{
    vec z;
    switch (kind) {
    case ROW_MIX: return sum + near * rel * far;
    case ROW_NEAR_DOT: return sum + near * (far + rel);
    case ROW_FAR_DOT: return sum + (near + rel) * far;
    case ROW_FAR_SQUARE: z = far + rel; return sum + z * z;
    case ROW_NEAR_SQUARE: z = near + rel; return sum + z * z;
    case ROW_LEAKY: z = near + rel + far; return sum + a * z + bent * vec_abs(z);
    default: return sum + a * vec_tanh(near + rel + far);
    }
}

GAT_INLINE void tile_score(vec *sums, row_score kind, const float *near, const float *const *far,
                           const float *const *rel, int count, score_consts k, int num_heads, row_tile t,
                           int64_t column, int heads, int vecs)
{
    vec n[TILE_VECS], a[TILE_VECS], bent[TILE_VECS];
    for (int i = 0; i < heads * vecs; i++) {
        n[i] = vec_load(near + column + i * VEC_LANES);
        a[i] = vec_load((k.a ? k.a : near) + column + i * VEC_LANES);
        bent[i] = a[i] * leaky_bent(k.slope);
        if (kind == ROW_LEAKY) a[i] *= leaky_straight(k.slope);
    }
    for (int c = 0; c < count; c++) {
        const float *x = opaque(far[c] + column), *e = rel ? opaque(rel[c] + column) : NULL;
        vec *to = sums + c * num_heads + t.head;
        for (int j = 0; j < heads; j++) {
            vec s = {0};
            if (t.first) s = to[j];
            for (int i = 0; i < vecs; i++) {
                int at = j * vecs + i;
                vec r = (vec){0} + (kind == ROW_MIX ? 1.0f : 0.0f);
                if (e) r = vec_load(e + at * VEC_LANES);
                s = score_add(s, kind, n[at], vec_load(x + at * VEC_LANES), r, a[at], bent[at]);
            }
            to[j] = s;
        }
    }
}

#define SCORE_TILE(heads, vecs) \
    tile_score(sums, kind, near, far, NULL, count, k, h, t, tile_column(t, width), heads, vecs)
#define SCORE_TILE_REL(heads, vecs) \
    tile_score(sums, kind, near, far, rel, count, k, h, t, tile_column(t, width), heads, vecs)
#define ROWS_SCORE(name, KIND)                                                                                  \
    static void name(vec *sums, const float *near, const float *const *far, const float *const *rel, int count, \
                     score_consts k, int h, int width)                                                          \
    {                                                                                                           \
        const row_score kind = KIND;                                                                            \
        if (rel) FOR_TILES(h, width, SCORE_TILE_REL)                                                            \
        else FOR_TILES(h, width, SCORE_TILE)                                                                    \
    }
ROWS_SCORE(rows_mix_dot, ROW_MIX)
ROWS_SCORE(rows_near_dot, ROW_NEAR_DOT)
ROWS_SCORE(rows_far_dot, ROW_FAR_DOT)
ROWS_SCORE(rows_far_square, ROW_FAR_SQUARE)
ROWS_SCORE(rows_near_square, ROW_NEAR_SQUARE)
ROWS_SCORE(rows_leaky, ROW_LEAKY)
ROWS_SCORE(rows_tanh, ROW_TANH)
#undef ROWS_SCORE
#undef SCORE_TILE
#undef SCORE_TILE_REL

/* ---- gradients of the scores but for the vector a: out (H,S) += sum over c of g, drel[c] += g ---- */

typedef enum row_slope {
    SLOPE_NEAR,   /* ds * (far + rel): of the query of a product */
    SLOPE_FAR,    /* ds * far: of the key of a product */
    SLOPE_COSINE, /* ds * far + along * (near + rel): of the key of the cosine */
    SLOPE_LEAKY,  /* ds * LeakyReLU'(near + rel + far) */
    SLOPE_TANH    /* ds * tanh'(near + rel + far) */
} row_slope;

typedef struct slope_consts {
    const float *ds, *along; /* (edges,H) */
    float slope;
    float *through; /* NULL, or (H,S) += ds * tanh(z) */
} slope_consts;

GAT_INLINE vec slope_of(row_slope kind, float ds, float along, vec near, vec far, vec rel, float slope)
{
    vec z;
    switch (kind) {
    case SLOPE_NEAR: return ds * (far + rel);
    case SLOPE_FAR: return ds * far;
    case SLOPE_COSINE: return ds * far + along * (near + rel);
    case SLOPE_LEAKY: return leaky_straight(slope) * ds + leaky_bent(slope) * vec_turn(ds - (vec){0}, near + rel + far);
    default: z = vec_tanh(near + rel + far); return ds * (1 - z * z);
    }
}

GAT_INLINE void tile_slope(float *out, float *const *drel, row_slope kind, const float *near, const float *const *far,
                           const float *const *rel, int count, const slope_consts *k, int num_heads, row_tile t,
                           int64_t column, int heads, int vecs)
{
    vec sum[TILE_VECS], n[TILE_VECS], through[TILE_VECS];
    for (int i = 0; i < heads * vecs; i++)
        sum[i] = through[i] = (vec){0}, n[i] = vec_load(near + column + i * VEC_LANES);
    for (int c = 0; c < count; c++) {
        const float *x = opaque(far[c] + column), *e = rel ? opaque(rel[c] + column) : NULL;
        const float *ds = k->ds + c * num_heads + t.head,
                    *along = kind == SLOPE_COSINE ? k->along + c * num_heads + t.head : ds;
        float *de = drel ? drel[c] + column : NULL;
        for (int j = 0; j < heads; j++) {
            for (int i = 0; i < vecs; i++) {
                int at = j * vecs + i;
                vec r = {0}, y = vec_load(x + at * VEC_LANES);
                if (e) r = vec_load(e + at * VEC_LANES);
                vec g = slope_of(kind, ds[j], along[j], n[at], y, r, k->slope);
                sum[at] += g;
                if (de) vec_add(de + at * VEC_LANES, g);
                if (kind == SLOPE_TANH && !drel) through[at] += ds[j] * vec_tanh(n[at] + r + y);
            }
        }
    }
    for (int i = 0; i < heads * vecs; i++) {
        vec_add(out + column + i * VEC_LANES, sum[i]);
        if (kind == SLOPE_TANH && !drel && k->through) vec_add(k->through + column + i * VEC_LANES, through[i]);
    }
}

#define SLOPE_TILE(heads, vecs) \
    tile_slope(out, NULL, kind, near, far, NULL, count, k, h, t, tile_column(t, width), heads, vecs)
#define SLOPE_TILE_REL(heads, vecs) \
    tile_slope(out, NULL, kind, near, far, rel, count, k, h, t, tile_column(t, width), heads, vecs)
#define SLOPE_TILE_DREL(heads, vecs) \
    tile_slope(out, drel, kind, near, far, rel, count, k, h, t, tile_column(t, width), heads, vecs)
#define ROWS_SLOPE(name, KIND)                                                                    \
    static void name(float *out, float *const *drel, const float *near, const float *const *far,  \
                     const float *const *rel, int count, const slope_consts *k, int h, int width) \
    {                                                                                             \
        const row_slope kind = KIND;                                                              \
        if (drel) FOR_TILES(h, width, SLOPE_TILE_DREL)                                            \
        else if (rel) FOR_TILES(h, width, SLOPE_TILE_REL)                                         \
        else FOR_TILES(h, width, SLOPE_TILE)                                                      \
    }
ROWS_SLOPE(rows_near_slope, SLOPE_NEAR)
ROWS_SLOPE(rows_far_slope, SLOPE_FAR)
ROWS_SLOPE(rows_cosine_slope, SLOPE_COSINE)
ROWS_SLOPE(rows_leaky_slope, SLOPE_LEAKY)
ROWS_SLOPE(rows_tanh_slope, SLOPE_TANH)
#undef ROWS_SLOPE
#undef SLOPE_TILE
#undef SLOPE_TILE_REL
#undef SLOPE_TILE_DREL

/* ---- the last additions ---- */

#if defined __AVX512F__
/* The sums of sixteen vectors, as one: a tree of shuffles instead of sixteen trees. */
GAT_INLINE vec fold_sixteen(const vec *s)
{
    vec a[8], b[4], c[2];
    for (int i = 0; i < 8; i++)
        a[i] = __builtin_shufflevector(s[2 * i], s[2 * i + 1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
               __builtin_shufflevector(s[2 * i], s[2 * i + 1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30,
                                       31);
    for (int i = 0; i < 4; i++)
        b[i] =
            __builtin_shufflevector(a[2 * i], a[2 * i + 1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
            __builtin_shufflevector(a[2 * i], a[2 * i + 1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    for (int i = 0; i < 2; i++)
        c[i] =
            __builtin_shufflevector(b[2 * i], b[2 * i + 1], 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29) +
            __builtin_shufflevector(b[2 * i], b[2 * i + 1], 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31);
    return __builtin_shufflevector(c[0], c[1], 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) +
           __builtin_shufflevector(c[0], c[1], 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

static void fold(float *out, vec *sums, int n)
{
    int whole = (n + VEC_LANES - 1) / VEC_LANES * VEC_LANES;
    for (int i = n; i < whole; i++) sums[i] = (vec){0};
    for (int i = 0; i < whole; i += VEC_LANES) vec_store(out + i, fold_sixteen(sums + i));
}
#else
static void fold(float *out, vec *sums, int n)
{
    for (int i = 0; i < n; i++) out[i] = vec_sum(sums[i]);
}
#endif

/* Scores of the edges of a block and their gradients, on rows as attention_tile.h has them. */

/* Sums per edge and head before their last addition: (edges * H) vectors. */
typedef struct partial_sums {
    vec sum[EDGE_BLOCK * ATTENTION_MAX_HEADS + VEC_LANES];
} partial_sums;

/* LeakyReLU(z) = straight z + bent |z|: no branch, no comparison. */
GAT_INLINE float leaky_straight(float slope) { return (1 + slope) / 2; }
GAT_INLINE float leaky_bent(float slope) { return (1 - slope) / 2; }

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
    float *kept; /* NULL, or (edges,H,S) <- tanh(z) */
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
    default: return sum + a * far; /* far is the tanh */
    }
}

/* y (n) <- tanh(near + rel + far), also to `kept`; kept and rel may be NULL. */
GAT_INLINE void tanh_of(vec *y, float *kept, const vec *near, const float *far, const float *rel, int n)
{
    for (int i = 0; i < n; i++) {
        y[i] = near[i] + vec_load(far + i * VEC_LANES);
        if (rel) y[i] += vec_load(rel + i * VEC_LANES);
    }
    vec_tanh(y, n);
    for (int i = 0; kept && i < n; i++) vec_store(kept + i * VEC_LANES, y[i]);
}

GAT_INLINE void tile_score(vec *sums, row_score kind, const float *near, edge_rows far, edge_rows rel, int count,
                           score_consts k, int num_heads, row_tile t, int64_t column, int heads, int vecs)
{
    vec n[TILE_VECS], a[TILE_VECS], bent[TILE_VECS];
    for (int i = 0; i < heads * vecs; i++) {
        n[i] = vec_load(near + column + i * VEC_LANES);
        a[i] = vec_load((k.a ? k.a : near) + column + i * VEC_LANES);
        bent[i] = a[i] * leaky_bent(k.slope);
        if (kind == ROW_LEAKY) a[i] *= leaky_straight(k.slope);
    }
    for (int c = 0; c < count; c++) {
        const float *x = row_at(far, c, column), *e = rel.table ? row_at(rel, c, column) : NULL;
        float *kept = k.kept ? k.kept + c * far.width + column : NULL;
        vec *to = sums + c * num_heads + t.head;
        row_ask(far, c, column, heads * vecs);
        vec tanh[TILE_VECS];
        if (kind == ROW_TANH) tanh_of(tanh, kept, n, x, e, heads * vecs);
        for (int j = 0; j < heads; j++) {
            vec s = {0};
            if (t.first) s = to[j];
            for (int i = 0; i < vecs; i++) {
                int at = j * vecs + i;
                vec r = (vec){0} + (kind == ROW_MIX ? 1.0f : 0.0f), y;
                if (kind != ROW_TANH && e) r = vec_load(e + at * VEC_LANES);
                y = kind == ROW_TANH ? tanh[at] : vec_load(x + at * VEC_LANES);
                s = score_add(s, kind, n[at], y, r, a[at], bent[at]);
            }
            to[j] = s;
        }
    }
}

#define SCORE_TILE(heads, vecs) \
    tile_score(sums, kind, near, *far, no_rows, count, k, h, t, tile_column(t, width), heads, vecs)
#define SCORE_TILE_REL(heads, vecs) \
    tile_score(sums, kind, near, *far, *rel, count, k, h, t, tile_column(t, width), heads, vecs)
#define ROWS_SCORE(name, KIND)                                                                            \
    static void name(vec *sums, const float *near, const edge_rows *far, const edge_rows *rel, int count, \
                     score_consts k, int h)                                                               \
    {                                                                                                     \
        const row_score kind = KIND;                                                                      \
        int width = (int)(far->width / h);                                                                \
        if (rel->table) FOR_TILES(h, width, SCORE_TILE_REL)                                               \
        else FOR_TILES(h, width, SCORE_TILE)                                                              \
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
    SLOPE_TANH,   /* ds * tanh'(near + rel + far) */
    SLOPE_KEPT    /* ds * (1 - far^2): the same when far is the tanh */
} row_slope;

typedef struct slope_consts {
    const float *ds, *along; /* (edges,H) */
    float slope;
    float *through; /* of SLOPE_TANH: (H,S) += ds * tanh(z) */
} slope_consts;

GAT_INLINE vec slope_of(row_slope kind, float ds, float along, vec near, vec far, vec rel, float slope)
{
    switch (kind) {
    case SLOPE_NEAR: return ds * (far + rel);
    case SLOPE_FAR: return ds * far;
    case SLOPE_COSINE: return ds * far + along * (near + rel);
    case SLOPE_LEAKY: return leaky_straight(slope) * ds + leaky_bent(slope) * vec_turn(ds - (vec){0}, near + rel + far);
    default: return ds - ds * far * far;
    }
}

GAT_INLINE void tile_slope(float *out, float *drel, row_slope kind, const float *near, edge_rows far, edge_rows rel,
                           int count, const slope_consts *k, int num_heads, row_tile t, int64_t column, int heads,
                           int vecs)
{
    vec sum[TILE_VECS], run[TILE_VECS], n[TILE_VECS];
    for (int i = 0; i < heads * vecs; i++) sum[i] = run[i] = (vec){0}, n[i] = vec_load(near + column + i * VEC_LANES);
    for (int c = 0; c < count; c++) {
        const float *x = row_at(far, c, column), *e = rel.table ? row_at(rel, c, column) : NULL;
        const float *ds = k->ds + c * num_heads + t.head,
                    *along = kind == SLOPE_COSINE ? k->along + c * num_heads + t.head : ds;
        row_ask(far, c, column, heads * vecs);
        vec tanh[TILE_VECS];
        if (kind == SLOPE_TANH) tanh_of(tanh, NULL, n, x, e, heads * vecs);
        for (int j = 0; j < heads; j++) {
            for (int i = 0; i < vecs; i++) {
                int at = j * vecs + i;
                vec r = {0}, y;
                if (kind != SLOPE_TANH && e) r = vec_load(e + at * VEC_LANES);
                y = kind == SLOPE_TANH ? tanh[at] : vec_load(x + at * VEC_LANES);
                if (kind == SLOPE_TANH) sum[at] += ds[j] * y;
                run[at] += slope_of(kind, ds[j], along[j], n[at], y, r, k->slope);
            }
        }
        if (!drel || run_goes_on(rel, c, count)) continue;
        for (int i = 0; i < heads * vecs; i++) {
            vec_add(drel + (e - rel.table) + i * VEC_LANES, run[i]);
            sum[i] += run[i];
            run[i] = (vec){0};
        }
    }
    for (int i = 0; i < heads * vecs; i++) {
        int64_t at = column + i * VEC_LANES;
        vec_add(out + at, drel ? sum[i] : run[i]);
        if (kind == SLOPE_TANH) vec_add(k->through + at, sum[i]);
    }
}

#define SLOPE_TILE(heads, vecs) \
    tile_slope(out, NULL, kind, near, *far, no_rows, count, k, h, t, tile_column(t, width), heads, vecs)
#define SLOPE_TILE_REL(heads, vecs) \
    tile_slope(out, NULL, kind, near, *far, *rel, count, k, h, t, tile_column(t, width), heads, vecs)
#define SLOPE_TILE_DREL(heads, vecs) \
    tile_slope(out, drel, kind, near, *far, *rel, count, k, h, t, tile_column(t, width), heads, vecs)
#define ROWS_SLOPE(name, KIND)                                                                               \
    static void name(float *out, float *drel, const float *near, const edge_rows *far, const edge_rows *rel, \
                     int count, const slope_consts *k, int h)                                                \
    {                                                                                                        \
        const row_slope kind = KIND;                                                                         \
        int width = (int)(far->width / h);                                                                   \
        if (drel) FOR_TILES(h, width, SLOPE_TILE_DREL)                                                       \
        else if (rel->table) FOR_TILES(h, width, SLOPE_TILE_REL)                                             \
        else FOR_TILES(h, width, SLOPE_TILE)                                                                 \
    }
ROWS_SLOPE(rows_near_slope, SLOPE_NEAR)
ROWS_SLOPE(rows_far_slope, SLOPE_FAR)
ROWS_SLOPE(rows_cosine_slope, SLOPE_COSINE)
ROWS_SLOPE(rows_leaky_slope, SLOPE_LEAKY)
ROWS_SLOPE(rows_tanh_slope, SLOPE_TANH)
ROWS_SLOPE(rows_kept_slope, SLOPE_KEPT)
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

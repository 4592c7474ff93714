/* Products of many short rows with a small matrix that stays in the first-level cache. A few rows keep their sums in
 * registers; every sum runs through its terms in order, so a row has the same bits wherever it stands. */
#if defined __AVX512F__
enum { DENSE_ROWS = 8 };
#elif defined __AVX__
enum { DENSE_ROWS = 2 };
#else
enum { DENSE_ROWS = 1 };
#endif
enum { DENSE_VECS = PATH_WIDTH_STEP / VEC_LANES, DENSE_BLOCK = 32 };

#define PATH_INLINE static inline __attribute__((always_inline))

/* y (rows, 32) = or += x (rows,K) w (K, 32 of its columns). */
PATH_INLINE void dense_panel(float *y, int64_t ldy, const float *x, int64_t ldx, const float *w, int64_t ldw, int64_t k,
                             const int rows, bool add)
{
    vec s[DENSE_ROWS][DENSE_VECS];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < DENSE_VECS; v++) s[r][v] = add ? vec_load(y + r * ldy + v * VEC_LANES) : (vec){0};
    for (int64_t i = 0; i < k; i++) {
        vec wi[DENSE_VECS];
        for (int v = 0; v < DENSE_VECS; v++) wi[v] = vec_load(w + i * ldw + v * VEC_LANES);
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < DENSE_VECS; v++) s[r][v] += x[r * ldx + i] * wi[v];
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < DENSE_VECS; v++) vec_store(y + r * ldy + v * VEC_LANES, s[r][v]);
}

/* y (N,O) = or += x (N,K) w (K,O); O a multiple of 32. */
static void dense_product(float *y, const float *x, const float *w, int64_t n, int64_t k, int64_t o, bool add)
{
    for (int64_t c = 0; c < o; c += PATH_WIDTH_STEP) {
        int64_t i = 0;
        for (; i + DENSE_ROWS <= n; i += DENSE_ROWS)
            dense_panel(y + i * o + c, o, x + i * k, k, w + c, o, k, DENSE_ROWS, add);
        for (; i < n; i++) dense_panel(y + i * o + c, o, x + i * k, k, w + c, o, k, 1, add);
    }
}

/* dw (K,O) += x (N,K) transposed times dy (N,O). */
static void dense_slope(float *dw, const float *x, const float *dy, int64_t n, int64_t k, int64_t o)
{
    for (int64_t i = 0; i < k; i += DENSE_ROWS)
        for (int64_t c = 0; c < o; c += PATH_WIDTH_STEP) {
            vec s[DENSE_ROWS][DENSE_VECS];
            for (int r = 0; r < DENSE_ROWS; r++)
                for (int v = 0; v < DENSE_VECS; v++) s[r][v] = vec_load(dw + (i + r) * o + c + v * VEC_LANES);
            for (int64_t j = 0; j < n; j++)
                for (int v = 0; v < DENSE_VECS; v++) {
                    vec dyj = vec_load(dy + j * o + c + v * VEC_LANES);
                    for (int r = 0; r < DENSE_ROWS; r++) s[r][v] += x[j * k + i + r] * dyj;
                }
            for (int r = 0; r < DENSE_ROWS; r++)
                for (int v = 0; v < DENSE_VECS; v++) vec_store(dw + (i + r) * o + c + v * VEC_LANES, s[r][v]);
        }
}

/* db (O) += the rows of dy (N,O). */
static void dense_column_sums(float *db, const float *dy, int64_t n, int64_t o)
{
    for (int64_t j = 0; j < n; j++)
        for (int64_t c = 0; c < o; c += VEC_LANES) vec_add(db + c, vec_load(dy + j * o + c));
}

/* <x, y>, n a multiple of 32. */
static float dense_dot(const float *x, const float *y, int64_t n)
{
    vec sum = {0};
    for (int64_t c = 0; c < n; c += VEC_LANES) sum += vec_load(x + c) * vec_load(y + c);
    return vec_sum(sum);
}

static void add_scaled(float *y, const float *x, float s, int64_t n)
{
#pragma omp simd
    for (int64_t i = 0; i < n; i++) y[i] += s * x[i];
}

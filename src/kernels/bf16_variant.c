/* The bf16 products of one instruction set: compiled once per set with other machine flags, and with GAT_VARIANT naming
 * the table it defines (gat_bf16_<variant>).
 *
 * Six rows of c times one panel keep their sums in registers; a block of the left matrix and the part of a panel it
 * meets stay in the first-level cache. Every sum runs over k in blocks of 2 BLOCK_PAIRS, in order, so its bits depend on
 * neither the row's place nor the number of threads. */
#include "kernels/bf16.h"

#include <string.h>

#include "base/parallel.h"
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#define BF16_INLINE static inline __attribute__((always_inline))

/* Registers hold GROUP_ROWS x PANEL_VECTORS vectors of sums. */
#ifdef __AVX512F__
enum { PANEL_VECTORS = 4 };
#else
enum { PANEL_VECTORS = 1 };
#endif
enum { GROUP_ROWS = 6, BLOCK_ROWS = 48, BLOCK_PAIRS = 128 };

#include "kernels/variant/bf16_number.h"
#include "kernels/variant/bf16_pack.h"

/* Where a group of rows times a panel goes: at most (GROUP_ROWS, PANEL_VECTORS * WORDS) of c. */
typedef struct target {
    float *c;
    int64_t ldc, rows, columns;
    bool add;
} target;

/* One vector of sums, whole. */
BF16_INLINE void target_put(const target *t, int i, int j, bf16_sums sum)
{
    float *c = t->c + i * t->ldc + j * WORDS;
    bf16_sums before;
    if (t->add) memcpy(&before, c, sizeof before), sum += before;
    memcpy(c, &sum, sizeof sum);
}

/* The part of the sums, `width` columns a row, that lies inside c. */
static void target_put_part(const target *t, const float *sums, int64_t width)
{
    for (int64_t i = 0; i < t->rows; i++)
        for (int64_t j = 0; j < t->columns; j++) {
            float *c = t->c + i * t->ldc + j;
            *c = t->add ? *c + sums[i * width + j] : sums[i * width + j];
        }
}

BF16_INLINE void group_times_panel(const target *t, const uint32_t *a, int64_t row_step, int64_t pair_step,
                                   const uint32_t *panel, int64_t pairs, const int vectors)
{
    bf16_sums s[GROUP_ROWS][PANEL_VECTORS] = {0};
    for (int64_t i = 0; i < t->rows; i++)
        for (int j = 0; j < vectors; j++) __builtin_prefetch(t->c + i * t->ldc + j * WORDS, 1);
    for (int64_t p = 0; p < pairs; p++, a += pair_step, panel += vectors * WORDS)
        for (int i = 0; i < GROUP_ROWS; i++)
            for (int j = 0; j < vectors; j++) s[i][j] = bf16_dot(s[i][j], a[i * row_step], panel + j * WORDS);
    if (t->rows == GROUP_ROWS && t->columns == vectors * WORDS) {
        for (int i = 0; i < GROUP_ROWS; i++)
            for (int j = 0; j < vectors; j++) target_put(t, i, j, s[i][j]);
        return;
    }
    float part[GROUP_ROWS * PANEL_VECTORS * WORDS];
    for (int i = 0; i < GROUP_ROWS; i++)
        for (int j = 0; j < vectors; j++) memcpy(part + (i * vectors + j) * WORDS, &s[i][j], sizeof s[i][j]);
    target_put_part(t, part, vectors * WORDS);
}

static void group_product(const target *t, const left_block *left, int64_t row, const uint32_t *panel, int64_t pairs,
                          int64_t width)
{
    const uint32_t *a = left->words + row * left->row_step;
    int64_t down = left->row_step, along = left->pair_step;
    switch (width / WORDS) {
    case 1: group_times_panel(t, a, down, along, panel, pairs, 1); break;
#ifdef __AVX512F__
    case 2: group_times_panel(t, a, down, along, panel, pairs, 2); break;
    case 3: group_times_panel(t, a, down, along, panel, pairs, 3); break;
    case 4: group_times_panel(t, a, down, along, panel, pairs, 4); break;
#endif
    }
}

/* c (rows,n) += or = a block times the rows of the packed matrix it meets, `first` pairs down of `depth`. */
static void block_product(float *c, int64_t ldc, const left_block *left, const uint32_t *words, int64_t rows, int64_t n,
                          int64_t first, int64_t pairs, int64_t depth, bool add)
{
    for (int64_t j = 0; j < panel_count(n); j++) {
        int64_t column = panel_start(n, j), width = panel_start(n, j + 1) - column;
        const uint32_t *panel = words + column * depth + first * width;
        for (int64_t i = 0; i < rows; i += GROUP_ROWS) {
            target t = {c + i * ldc + column, ldc, rows - i < GROUP_ROWS ? rows - i : GROUP_ROWS,
                        n - column < width ? n - column : width, add};
            group_product(&t, left, i, panel, pairs, width);
        }
    }
}

static void product(float *c, int64_t ldc, const float *a, int64_t lda, bool transpose, const uint32_t *words,
                    int64_t m, int64_t n, int64_t k, bool add)
{
    left_block left;
    for (int64_t i = 0; i < m; i += BLOCK_ROWS) {
        int64_t rows = m - i < BLOCK_ROWS ? m - i : BLOCK_ROWS;
        for (int64_t at = 0; at < k; at += 2 * BLOCK_PAIRS) {
            int64_t depth = k - at < 2 * BLOCK_PAIRS ? k - at : 2 * BLOCK_PAIRS;
            pack_left(&left, transpose ? a + at * lda + i : a + i * lda + at, lda, transpose, rows, depth);
            block_product(c + i * ldc, ldc, &left, words, rows, n, at / 2, (depth + 1) / 2, (k + 1) / 2, add || at);
        }
    }
}

#ifdef __AVX512F__
static int32_t near(int32_t *near, int64_t *num_near, const float *s, const float *norm, float own, float bound,
                    float least, int64_t n)
{
    const __m512 center = _mm512_set1_ps(own), factor = _mm512_set1_ps(bound), rest = _mm512_set1_ps(least);
    __m512i column = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    int32_t above = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < n; i += WORDS, column = _mm512_add_epi32(column, _mm512_set1_epi32(WORDS))) {
        int left = n - i < WORDS ? (int)(n - i) : WORDS;
        __mmask16 inside = (__mmask16)(0xffff >> (WORDS - left));
        __m512 difference = _mm512_sub_ps(_mm512_maskz_loadu_ps(inside, s + i), center),
               most = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(inside, norm + i), factor, rest);
        __mmask16 high = _mm512_mask_cmp_ps_mask(inside, difference, most, _CMP_GT_OQ),
                  low = _mm512_cmp_ps_mask(difference, _mm512_sub_ps(_mm512_setzero_ps(), most), _CMP_LT_OQ),
                  about = (__mmask16)(inside & ~(high | low));
        above += __builtin_popcount(high);
        if (!about) continue;
        _mm512_storeu_si512(near + count, _mm512_maskz_compress_epi32(about, column));
        count += __builtin_popcount(about);
    }
    *num_near = count;
    return above;
}
#else
static int32_t near(int32_t *near, int64_t *num_near, const float *s, const float *norm, float own, float bound,
                    float least, int64_t n)
{
    int32_t above = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        float difference = s[i] - own, most = bound * norm[i] + least;
        bool high = difference > most, low = difference < -most;
        above += high;
        if (!high && !low) near[count++] = (int32_t)i;
    }
    *num_near = count;
    return above;
}
#endif

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define TEXT2(a) #a
#define TEXT(a) TEXT2(a)

extern const gat_bf16 JOIN(gat_bf16_, GAT_VARIANT);

const gat_bf16 JOIN(gat_bf16_, GAT_VARIANT) = {
    .name = TEXT(GAT_VARIANT),
    .pack = pack,
    .product = product,
    .near = near,
#ifdef __AVX512BF16__
    .native = true,
#endif
};

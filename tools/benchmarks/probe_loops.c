/* One translation unit per instruction set; GAT_VARIANT names the table it defines. */
#include "probe_loops.h"

#include <stddef.h>
#include <string.h>

#if defined __AVX512F__
#include <immintrin.h>
#define WIDE 64
#elif defined __AVX__
#define WIDE 32
#else
#define WIDE 16
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef float wide __attribute__((vector_size(WIDE)));
typedef float wide_at __attribute__((vector_size(WIDE), aligned(4), may_alias));

enum { LANES = WIDE / sizeof(float), SUMS = 10 };

ALWAYS_INLINE wide load(const float *p) { return *(const wide_at *)p; }

/* Eight vectors of the sum stay in registers. */
ALWAYS_INLINE void gather_part(float *sum, const float *table, int64_t floats, const int32_t *index, int64_t count,
                               int ahead, int vectors)
{
    wide part[8] = {0};
    for (int64_t i = 0; i < count; i++) {
        const float *row = table + index[i] * floats, *next = table + index[i + ahead] * floats;
        for (int v = 0; v < vectors; v++) {
            if (v * LANES % 16 == 0) __builtin_prefetch(next + v * LANES);
            part[v] += load(row + v * LANES);
        }
    }
    for (int v = 0; v < vectors; v++)
        for (int l = 0; l < LANES; l++) sum[v * LANES + l] += part[v][l];
}

static void gather(float *sum, const float *table, int64_t floats, const int32_t *index, int64_t count, int ahead)
{
    int64_t at = 0;
    for (; at + 8 * LANES <= floats; at += 8 * LANES) gather_part(sum + at, table + at, floats, index, count, ahead, 8);
    for (; at + 4 * LANES <= floats; at += 4 * LANES) gather_part(sum + at, table + at, floats, index, count, ahead, 4);
    for (; at < floats; at += LANES) gather_part(sum + at, table + at, floats, index, count, ahead, 1);
}

static float read_all(const float *x, int64_t n)
{
    wide part[8] = {0};
    float sum = 0;
    for (int64_t i = 0; i + 8 * LANES <= n; i += 8 * LANES)
        for (int v = 0; v < 8; v++) part[v] += load(x + i + v * LANES);
    for (int v = 0; v < 8; v++)
        for (int l = 0; l < LANES; l++) sum += part[v][l];
    return sum;
}

/* The sums start apart, or a compiler would see that they are one. */
static double fma_all(float *x, int64_t rounds)
{
    wide sum[SUMS], factor = load(x);
    for (int v = 0; v < SUMS; v++) sum[v] = load(x + v);
    for (int64_t i = 0; i < rounds; i++)
        for (int v = 0; v < SUMS; v++) sum[v] = sum[v] * factor + factor;
    for (int v = 0; v < SUMS; v++)
        for (int l = 0; l < LANES; l++) x[LANES + l] += sum[v][l];
    return 2.0 * SUMS * LANES * (double)rounds;
}

#if defined __AVX512BF16__
static double bf16_all(float *x, int64_t rounds)
{
    __m512 sum[SUMS];
    __m512bh pair = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(x), _mm512_loadu_ps(x));
    for (int v = 0; v < SUMS; v++) sum[v] = _mm512_loadu_ps(x + v);
    for (int64_t i = 0; i < rounds; i++)
        for (int v = 0; v < SUMS; v++) sum[v] = _mm512_dpbf16_ps(sum[v], pair, pair);
    for (int v = 0; v < SUMS; v++) _mm512_storeu_ps(x + 16, _mm512_add_ps(_mm512_loadu_ps(x + 16), sum[v]));
    return 4.0 * SUMS * LANES * (double)rounds;
}
#define BF16 bf16_all
#else
#define BF16 NULL
#endif

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)

extern const probe_loops JOIN(probe_loops_, GAT_VARIANT);

const probe_loops JOIN(probe_loops_, GAT_VARIANT) = {gather, read_all, fma_all, BF16};

/* Matrix products of bf16 numbers with f32 sums: twice the rate of f32 where the processor has the dot instruction
 * (avx512_bf16). Elsewhere the numbers are rounded the same way and multiplied in f32, at about its speed; the bits differ, as
 * they do between instruction sets.
 *
 * The right matrix is packed beforehand: two consecutive rows side by side in one 32-bit word, columns in panels of a few
 * registers. The left one is converted on the way, a block at a time, for it is used once. */
#ifndef GAT_KERNELS_BF16_H
#define GAT_KERNELS_BF16_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct gat_bf16 {
    const char *name;

    /* words (bf16_words(k, n)) <- y (K,N), or its transpose y (N,K); rows of y are ldy apart. */
    void (*pack)(uint32_t *words, const float *y, int64_t ldy, bool transpose, int64_t k, int64_t n);

    /* c (M,N), rows ldc apart, = or += a (M,K) times the packed matrix; transposed, a is (K,M). Single-threaded. */
    void (*product)(float *c, int64_t ldc, const float *a, int64_t lda, bool transpose, const uint32_t *words,
                    int64_t m, int64_t n, int64_t k, bool add);

    /* Which of s (N) are about `own`: near (at most N + 16 written) <- the columns, ascending, where s differs from own by
     * at most bound * norm[column] + least, or is no number; *num_near of them. Returns how many others are above. */
    int32_t (*near)(int32_t *near, int64_t *num_near, const float *s, const float *norm, float own, float bound,
                    float least, int64_t n);

    bool native; /* faster than f32 */
} gat_bf16;

/* The number that is multiplied in place of x. */
static inline float bf16_value(float x)
{
    uint32_t bits, magnitude;
    memcpy(&bits, &x, sizeof bits);
    magnitude = bits & 0x7fffffffu;
    bits = magnitude > 0x7f800000u ? bits : (bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u;
    if ((bits & 0x7f800000u) == 0) bits &= 0x80000000u;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Length of a packed matrix. */
static inline int64_t bf16_words(int64_t k, int64_t n) { return (k + 1) / 2 * ((n + 15) / 16 * 16); }

/* The table that goes with kernels(). */
const gat_bf16 *bf16_kernels(void);

#endif

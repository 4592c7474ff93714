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

typedef struct gat_bf16 {
    const char *name;

    /* words (bf16_words(k, n)) <- y (K,N), or its transpose y (N,K); rows of y are ldy apart. */
    void (*pack)(uint32_t *words, const float *y, int64_t ldy, bool transpose, int64_t k, int64_t n);

    /* c (M,N), rows ldc apart, = or += a (M,K) times the packed matrix; transposed, a is (K,M). Single-threaded. */
    void (*product)(float *c, int64_t ldc, const float *a, int64_t lda, bool transpose, const uint32_t *words,
                    int64_t m, int64_t n, int64_t k, bool add);
} gat_bf16;

/* Length of a packed matrix. */
static inline int64_t bf16_words(int64_t k, int64_t n) { return (k + 1) / 2 * ((n + 15) / 16 * 16); }

/* The table that goes with kernels(). */
const gat_bf16 *bf16_kernels(void);

#endif

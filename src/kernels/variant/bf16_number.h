/* Two bf16 numbers in a word, the even one in the low half, and their dot product with f32 sums. */
enum { WORDS = 16 };

typedef uint32_t bf16_words16 __attribute__((vector_size(64), aligned(4), may_alias));

/* The upper half is the nearest bf16, ties to even; NaN stays NaN. */
static inline uint32_t bf16_round(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint32_t rounded = bits + 0x7fffu + (bits >> 16 & 1u);
    return (bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x400000u : rounded;
}

static inline uint32_t bf16_pair(float even, float odd)
{
    return bf16_round(even) >> 16 | (bf16_round(odd) & 0xffff0000u);
}

/* sum (16) + the pair a times the pairs b (16). */
#ifdef __AVX512BF16__
typedef __m512 bf16_sums;

BF16_INLINE bf16_sums bf16_dot(bf16_sums sum, uint32_t a, const uint32_t *b)
{
    return _mm512_dpbf16_ps(sum, (__m512bh)_mm512_set1_epi32((int)a), (__m512bh)_mm512_loadu_si512(b));
}
#else
typedef float bf16_sums __attribute__((vector_size(64)));

BF16_INLINE bf16_sums bf16_dot(bf16_sums sum, uint32_t a, const uint32_t *b)
{
    uint32_t bits[2] = {a << 16, a & 0xffff0000u};
    float even, odd;
    memcpy(&even, &bits[0], sizeof even);
    memcpy(&odd, &bits[1], sizeof odd);
    bf16_words16 words = *(const bf16_words16 *)b;
    return sum + odd * (bf16_sums)(words & 0xffff0000u) + even * (bf16_sums)(words << 16);
}
#endif

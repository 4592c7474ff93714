/* Counter-based random numbers (Philox4x32-10; Salmon et al. 2011, through Random123).
 *
 * A number is a pure function of (seed, stream, index), so dropout masks, shuffles and initial values do
 * not depend on the order or the thread in which they are drawn. `stream` says what the number is for;
 * combine the purpose, the epoch and the step in it. Thread-safe. */
#ifndef GAT_BASE_RANDOM_H
#define GAT_BASE_RANDOM_H

#include <stdint.h>

/* Four independent 32-bit numbers. */
typedef struct gat_random4 {
    uint32_t v[4];
} gat_random4;

gat_random4 random_4x32(uint64_t seed, uint64_t stream, uint64_t index);

/* A stream name from a purpose and two counters (epoch and step, say). */
uint64_t random_stream(uint32_t purpose, uint64_t a, uint64_t b);

/* 32 well-mixed bits of (key, index), for masks that are drawn inside kernels: two rounds of a 32-bit integer
 * hash, so that a loop over indices vectorises. Not for anything that needs more than 2^32 indices. */
static inline uint32_t random_hash32(uint32_t key, uint32_t index)
{
    uint32_t x = index * 0x9e3779b9u ^ key;
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    x ^= x >> 16;
    x = (x + key) * 0x85ebca6bu;
    x ^= x >> 13;
    return x;
}

/* Uniform in [0,1). */
float random_uniform(uint64_t seed, uint64_t stream, uint64_t index);

/* Uniform in [0, bound), bound > 0. */
int64_t random_below(uint64_t seed, uint64_t stream, uint64_t index, int64_t bound);

/* x[0..n) <- scale * standard normal (Box-Muller), or uniform in [-scale, scale). */
void random_fill_normal(float *x, int64_t n, float scale, uint64_t seed, uint64_t stream);
void random_fill_uniform(float *x, int64_t n, float scale, uint64_t seed, uint64_t stream);

/* Fisher-Yates over ids[0..n). */
void random_shuffle(int64_t *ids, int64_t n, uint64_t seed, uint64_t stream);

#endif

#include "base/random.h"

#include <Random123/philox.h>
#include <math.h>

gat_random4 random_4x32(uint64_t seed, uint64_t stream, uint64_t index)
{
    philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)}};
    philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    philox4x32_ctr_t r = philox4x32(counter, key);
    return (gat_random4){{r.v[0], r.v[1], r.v[2], r.v[3]}};
}

uint64_t random_stream(uint32_t purpose, uint64_t a, uint64_t b)
{
    gat_random4 r = random_4x32(purpose, a, b);
    return (uint64_t)r.v[0] << 32 | r.v[1];
}

/* 24 bits: every value is exact in a float and below 1. */
static float to_unit(uint32_t bits) { return (float)(bits >> 8) * 0x1p-24f; }

float random_uniform(uint64_t seed, uint64_t stream, uint64_t index)
{
    return to_unit(random_4x32(seed, stream, index).v[0]);
}

int64_t random_below(uint64_t seed, uint64_t stream, uint64_t index, int64_t bound)
{
    gat_random4 r = random_4x32(seed, stream, index);
    uint64_t wide = (uint64_t)r.v[0] << 32 | r.v[1];
    return (int64_t)(((unsigned __int128)wide * (uint64_t)bound) >> 64);
}

static void fill(float *x, int64_t n, float scale, uint64_t seed, uint64_t stream, int normal)
{
    for (int64_t i = 0; i < n; i += 4) {
        gat_random4 r = random_4x32(seed, stream, (uint64_t)i / 4);
        float u[4];
        for (int j = 0; j < 4; j++) u[j] = to_unit(r.v[j]);
        for (int j = 0; j < 4 && i + j < n; j++) {
            if (!normal) {
                x[i + j] = scale * (2 * u[j] - 1);
                continue;
            }
            float radius = sqrtf(-2 * logf(1 - u[j & 2]));
            float angle = 6.28318530718f * u[(j & 2) + 1];
            x[i + j] = scale * radius * (j & 1 ? sinf(angle) : cosf(angle));
        }
    }
}

void random_fill_normal(float *x, int64_t n, float scale, uint64_t seed, uint64_t stream)
{
    fill(x, n, scale, seed, stream, 1);
}

void random_fill_uniform(float *x, int64_t n, float scale, uint64_t seed, uint64_t stream)
{
    fill(x, n, scale, seed, stream, 0);
}

void random_shuffle(int64_t *ids, int64_t n, uint64_t seed, uint64_t stream)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = random_below(seed, stream, (uint64_t)i, i + 1);
        int64_t t = ids[i];
        ids[i] = ids[j];
        ids[j] = t;
    }
}

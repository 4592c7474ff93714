#include "graph/random_walk.h"

#include "base/random.h"

enum { STREAM_WALK = 0x3a1c, MIN_WALKS = 64, MAX_WALKS = 4096, STEPS_IN_ALL = 1 << 26 };

static int64_t walks_per_node(int64_t nodes, int64_t steps)
{
    int64_t walks = STEPS_IN_ALL / (nodes * steps + 1);
    return walks < MIN_WALKS ? MIN_WALKS : walks > MAX_WALKS ? MAX_WALKS : walks;
}

static void walk_from(float *out, int32_t start, const gat_skeleton *s, int dim, int64_t walks, uint32_t key)
{
    for (int k = 0; k < dim; k++) out[k] = 0;
    if (!skeleton_degree(s, start)) return;
    for (uint32_t w = 0, index = 0; w < walks; w++) {
        int32_t at = start;
        for (int step = 0; step <= dim; step++) {
            uint64_t degree = (uint64_t)skeleton_degree(s, at);
            at = s->indices[s->indptr[at] + (int64_t)(random_hash32(key, index++) * degree >> 32)];
            if (step && at == start) out[step - 1] += 1;
        }
    }
    for (int k = 0; k < dim; k++) out[k] /= (float)walks;
}

void random_walk_returns(float *out, const gat_skeleton *s, int dim, uint64_t seed)
{
    int64_t walks = walks_per_node(s->num_nodes, dim + 1);
    uint32_t key = random_4x32(seed, STREAM_WALK, 0).v[0];
#pragma omp parallel for schedule(dynamic, 16)
    for (int32_t v = 0; v < s->num_nodes; v++)
        walk_from(out + (int64_t)v * dim, v, s, dim, walks, random_hash32(key, (uint32_t)v));
}

#include "path/path_choice.h"

#include <math.h>
#include <string.h>

#include "base/random.h"

enum { STREAM_CHOICE = 0x9a73 };

path_noise path_noise_of(uint64_t seed, int64_t step, int64_t question)
{
    return (path_noise){seed, random_stream(STREAM_CHOICE, (uint64_t)step, (uint64_t)question)};
}

float path_noise_at(const path_noise *noise, int64_t layer, int64_t num_nodes, int32_t node)
{
    float u = random_uniform(noise->seed, noise->stream, (uint64_t)(layer * num_nodes + node));
    return -logf(-logf(u + 0x1p-25f)); /* u is a multiple of 2^-24 below 1 */
}

gat_status path_choose(float *open, float *rank, float *sum, path_reach *reach, const float *c, int64_t width,
                       int64_t budget, int64_t num_nodes, const path_noise *noise, gat_error *err)
{
    int64_t from = reach->rows_at[reach->layers - 1], count = reach->rows_at[reach->layers] - from;
    for (int64_t i = 0; i < count; i++) {
        open[i] = rank[i] = path_kernels()->dot(c, sum + (from + i) * width, width);
        if (noise) rank[i] += path_noise_at(noise, reach->layers - 1, num_nodes, reach->node[from + i]);
    }
    gat_status st = path_reach_choose(reach, rank, budget, err);
    if (st) return st;
    for (int64_t k = 0; k < reach->rows_at[reach->layers] - from; k++) {
        int64_t was = path_reach_kept(reach, k);
        open[k] = 1 / (1 + expf(-open[was]));
        if (was != k) memcpy(sum + (from + k) * width, sum + (from + was) * width, (size_t)width * sizeof *sum);
    }
    return GAT_OK;
}

void path_choice_pull(float *pull, const float *dstate, const float *state, const float *open, int64_t n, int64_t d)
{
    for (int64_t i = 0; i < n; i++)
        pull[i] = path_kernels()->dot(dstate + i * d, state + i * d, d) * open[i] * (1 - open[i]);
}

void path_choice_backward(float *dsum, float *dc, const float *pull, const float *sum, const float *c, int64_t n,
                          int64_t width)
{
    for (int64_t i = 0; i < n; i++) {
        path_kernels()->add_scaled(dsum + i * width, c, pull[i], width);
        path_kernels()->add_scaled(dc, sum + i * width, pull[i], width);
    }
}

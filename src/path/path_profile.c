#include "path/path_profile.h"

#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "kernels/path_layer.h"

enum { PROFILE_CHUNK = 1024 };

void path_profile_table(float *table, const path_net *m, const path_graph *g)
{
    int64_t d = m->shape.width;
    const float *e = param_value(m->params, m->profile);
#pragma omp parallel for schedule(static)
    for (int32_t v = 0; v < g->num_nodes; v++) {
        float *row = table + v * d;
        memset(row, 0, (size_t)d * sizeof *row);
        for (int32_t r = g->node_run[v]; r < g->node_run[v + 1]; r++)
            path_kernels()->add_scaled(row, e + reverse_relation(g, g->run_relation[r]) * d, g->run_share[r], d);
    }
}

int64_t path_profile_scratch(const path_net *m) { return KERNEL_PARTS * param_size(m->params, m->profile); }

void path_profile_backward(float *scratch, const float *dtable, const path_net *m, const path_graph *g)
{
    int64_t d = m->shape.width, size = param_size(m->params, m->profile);
    memset(scratch, 0, (size_t)(KERNEL_PARTS * size) * sizeof *scratch);
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        float *de = scratch + p * size;
        for (int64_t v = part_start(g->num_nodes, KERNEL_PARTS, p); v < part_start(g->num_nodes, KERNEL_PARTS, p + 1);
             v++)
            for (int32_t r = g->node_run[v]; r < g->node_run[v + 1]; r++)
                path_kernels()->add_scaled(de + reverse_relation(g, g->run_relation[r]) * d, dtable + v * d,
                                           g->run_share[r], d);
    }
    kernels()->add_parts(param_grad(m->params, m->profile), scratch, KERNEL_PARTS, size, size);
}

/* Adds the terms of count and degree to one row. */
static void add_numbers(float *s, const path_graph *g, int32_t relation, float count, float degree)
{
    int32_t back = reverse_relation(g, relation);
    path_kernels()->add_scaled(s, g->log_degree, degree, g->num_nodes);
    for (int64_t i = g->relation_run[back]; i < g->relation_run[back + 1]; i++) {
        int32_t run = g->by_relation[i];
        s[g->run_node[run]] += count * g->run_count[run];
    }
}

void path_profile_scores(float *s, float *query, const path_net *m, const path_graph *g, const float *table,
                         const float *made, const int32_t *relation, int64_t b)
{
    int64_t d = m->shape.width, n = g->num_nodes, size = made_size(m);
    for (int64_t i = 0; i < b; i++) memcpy(query + i * d, made + i * size + made_profile(m), (size_t)d * sizeof *query);
#pragma omp parallel for schedule(static) if (b > 1)
    for (int64_t c = 0; c < chunk_count(n, PROFILE_CHUNK); c++) {
        int64_t from = c * PROFILE_CHUNK, count = n - from < PROFILE_CHUNK ? n - from : PROFILE_CHUNK;
        kernels()->score_tile(s + from, n, query, table + from * d, b, count, d);
    }
#pragma omp parallel for schedule(static) if (b > 1)
    for (int64_t i = 0; i < b; i++)
        add_numbers(s + i * n, g, relation[i], made[i * size + made_number(m, MADE_COUNT)],
                    made[i * size + made_number(m, MADE_DEGREE)]);
}

static void numbers_backward(float *dmade, const float *ds, const path_net *m, const path_graph *g, int32_t relation)
{
    int32_t back = reverse_relation(g, relation);
    double count = 0, degree = 0;
    for (int64_t v = 0; v < g->num_nodes; v++) degree += (double)ds[v] * g->log_degree[v];
    for (int64_t i = g->relation_run[back]; i < g->relation_run[back + 1]; i++) {
        int32_t run = g->by_relation[i];
        count += (double)ds[g->run_node[run]] * g->run_count[run];
    }
    dmade[made_number(m, MADE_COUNT)] += (float)count;
    dmade[made_number(m, MADE_DEGREE)] += (float)degree;
}

void path_profile_scores_backward(float *dtable, float *dmade, float *scratch, const float *ds, const float *query,
                                  const path_net *m, const path_graph *g, const float *table, const int32_t *relation,
                                  int64_t b)
{
    int64_t d = m->shape.width, n = g->num_nodes, size = made_size(m);
    linear_one_thread();
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        int64_t from = part_start(n, KERNEL_PARTS, p), to = part_start(n, KERNEL_PARTS, p + 1);
        float *part = scratch + p * b * d;
        memset(part, 0, (size_t)(b * d) * sizeof *part);
        if (to == from) continue;
        matmul(dtable + from * d, ds + from, query, to - from, d, b, true, false, n, d, d, 0);
        matmul(part, ds + from, table + from * d, b, d, to - from, false, false, n, d, d, 0);
    }
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < b; i++) {
        float *dq = dmade + i * size + made_profile(m);
        for (int64_t p = 0; p < KERNEL_PARTS; p++) path_kernels()->add_scaled(dq, scratch + (p * b + i) * d, 1, d);
        numbers_backward(dmade + i * size, ds + i * n, m, g, relation[i]);
    }
}

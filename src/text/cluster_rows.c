/* K-means by cosine: centres are drawn among the rows, then rows go to the nearest centre and centres to the mean of their
 * rows, a fixed number of rounds. A centre that loses all its rows stays where it was. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/linear.h"
#include "text/text_vectors.h"

enum { ROUNDS = 12, BLOCK_ROWS = 256, STREAM_CENTRES = 0x7e01 };

typedef struct means {
    const float *x;
    int64_t n, dim, k;
    float *centre; /* (k,dim) at length 1 */
    float *score;  /* (blocks,BLOCK_ROWS,k) of the threads */
    double *sum;   /* (k,dim) */
} means;

static gat_status draw_centres(means *m, uint64_t seed, gat_error *err)
{
    int64_t *order = gat_alloc(m->n, sizeof *order);
    if (!order) return error_nomem(err);
    for (int64_t i = 0; i < m->n; i++) order[i] = i;
    random_shuffle(order, m->n, seed, random_stream(STREAM_CENTRES, (uint64_t)m->k, 0));
    for (int64_t c = 0; c < m->k; c++)
        memcpy(m->centre + c * m->dim, m->x + order[c] * m->dim, (size_t)m->dim * sizeof *m->x);
    gat_free(order);
    return GAT_OK;
}

/* The nearest centre of rows from `at` on. */
static void assign_block(int32_t *cluster, int64_t stride, const means *m, int64_t at, float *score)
{
    int64_t b = m->n - at < BLOCK_ROWS ? m->n - at : BLOCK_ROWS;
    matmul(score, m->x + at * m->dim, m->centre, b, m->k, m->dim, false, true, m->dim, m->dim, m->k, 0);
    for (int64_t i = 0; i < b; i++) {
        int32_t best = 0;
        for (int64_t c = 1; c < m->k; c++)
            if (score[i * m->k + c] > score[i * m->k + best]) best = (int32_t)c;
        cluster[(at + i) * stride] = best;
    }
}

static void move_centres(means *m, const int32_t *cluster, int64_t stride)
{
    memset(m->sum, 0, (size_t)(m->k * m->dim) * sizeof *m->sum);
    for (int64_t i = 0; i < m->n; i++)
        for (int64_t j = 0; j < m->dim; j++) m->sum[cluster[i * stride] * m->dim + j] += m->x[i * m->dim + j];
    for (int64_t c = 0; c < m->k; c++) {
        double length = 0, *sum = m->sum + c * m->dim;
        for (int64_t j = 0; j < m->dim; j++) length += sum[j] * sum[j];
        if (length <= 0) continue;
        for (int64_t j = 0; j < m->dim; j++) m->centre[c * m->dim + j] = (float)(sum[j] / sqrt(length));
    }
}

gat_status cluster_rows(int32_t *cluster, int64_t stride, const float *x, int64_t n, int64_t dim, int64_t k,
                        uint64_t seed, gat_error *err)
{
    int64_t threads = parallel_threads();
    means m = {.x = x,
               .n = n,
               .dim = dim,
               .k = k,
               .centre = gat_alloc(k * dim, sizeof *m.centre),
               .score = gat_alloc(threads * BLOCK_ROWS * k, sizeof *m.score),
               .sum = gat_alloc(k * dim, sizeof *m.sum)};
    gat_status st = m.centre && m.score && m.sum ? draw_centres(&m, seed, err) : error_nomem(err);
    for (int round = 0; !st && round < ROUNDS; round++) {
        linear_one_thread();
#pragma omp parallel for schedule(static)
        for (int64_t block = 0; block < chunk_count(n, BLOCK_ROWS); block++)
            assign_block(cluster, stride, &m, block * BLOCK_ROWS, m.score + parallel_thread() * BLOCK_ROWS * k);
        move_centres(&m, cluster, stride);
    }
    gat_free(m.centre);
    gat_free(m.score);
    gat_free(m.sum);
    return st;
}

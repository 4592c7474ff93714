/* Forward goes through the score kernel, whose bits do not depend on the number of rows; backward through BLAS, cut into
 * fixed pieces: rows for dx, blocks of a matrix for dM. */
#include "kernels/bilinear.h"

#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

int64_t bilinear_plan_size(int64_t b, int64_t num_slots) { return 3 * (b + 1) + num_slots + 1; }

/* Counting sort; start (slots + 1) ends as the end of each slot. */
static void sort_rows(int64_t *order, int64_t *start, const int32_t *slot, int64_t b, int64_t num_slots)
{
    memset(start, 0, (size_t)(num_slots + 1) * sizeof *start);
    for (int64_t j = 0; j < b; j++) start[slot[j] + 1]++;
    for (int64_t s = 0; s < num_slots; s++) start[s + 1] += start[s];
    for (int64_t j = 0; j < b; j++) order[start[slot[j]]++] = j;
}

bilinear_plan bilinear_plan_make(int64_t *work, const int32_t *slot, int64_t b, int64_t num_slots)
{
    bilinear_plan p = {.slot = slot, .b = b, .order = work, .group = work + b + 1, .piece = work + 2 * (b + 1)};
    sort_rows(p.order, work + 3 * (b + 1), slot, b, num_slots);
    for (int64_t i = 0; i < b; i++) {
        bool fresh = !i || slot[p.order[i]] != slot[p.order[i - 1]];
        if (fresh) p.group[p.groups++] = i;
        if (fresh || i - p.piece[p.pieces - 1] == BILINEAR_ROWS) p.piece[p.pieces++] = i;
    }
    p.group[p.groups] = p.piece[p.pieces] = b;
    return p;
}

/* Rows [from, to) of the plan's order, out of x. */
static void gather(float *sorted, const float *x, const bilinear_plan *p, int64_t from, int64_t to, int64_t d)
{
    for (int64_t i = from; i < to; i++) memcpy(sorted + i * d, x + p->order[i] * d, (size_t)d * sizeof *x);
}

static const float *matrix_of(const float *m, const bilinear_plan *p, int64_t i, int64_t d)
{
    return m + p->slot[p->order[i]] * d * d;
}

void bilinear_forward(float *y, float *sorted, float *scratch, const float *x, const float *m, const bilinear_plan *p,
                      int64_t d)
{
    const gat_kernels *kn = kernels();
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < p->pieces; c++) {
        int64_t from = p->piece[c], to = p->piece[c + 1];
        gather(sorted, x, p, from, to, d);
        const float *in = sorted + from * d, *matrix = matrix_of(m, p, from, d);
        if (p->transposed) matmul(scratch + from * d, in, matrix, to - from, d, d, false, false, d, d, d, 0);
        else kn->score_tile(scratch + from * d, d, in, matrix, to - from, d, d);
        for (int64_t i = from; i < to; i++) memcpy(y + p->order[i] * d, scratch + i * d, (size_t)d * sizeof *y);
    }
}

/* dx of one piece; every row of x stands once in the order. */
static void piece_backward(float *dx, float *dy_sorted, float *dx_sorted, const float *dy, const float *m,
                           const bilinear_plan *p, int64_t c, int64_t d)
{
    int64_t from = p->piece[c], to = p->piece[c + 1];
    gather(dy_sorted, dy, p, from, to, d);
    matmul(dx_sorted + from * d, dy_sorted + from * d, matrix_of(m, p, from, d), to - from, d, d, false, p->transposed,
           d, d, d, 0);
    for (int64_t i = from; i < to; i++)
        for (int64_t k = 0; k < d; k++) dx[p->order[i] * d + k] += dx_sorted[i * d + k];
}

/* Rows [first, first + rows) of the matrix of group g: dM += dy^T x, or x^T dy. */
static void block_backward(float *dm, const float *dy_sorted, const float *sorted, const bilinear_plan *p, int64_t g,
                           int64_t first, int64_t rows, int64_t d)
{
    int64_t from = p->group[g], count = p->group[g + 1] - from;
    float *block = dm + (p->slot[p->order[from]] * d + first) * d;
    const float *down = p->transposed ? sorted : dy_sorted, *across = p->transposed ? dy_sorted : sorted;
    matmul(block, down + from * d + first, across + from * d, rows, d, count, true, false, d, d, d, 1);
}

void bilinear_backward(float *dx, float *dm, float *scratch, const float *dy, const float *sorted, const float *m,
                       const bilinear_plan *p, int64_t d)
{
    float *dy_sorted = scratch, *dx_sorted = scratch + p->b * d;
    int64_t blocks = chunk_count(d, BILINEAR_ROWS);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < p->pieces; c++) piece_backward(dx, dy_sorted, dx_sorted, dy, m, p, c, d);
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < p->groups * blocks; t++) {
        int64_t first = t % blocks * BILINEAR_ROWS, rows = d - first < BILINEAR_ROWS ? d - first : BILINEAR_ROWS;
        block_backward(dm, dy_sorted, sorted, p, t / blocks, first, rows, d);
    }
}

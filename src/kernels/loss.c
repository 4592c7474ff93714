#include "kernels/loss.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "kernels/loss_slice.h"
#include "kernels/sampled_loss.h"

/* A batch is cut by rows where they outnumber the entities (candidate relations, small graphs): a row then meets all
 * entities at once, and only dx needs partial sums. Otherwise it is cut by entities. */
enum { BY_ROWS_ENTITIES = 1024, BY_ROWS_MOST = 256, BY_ROWS_LEAST = 32, TILE_LEAST = 48 };

typedef struct plan {
    bool by_rows;
    int64_t rows;   /* of a slice, at most */
    int64_t parts;  /* of the slices or, not by rows, of the tiles */
    int64_t stride; /* by rows: scratch of a part, its dx first */
} plan;

static int64_t within(int64_t x, int64_t least, int64_t most) { return x < least ? least : x > most ? most : x; }

static loss_slice slice_of(int64_t n, int64_t d, const gat_loss_options *how, bool by_rows)
{
    loss_slice w = {.how = how, .n = n, .d = d, .tile_rows = LOSS_TILE, .parts = 1};
    if (!by_rows) w.tile_rows = within(chunk_count(chunk_count(n, KERNEL_PARTS), 16) * 16, TILE_LEAST, LOSS_TILE);
    w.tiles = chunk_count(n, w.tile_rows);
    if (!by_rows) w.parts = within(w.tiles, 1, KERNEL_PARTS);
    return w;
}

/* So that the scores and the parts of dq stay below their limits. */
static int64_t rows_at_once(const loss_slice *w, int64_t b)
{
    int64_t most = LOSS_MAX_PARTS / (w->parts * (w->d + LOSS_TILE)), scores = LOSS_MAX_SCORES / (w->n > 0 ? w->n : 1);
    if (w->how->kind != GAT_LOSS_BCE && scores < most) most = scores;
    return within(b, 1, most < 16 ? 16 : most);
}

static plan plan_of(loss_slice *w, int64_t n, int64_t b, int64_t d, int64_t answers, const gat_loss_options *how)
{
    plan p = {.by_rows = n <= BY_ROWS_ENTITIES && b > n};
    *w = slice_of(n, d, how, p.by_rows);
    if (p.by_rows) {
        p.rows = within(chunk_count(b, KERNEL_PARTS), BY_ROWS_LEAST, BY_ROWS_MOST);
        p.parts = within(chunk_count(b, p.rows), 1, KERNEL_PARTS);
        p.stride = chunk_count(n * d, 16) * 16 + slice_layout(w, NULL, p.rows, answers);
    } else p.rows = rows_at_once(w, b);
    return p;
}

int64_t loss_work_size(int64_t n, int64_t b, int64_t d, int64_t answers, const gat_loss_options *how)
{
    if (how->samples) return loss_sampled_work_size(n, b, d, answers, how);
    loss_slice w;
    plan p = plan_of(&w, n, b, d, answers, how);
    return p.by_rows ? p.parts * p.stride : slice_layout(&w, NULL, p.rows, answers);
}

static double run_by_entities(loss_slice *w, const plan *p, float *dq, const float *q)
{
    double loss = 0;
    slice_begin(w);
    for (int64_t row = 0; row < w->rows->count; row += p->rows)
        loss += slice_run(w, dq, q, row, within(w->rows->count - row, 1, p->rows));
    return loss;
}

static double run_by_rows(const loss_slice *model, const plan *p, float *dq, float *work, const float *q,
                          int64_t answers)
{
    double loss[KERNEL_PARTS] = {0}, sum = 0;
    int64_t b = model->rows->count, slices = chunk_count(b, p->rows), size = model->n * model->d;
#pragma omp parallel for schedule(dynamic)
    for (int64_t part = 0; part < p->parts; part++) {
        loss_slice w = *model;
        w.dx = work + part * p->stride;
        memset(w.dx, 0, (size_t)size * sizeof *w.dx);
        slice_layout(&w, w.dx + chunk_count(size, 16) * 16, p->rows, answers);
        slice_begin(&w);
        int64_t end = part_start(slices, p->parts, part + 1);
        for (int64_t i = part_start(slices, p->parts, part); i < end; i++)
            loss[part] += slice_run(&w, dq, q, i * p->rows, within(b - i * p->rows, 1, p->rows));
    }
    kernels()->add_parts(model->dx, work, p->parts, p->stride, size);
    for (int64_t part = 0; part < p->parts; part++) sum += loss[part];
    return sum;
}

double loss_one_vs_all(float *dq, float *dx, float *work, const float *q, const float *x, const gat_rows *rows,
                       int64_t n, int64_t d, const gat_loss_options *how)
{
    if (how->samples) return loss_sampled(dq, dx, work, q, x, rows, n, d, how);
    loss_slice w;
    int64_t answers = rows->first[rows->count] - rows->first[0];
    plan p = plan_of(&w, n, rows->count, d, answers, how);
    w.rows = rows;
    w.x = x;
    w.dx = dx;
    linear_one_thread();
    if (p.by_rows) return run_by_rows(&w, &p, dq, work, q, answers);
    slice_layout(&w, work, p.rows, answers);
    return run_by_entities(&w, &p, dq, q);
}

void score_all(float *scores, const float *q, const float *x, const float *x2, int64_t b, int64_t n, int64_t d,
               gat_comparator compare)
{
    const gat_kernels *kn = kernels();
    int64_t tiles = chunk_count(n, LOSS_TILE);
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < tiles; t++) {
        int64_t first = t * LOSS_TILE, rows = n - first < LOSS_TILE ? n - first : LOSS_TILE;
        kn->score_tile(scores + first, n, q, x + first * d, b, rows, d);
        for (int64_t j = 0; compare == GAT_COMPARE_DISTANCE && j < b; j++) {
            float q2;
            kn->row_squares(&q2, q + j * d, 1, d);
            for (int64_t i = 0; i < rows; i++) {
                float square = x2[first + i] + q2 - 2 * scores[j * n + first + i];
                scores[j * n + first + i] = -sqrtf(square < 1e-12f ? 1e-12f : square);
            }
        }
    }
}

#include "kernels/loss.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "kernels/bf16.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

/* Rows of the batch taken at once, so that the scores and the parts of dq stay below their limits. */
static int64_t rows_at_once(int64_t n, int64_t b, int64_t d)
{
    int64_t most = LOSS_MAX_SCORES / (n > 0 ? n : 1), parts = LOSS_MAX_PARTS / (KERNEL_PARTS * (d + 1));
    most = most < parts ? most : parts;
    most = most < 16 ? 16 : most;
    return b < most ? b : most;
}

/* One slice of the batch and the scratch it works in. */
typedef struct slice {
    const float *q, *x;
    float *dq, *dx;
    const gat_rows *rows;
    int64_t row, b, n, d, tiles;   /* rows row .. row + b of the batch */
    float *s;                      /* (N,b) scores, then their gradient */
    float *copy;                   /* (N,b) distances, for the distance comparator */
    float *max, *sum;              /* (tiles,b) */
    float *lse, *weight, *q2, *x2; /* (b), (b), (b), (N) */
    float *part;                   /* (KERNEL_PARTS, b, d + 1) */
    gat_comparator compare;
    const float *answer_weight;            /* (N) or NULL */
    const gat_bf16 *bf16;                  /* NULL: products in f32 */
    uint32_t *q_columns, *q_rows, *x_rows; /* packed q transposed, q, and x tile by tile */
} slice;

static bool uses_bf16(const gat_loss_options *how)
{
    return how->precision == GAT_PRECISION_BF16 && how->compare == GAT_COMPARE_DOT;
}

int64_t loss_work_size(int64_t n, int64_t b, int64_t d, const gat_loss_options *how)
{
    b = rows_at_once(n, b, d);
    int64_t tiles = chunk_count(n, LOSS_TILE);
    int64_t size = 2 * n * b + 2 * tiles * b + 3 * b + n + KERNEL_PARTS * b * (d + 1) + 16 * 16;
    if (uses_bf16(how)) size += bf16_words(d, b) + bf16_words(b, d) + tiles * bf16_words(LOSS_TILE, d);
    return size;
}

static int64_t tile_rows(const slice *w, int64_t tile)
{
    int64_t left = w->n - tile * LOSS_TILE;
    return left < LOSS_TILE ? left : LOSS_TILE;
}

static void slice_scores(slice *w)
{
    const gat_kernels *kn = kernels();
    if (w->compare == GAT_COMPARE_DISTANCE) kn->row_squares(w->q2, w->q, w->b, w->d);
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < w->tiles; t++) {
        int64_t first = t * LOSS_TILE, n = tile_rows(w, t);
        float *s = w->s + first * w->b;
        const float *x = w->x + first * w->d;
        if (w->bf16) w->bf16->product(s, w->b, x, w->d, false, w->q_columns, n, w->b, w->d, false);
        else matmul(s, x, w->q, n, w->b, w->d, false, true, w->d, w->d, w->b, 0);
        if (w->compare == GAT_COMPARE_DISTANCE) {
            kn->tile_distance(s, w->x2 + first, w->q2, n, w->b);
            memcpy(w->copy + first * w->b, s, (size_t)(n * w->b) * sizeof *s);
        }
        kn->tile_max_sum(w->max + t * w->b, w->sum + t * w->b, s, n, w->b);
    }
}

static void slice_lse(slice *w)
{
    for (int64_t j = 0; j < w->b; j++) {
        float max = -INFINITY;
        double sum = 0;
        for (int64_t t = 0; t < w->tiles; t++) max = fmaxf(max, w->max[t * w->b + j]);
        for (int64_t t = 0; t < w->tiles; t++)
            sum += (double)w->sum[t * w->b + j] * exp((double)(w->max[t * w->b + j] - max));
        w->lse[j] = max + (float)log(sum);
    }
}

static float answer_weight(const slice *w, int64_t i)
{
    return w->answer_weight ? w->answer_weight[w->rows->answer[i]] : 1;
}

/* Adds weight * `amount` at the answers of every row and returns the weighted sum of their scores there before. */
static double slice_answers(slice *w, float amount)
{
    double total = 0;
    for (int64_t j = 0; j < w->b; j++) {
        for (int64_t i = w->rows->first[w->row + j]; i < w->rows->first[w->row + j + 1]; i++) {
            float *s = &w->s[(int64_t)w->rows->answer[i] * w->b + j], part = answer_weight(w, i);
            total += (double)part * (double)*s;
            *s += part * amount;
        }
    }
    return total;
}

static double weight_of(const slice *w, int64_t j)
{
    double sum = 0;
    for (int64_t i = w->rows->first[w->row + j]; i < w->rows->first[w->row + j + 1]; i++)
        sum += (double)answer_weight(w, i);
    return sum;
}

/* s becomes the gradient of the softmax loss. With smoothing the target of an answer is 1 - smoothing, and the rest is
 * spread evenly. The loss value leaves the smoothing term out. */
static double slice_softmax(slice *w, float smoothing, double total)
{
    const gat_kernels *kn = kernels();
    double loss = 0;
    slice_lse(w);
    for (int64_t j = 0; j < w->b; j++) {
        double m = weight_of(w, j);
        loss += m * (double)w->lse[j];
        w->weight[j] = (float)(m / total);
    }
    loss -= slice_answers(w, 0);
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < w->tiles; t++)
        kn->tile_softmax(w->s + t * LOSS_TILE * w->b, w->lse, w->weight, smoothing / (float)w->n, tile_rows(w, t),
                         w->b);
    slice_answers(w, (float)(-(1 - (double)smoothing) / total));
    return loss / total;
}

/* s becomes the gradient of the binary loss. */
static double slice_sigmoid(slice *w, float smoothing, double total)
{
    const gat_kernels *kn = kernels();
    double loss = 0;
    float target = smoothing / (float)w->n, one = (float)(1 / total);
    for (int64_t j = 0; j < w->b; j++) w->weight[j] = one;
    double answers = slice_answers(w, 0);
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < w->tiles; t++)
        kn->tile_sigmoid(w->s + t * LOSS_TILE * w->b, w->max + t * w->b, w->weight, target, tile_rows(w, t), w->b);
    for (int64_t t = 0; t < w->tiles; t++)
        for (int64_t j = 0; j < w->b; j++) loss += (double)w->max[t * w->b + j];
    loss -= (1 - (double)smoothing) * answers;
    slice_answers(w, -(1 - smoothing) * one);
    return loss / total;
}

/* dx -= rowsum(g) x, and the column sums of g for dq: the parts of a distance's gradient that are no product. */
static void distance_tile(slice *w, float *column_sum, int64_t first, int64_t n)
{
    float *g = w->s + first * w->b;
    kernels()->tile_distance_backward(g, w->copy + first * w->b, n, w->b);
    for (int64_t i = 0; i < n; i++) {
        float sum = 0;
        for (int64_t j = 0; j < w->b; j++) sum += g[i * w->b + j], column_sum[j] += g[i * w->b + j];
        for (int64_t c = 0; c < w->d; c++) w->dx[(first + i) * w->d + c] -= sum * w->x[(first + i) * w->d + c];
    }
}

/* dx += g q and dq += g^T x, the latter through fixed parts. */
static void slice_gradients(slice *w)
{
    int64_t size = w->b * (w->d + 1);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        float *dq = w->part + p * size, *column_sum = dq + w->b * w->d;
        memset(dq, 0, (size_t)size * sizeof *dq);
        int64_t end = part_start(w->tiles, KERNEL_PARTS, p + 1);
        for (int64_t t = part_start(w->tiles, KERNEL_PARTS, p); t < end; t++) {
            int64_t first = t * LOSS_TILE, n = tile_rows(w, t);
            if (w->compare == GAT_COMPARE_DISTANCE) distance_tile(w, column_sum, first, n);
            const float *g = w->s + first * w->b;
            matmul(w->dx + first * w->d, g, w->q, n, w->d, w->b, false, false, w->b, w->d, w->d, 1);
            matmul(dq, g, w->x + first * w->d, w->b, w->d, n, true, false, w->b, w->d, w->d, 1);
        }
    }
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        const float *dq = w->part + p * size, *column_sum = dq + w->b * w->d;
        kernels()->axpy(w->dq, dq, 1, w->b * w->d);
        if (w->compare != GAT_COMPARE_DISTANCE) continue;
        for (int64_t j = 0; j < w->b; j++)
            for (int64_t c = 0; c < w->d; c++) w->dq[j * w->d + c] -= column_sum[j] * w->q[j * w->d + c];
    }
}

/* The same in bf16: dq by blocks of rows, each over all entities in their order. */
static void slice_gradients_bf16(slice *w)
{
    enum { ROWS = 48 };
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < w->tiles; t++)
        w->bf16->product(w->dx + t * LOSS_TILE * w->d, w->d, w->s + t * LOSS_TILE * w->b, w->b, false, w->q_rows,
                         tile_rows(w, t), w->d, w->b, true);
#pragma omp parallel for schedule(dynamic)
    for (int64_t r = 0; r < chunk_count(w->b, ROWS); r++) {
        int64_t row = r * ROWS, rows = w->b - row < ROWS ? w->b - row : ROWS;
        for (int64_t t = 0; t < w->tiles; t++)
            w->bf16->product(w->dq + row * w->d, w->d, w->s + t * LOSS_TILE * w->b + row, w->b, true,
                             w->x_rows + t * bf16_words(LOSS_TILE, w->d), rows, w->d, tile_rows(w, t), true);
    }
}

static void pack_x(slice *w)
{
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < w->tiles; t++)
        w->bf16->pack(w->x_rows + t * bf16_words(LOSS_TILE, w->d), w->x + t * LOSS_TILE * w->d, w->d, false,
                      tile_rows(w, t), w->d);
}

static void pack_q(slice *w)
{
    w->bf16->pack(w->q_columns, w->q, w->d, true, w->d, w->b);
    w->bf16->pack(w->q_rows, w->q, w->d, false, w->b, w->d);
}

static void *take(float **work, int64_t n)
{
    void *p = *work;
    *work += chunk_count(n, 16) * 16;
    return p;
}

double loss_one_vs_all(float *dq, float *dx, float *work, const float *q, const float *x, const gat_rows *rows,
                       int64_t n, int64_t d, const gat_loss_options *how)
{
    int64_t most = rows_at_once(n, rows->count, d), tiles = chunk_count(n, LOSS_TILE);
    slice w = {.x = x, .dx = dx, .rows = rows, .n = n, .d = d, .tiles = tiles, .compare = how->compare};
    if (how->kind == GAT_LOSS_CE) w.answer_weight = how->answer_weight;
    w.s = take(&work, n * most);
    w.copy = take(&work, n * most);
    w.max = take(&work, tiles * most);
    w.sum = take(&work, tiles * most);
    w.lse = take(&work, most);
    w.weight = take(&work, most);
    w.q2 = take(&work, most);
    w.x2 = take(&work, n);
    w.part = take(&work, KERNEL_PARTS * most * (d + 1));
    if (uses_bf16(how)) {
        w.bf16 = bf16_kernels();
        w.q_columns = take(&work, bf16_words(d, most));
        w.q_rows = take(&work, bf16_words(most, d));
        w.x_rows = take(&work, tiles * bf16_words(LOSS_TILE, d));
        pack_x(&w);
    }
    if (w.compare == GAT_COMPARE_DISTANCE) kernels()->row_squares(w.x2, x, n, d);
    linear_one_thread();
    double loss = 0;
    for (w.row = 0; w.row < rows->count; w.row += most) {
        w.b = rows->count - w.row < most ? rows->count - w.row : most;
        w.q = q + w.row * d;
        w.dq = dq + w.row * d;
        if (w.bf16) pack_q(&w);
        slice_scores(&w);
        loss += how->kind == GAT_LOSS_CE ? slice_softmax(&w, how->smoothing, how->total)
                                         : slice_sigmoid(&w, how->smoothing, how->total);
        if (w.bf16) slice_gradients_bf16(&w);
        else slice_gradients(&w);
    }
    return loss;
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

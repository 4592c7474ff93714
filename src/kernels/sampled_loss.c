/* Scores, maxima and sums as in loss.c, tile by tile; each tile has its own random starts, so the draws do not depend on the
 * threads. What is drawn is packed entity by entity, and the gradients run over blocks of columns: a block of q and dq
 * stays in the second-level cache, and every column has one owner. */
#include "kernels/sampled_loss.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "base/random.h"
#include "kernels/bf16.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

/* One slice of the batch and the scratch it works in. */
typedef struct slice {
    const float *q, *x;
    const gat_loss_options *how;
    const gat_rows *rows;
    int64_t row, b, n, d, tiles; /* rows row .. row + b of the batch */
    float *s;                    /* (N,b) scores, then p - y times the draws, then what of it is not zero */
    int32_t *index;              /* (N,b) columns of the latter ... */
    int32_t *count;              /* (N) ... and how many there are in a row */
    int64_t *first;              /* (N + 1) where those of an entity begin, once they are packed */
    int64_t *first_asked;        /* (N + 1) of the rows that an entity answers ... */
    int32_t *asked;              /* ... one after the other */
    float *weight;               /* (N) of an answer, times the draws */
    float *max, *sum, *carry;    /* (tiles,b) */
    float *lse, *draws;          /* (b) */
    const gat_bf16 *bf16;        /* NULL: scores in f32 */
    uint32_t *q_columns;         /* packed q transposed */
} slice;

static int64_t rows_at_once(int64_t n, int64_t b)
{
    int64_t most = LOSS_MAX_SCORES / (n > 0 ? n : 1);
    most = most < 16 ? 16 : most;
    return b < most ? b : most;
}

int64_t loss_sampled_work_size(int64_t n, int64_t b, int64_t d, int64_t answers, const gat_loss_options *how)
{
    b = rows_at_once(n, b);
    int64_t tiles = chunk_count(n, LOSS_TILE), words = how->precision == GAT_PRECISION_BF16 ? bf16_words(d, b) : 0;
    return 2 * n * b + 2 * n + 4 * (n + 1) + answers + 3 * tiles * b + 2 * b + words + 16 * 16;
}

static int64_t tile_rows(const slice *w, int64_t tile)
{
    int64_t left = w->n - tile * LOSS_TILE;
    return left < LOSS_TILE ? left : LOSS_TILE;
}

static void slice_scores(slice *w)
{
    if (w->bf16) w->bf16->pack(w->q_columns, w->q, w->d, true, w->d, w->b);
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < w->tiles; t++) {
        int64_t first = t * LOSS_TILE, n = tile_rows(w, t);
        float *s = w->s + first * w->b;
        const float *x = w->x + first * w->d;
        if (w->bf16) w->bf16->product(s, w->b, x, w->d, false, w->q_columns, n, w->b, w->d, false);
        else matmul(s, x, w->q, n, w->b, w->d, false, true, w->d, w->d, w->b, 0);
        kernels()->tile_max_sum(w->max + t * w->b, w->sum + t * w->b, s, n, w->b);
    }
}

static float log_sum_exp(const slice *w, int64_t j)
{
    float max = -INFINITY;
    double sum = 0;
    for (int64_t t = 0; t < w->tiles; t++) max = fmaxf(max, w->max[t * w->b + j]);
    for (int64_t t = 0; t < w->tiles; t++)
        sum += (double)w->sum[t * w->b + j] * exp((double)(w->max[t * w->b + j] - max));
    return max + (float)log(sum);
}

static double weight_of(const slice *w, int32_t answer)
{
    return w->how->answer_weight ? (double)w->how->answer_weight[answer] : 1;
}

/* The loss of all rows; what they draw. */
static double slice_loss(slice *w)
{
    const int64_t *first = w->rows->first + w->row;
    double loss = 0;
    for (int64_t j = 0; j < w->b; j++) {
        double sum = 0;
        w->lse[j] = log_sum_exp(w, j);
        for (int64_t i = first[j]; i < first[j + 1]; i++) {
            int32_t answer = w->rows->answer[i];
            loss += weight_of(w, answer) * ((double)w->lse[j] - (double)w->s[(int64_t)answer * w->b + j]);
            sum += weight_of(w, answer);
        }
        w->draws[j] = (float)(sum * (double)w->how->samples);
    }
    return loss;
}

/* The rows that ask for each entity, in their order, by counting. */
static void sort_answers(slice *w)
{
    const int64_t *first = w->rows->first + w->row;
    const int32_t *answer = w->rows->answer;
    int64_t *start = w->first_asked;
    memset(start, 0, (size_t)(w->n + 1) * sizeof *start);
    for (int64_t i = first[0]; i < first[w->b]; i++) start[answer[i] + 1]++;
    for (int64_t i = 0; i < w->n; i++) start[i + 1] += start[i];
    for (int64_t j = 0; j < w->b; j++)
        for (int64_t i = first[j]; i < first[j + 1]; i++) w->asked[start[answer[i]]++] = (int32_t)j;
    memmove(start + 1, start, (size_t)w->n * sizeof *start);
    start[0] = 0;
}

static void slice_draw(slice *w)
{
    sort_answers(w);
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < w->tiles; t++) {
        int64_t first = t * LOSS_TILE;
        float *carry = w->carry + t * w->b;
        for (int64_t j = 0; j < w->b; j++)
            carry[j] = (float)(random_hash32(w->how->key, (uint32_t)(t * w->rows->count + w->row + j)) >> 8) * 0x1p-24f;
        kernels()->tile_draw(w->count + first, w->index + first * w->b, w->s + first * w->b, carry, w->lse, w->draws,
                             w->first_asked + first, w->asked, w->weight + first, tile_rows(w, t), w->b);
    }
}

/* Rows one after the other at the front of s and index. */
static void slice_pack(slice *w)
{
    w->first[0] = 0;
    for (int64_t i = 0; i < w->n; i++) {
        int64_t to = w->first[i], count = w->count[i];
        memmove(w->s + to, w->s + i * w->b, (size_t)count * sizeof *w->s);
        memmove(w->index + to, w->index + i * w->b, (size_t)count * sizeof *w->index);
        w->first[i + 1] = to + count;
    }
}

static void *take(float **work, int64_t n)
{
    void *p = *work;
    *work += chunk_count(n, 16) * 16;
    return p;
}

static void slice_init(slice *w, float *work, int64_t most, int64_t answers)
{
    w->s = take(&work, w->n * most);
    w->index = take(&work, w->n * most);
    w->count = take(&work, w->n);
    w->first = take(&work, 2 * (w->n + 1));
    w->first_asked = take(&work, 2 * (w->n + 1));
    w->asked = take(&work, answers);
    w->weight = take(&work, w->n);
    w->max = take(&work, w->tiles * most);
    w->sum = take(&work, w->tiles * most);
    w->carry = take(&work, w->tiles * most);
    w->lse = take(&work, most);
    w->draws = take(&work, most);
    if (w->bf16) w->q_columns = take(&work, bf16_words(w->d, most));
}

double loss_sampled(float *dq, float *dx, float *work, const float *q, const float *x, const gat_rows *rows, int64_t n,
                    int64_t d, const gat_loss_options *how)
{
    int64_t most = rows_at_once(n, rows->count);
    slice w = {.how = how, .x = x, .rows = rows, .n = n, .d = d, .tiles = chunk_count(n, LOSS_TILE)};
    if (how->precision == GAT_PRECISION_BF16) w.bf16 = bf16_kernels();
    slice_init(&w, work, most, rows->first[rows->count] - rows->first[0]);
    for (int64_t i = 0; i < n; i++) w.weight[i] = (float)(weight_of(&w, (int32_t)i) * (double)how->samples);
    linear_one_thread();
    float scale = (float)(1 / ((double)how->samples * how->total));
    double loss = 0;
    for (w.row = 0; w.row < rows->count; w.row += most) {
        w.b = rows->count - w.row < most ? rows->count - w.row : most;
        w.q = q + w.row * d;
        slice_scores(&w);
        loss += slice_loss(&w);
        slice_draw(&w);
        slice_pack(&w);
        kernels()->sparse_backward(dx, dq + w.row * d, x, w.q, w.first, w.index, w.s, scale, n, d);
    }
    return loss / how->total;
}

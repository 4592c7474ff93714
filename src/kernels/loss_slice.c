#include "kernels/loss_slice.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

/* Score of what is left out of a softmax: far below all others, and still a number. */
static const float LEFT_OUT = -1e30f;

static void *take(float **work, int64_t *used, int64_t words)
{
    float *p = *work;
    words = chunk_count(words, 16) * 16;
    *used += words;
    if (p) *work += words;
    return p;
}

static bool is_binary(const loss_slice *w) { return w->how->kind == GAT_LOSS_BCE; }
static bool is_distance(const loss_slice *w) { return w->how->compare == GAT_COMPARE_DISTANCE; }

static void layout_packed(loss_slice *w, float **work, int64_t *used, int64_t b)
{
    if (w->how->precision != GAT_PRECISION_BF16 || is_distance(w)) return;
    w->bf16 = bf16_kernels();
    w->q_columns = take(work, used, bf16_words(w->d, b));
    w->q_rows = take(work, used, bf16_words(b, w->d));
    w->x_rows = take(work, used, w->parts * bf16_words(w->tile_rows, w->d));
}

int64_t slice_layout(loss_slice *w, float *work, int64_t b, int64_t answers)
{
    int64_t used = 0, scores = is_binary(w) ? w->parts * w->tile_rows * b : w->n * b;
    w->s = take(&work, &used, scores);
    w->distance = take(&work, &used, is_distance(w) ? scores : 0);
    w->max = take(&work, &used, is_binary(w) ? 0 : w->tiles * b);
    w->sum = take(&work, &used, w->tiles * b);
    w->lse = take(&work, &used, b);
    w->weight = take(&work, &used, b);
    w->q2 = take(&work, &used, b);
    w->x2 = take(&work, &used, is_distance(w) ? w->n : 0);
    w->part = take(&work, &used, w->parts > 1 ? w->parts * b * w->d : 0);
    w->column = take(&work, &used, is_distance(w) ? w->parts * b : 0);
    w->tile_answer = take(&work, &used, w->tiles + 2);
    w->answer = take(&work, &used, answers * (int64_t)(sizeof *w->answer / sizeof *work));
    w->value = take(&work, &used, answers);
    layout_packed(w, &work, &used, b);
    return used;
}

void slice_begin(loss_slice *w)
{
    if (is_distance(w)) kernels()->row_squares(w->x2, w->x, w->n, w->d);
}

static int64_t rows_of(const loss_slice *w, int64_t tile)
{
    int64_t left = w->n - tile * w->tile_rows;
    return left < w->tile_rows ? left : w->tile_rows;
}

static int64_t first_answer(const loss_slice *w, int64_t j)
{
    return w->rows->first[w->row + j] - w->rows->first[w->row];
}

/* Sorts the answers of the slice by tile; within a tile they keep their order. */
static void sort_answers(loss_slice *w)
{
    const int32_t *entity = w->rows->answer + w->rows->first[w->row];
    int32_t *start = w->tile_answer;
    int64_t count = first_answer(w, w->b);
    memset(start, 0, (size_t)(w->tiles + 2) * sizeof *start);
    for (int64_t i = 0; i < count; i++) start[entity[i] / w->tile_rows + 2]++;
    for (int64_t t = 0; t < w->tiles; t++) start[t + 2] += start[t + 1];
    for (int64_t j = 0; j < w->b; j++)
        for (int64_t i = first_answer(w, j); i < first_answer(w, j + 1); i++)
            w->answer[start[entity[i] / w->tile_rows + 1]++] = (loss_answer){entity[i], (int32_t)j, (int32_t)i};
}

/* ---- scores ---- */

/* The scores of a tile (its rows, b) go to w->s + at, and a copy of distances. */
static void tile_scores(loss_slice *w, int64_t at, int64_t t)
{
    float *s = w->s + at;
    int64_t first = t * w->tile_rows, n = rows_of(w, t);
    const float *x = w->x + first * w->d;
    if (w->bf16) w->bf16->product(s, w->b, x, w->d, false, w->q_columns, n, w->b, w->d, false);
    else matmul(s, x, w->q, n, w->b, w->d, false, true, w->d, w->d, w->b, 0);
    if (!is_distance(w)) return;
    kernels()->tile_distance(s, w->x2 + first, w->q2, n, w->b);
    memcpy(w->distance + at, s, (size_t)(n * w->b) * sizeof *s);
}

static float *answer_score(const loss_slice *w, float *s, int64_t t, const loss_answer *a)
{
    return s + (a->entity - t * w->tile_rows) * w->b + a->row;
}

static void keep_answer_scores(loss_slice *w, float *s, int64_t t)
{
    for (int32_t i = w->tile_answer[t]; i < w->tile_answer[t + 1]; i++)
        w->value[w->answer[i].index] = *answer_score(w, s, t, &w->answer[i]);
}

static void set_answer_scores(loss_slice *w, float *s, int64_t t, float to)
{
    for (int32_t i = w->tile_answer[t]; i < w->tile_answer[t + 1]; i++) *answer_score(w, s, t, &w->answer[i]) = to;
}

static void slice_scores(loss_slice *w)
{
    bool filtered = w->how->kind == GAT_LOSS_FILTERED_CE;
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < w->tiles; t++) {
        int64_t at = t * w->tile_rows * w->b;
        tile_scores(w, at, t);
        keep_answer_scores(w, w->s + at, t);
        if (filtered) set_answer_scores(w, w->s + at, t, LEFT_OUT);
        kernels()->tile_max_sum(w->max + t * w->b, w->sum + t * w->b, w->s + at, rows_of(w, t), w->b);
    }
}

/* ---- from scores to the gradient of an answer and the weight of a row ---- */

static double answer_weight(const loss_slice *w, int64_t i)
{
    const float *weight = w->how->answer_weight;
    return weight ? (double)weight[w->rows->answer[w->rows->first[w->row] + i]] : 1;
}

static double row_softmax(loss_slice *w, int64_t j)
{
    double loss = 0, sum = 0;
    for (int64_t i = first_answer(w, j); i < first_answer(w, j + 1); i++) {
        double weight = answer_weight(w, i);
        loss += weight * ((double)w->lse[j] - (double)w->value[i]);
        w->value[i] = (float)(-weight * (1 - (double)w->how->smoothing) / w->how->total);
        sum += weight;
    }
    w->weight[j] = (float)(sum / w->how->total);
    return loss;
}

/* lse is that of the others, so an answer loses log(1 + exp(lse - s)); the others share the gradients of all answers. */
static double row_filtered(loss_slice *w, int64_t j)
{
    double loss = 0, share = 0;
    for (int64_t i = first_answer(w, j); i < first_answer(w, j + 1); i++) {
        double above = (double)w->lse[j] - (double)w->value[i], low = exp(-fabs(above)),
               p = (above > 0 ? 1 : low) / (1 + low), weight = answer_weight(w, i);
        loss += weight * ((above < 0 ? 0 : above) + log1p(low));
        share += weight * p;
        w->value[i] = (float)(-weight * p / w->how->total);
    }
    w->weight[j] = (float)(share / w->how->total);
    return loss;
}

static double slice_softmax(loss_slice *w)
{
    double loss = 0;
    kernels()->tile_lse(w->lse, w->max, w->sum, w->tiles, w->b);
    for (int64_t j = 0; j < w->b; j++) loss += w->how->kind == GAT_LOSS_CE ? row_softmax(w, j) : row_filtered(w, j);
    return loss;
}

/* ---- gradients ---- */

/* The gradient of the scores of a tile, at its place or in the part's own tile. */
static float *tile_gradient(loss_slice *w, int64_t part, int64_t t)
{
    const gat_kernels *kn = kernels();
    int64_t n = rows_of(w, t), at = (is_binary(w) ? part : t) * w->tile_rows * w->b;
    float *g = w->s + at;
    double total = w->how->total, smoothing = (double)w->how->smoothing;
    if (is_binary(w)) {
        tile_scores(w, at, t);
        keep_answer_scores(w, g, t);
        kn->tile_sigmoid(g, w->sum + t * w->b, w->weight, (float)(smoothing / (double)w->n), n, w->b);
    } else kn->tile_softmax(g, w->lse, w->weight, (float)(smoothing / (double)w->n), n, w->b);
    if (w->how->kind == GAT_LOSS_FILTERED_CE) set_answer_scores(w, g, t, 0);
    for (int32_t i = w->tile_answer[t]; i < w->tile_answer[t + 1]; i++)
        *answer_score(w, g, t, &w->answer[i]) +=
            is_binary(w) ? (float)(-(1 - smoothing) / total) : w->value[w->answer[i].index];
    if (is_distance(w)) kn->tile_distance_backward(g, w->distance + at, n, w->b);
    return g;
}

/* What is no product in the gradient of a distance: dx -= rowsum(g) x, and the column sums of g for dq. */
static void tile_distance_sums(loss_slice *w, float *column, const float *g, int64_t t)
{
    int64_t first = t * w->tile_rows, n = rows_of(w, t);
    float row[LOSS_TILE];
    kernels()->tile_sums(row, column, g, n, w->b);
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < w->d; c++) w->dx[(first + i) * w->d + c] -= row[i] * w->x[(first + i) * w->d + c];
}

/* dx += g q and dq += g^T x over one tile. */
static void tile_products(loss_slice *w, float *dq, const float *g, int64_t part, int64_t t)
{
    int64_t first = t * w->tile_rows, n = rows_of(w, t), b = w->b, d = w->d;
    const float *x = w->x + first * d;
    float *dx = w->dx + first * d;
    if (!w->bf16) {
        matmul(dx, g, w->q, n, d, b, false, false, b, d, d, 1);
        matmul(dq, g, x, b, d, n, true, false, b, d, d, 1);
        return;
    }
    uint32_t *words = w->x_rows + part * bf16_words(w->tile_rows, d);
    w->bf16->pack(words, x, d, false, n, d);
    w->bf16->product(dx, d, g, b, false, w->q_rows, n, d, b, true);
    w->bf16->product(dq, d, g, b, true, words, b, d, n, true);
}

static void slice_gradients(loss_slice *w)
{
    int64_t size = w->b * w->d;
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < w->parts; p++) {
        float *dq = w->parts > 1 ? w->part + p * size : w->dq, *column = is_distance(w) ? w->column + p * w->b : NULL;
        if (w->parts > 1) memset(dq, 0, (size_t)size * sizeof *dq);
        if (column) memset(column, 0, (size_t)w->b * sizeof *column);
        int64_t end = part_start(w->tiles, w->parts, p + 1);
        for (int64_t t = part_start(w->tiles, w->parts, p); t < end; t++) {
            const float *g = tile_gradient(w, p, t);
            if (column) tile_distance_sums(w, column, g, t);
            tile_products(w, dq, g, p, t);
        }
    }
    if (w->parts > 1) kernels()->add_parts(w->dq, w->part, w->parts, size, size);
    for (int64_t p = 0; is_distance(w) && p < w->parts; p++)
        for (int64_t j = 0; j < w->b; j++)
            for (int64_t c = 0; c < w->d; c++) w->dq[j * w->d + c] -= w->column[p * w->b + j] * w->q[j * w->d + c];
}

static double slice_sigmoid(const loss_slice *w)
{
    double loss = 0, answers = 0;
    for (int64_t i = 0; i < w->tiles * w->b; i++) loss += (double)w->sum[i];
    for (int64_t i = 0; i < first_answer(w, w->b); i++) answers += (double)w->value[i];
    return loss - (1 - (double)w->how->smoothing) * answers;
}

static void pack_q(loss_slice *w)
{
    w->bf16->pack(w->q_columns, w->q, w->d, true, w->d, w->b);
    w->bf16->pack(w->q_rows, w->q, w->d, false, w->b, w->d);
}

double slice_run(loss_slice *w, float *dq, const float *q, int64_t row, int64_t b)
{
    double loss = 0;
    w->row = row;
    w->b = b;
    w->q = q + row * w->d;
    w->dq = dq + row * w->d;
    sort_answers(w);
    if (w->bf16) pack_q(w);
    if (is_distance(w)) kernels()->row_squares(w->q2, w->q, b, w->d);
    if (!is_binary(w)) slice_scores(w), loss = slice_softmax(w);
    for (int64_t j = 0; is_binary(w) && j < b; j++) w->weight[j] = (float)(1 / w->how->total);
    slice_gradients(w);
    return (is_binary(w) ? slice_sigmoid(w) : loss) / w->how->total;
}

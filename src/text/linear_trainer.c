#include "text/linear_trainer.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { STREAM_ORDER = 0x7e10 };

/* Sweeps end when no multiplier has moved by more than this share of what it could. */
static const float SETTLED = 0.02f;

void linear_margins(float *restrict margin, const float *restrict w, int32_t stride, const int32_t *column,
                    const float *value, int64_t n)
{
    memset(margin, 0, (size_t)stride * sizeof *margin);
    for (int64_t i = 0; i < n; i++) {
        const float *row = w + (int64_t)column[i] * stride;
        float x = value[i];
        for (int32_t l = 0; l < stride; l++) margin[l] += x * row[l];
    }
}

static void add_row(float *restrict w, const float *restrict delta, int32_t stride, const int32_t *column,
                    const float *value, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float *row = w + (int64_t)column[i] * stride;
        float x = value[i];
        for (int32_t l = 0; l < stride; l++) row[l] += x * delta[l];
    }
}

/* What a sweep works on. */
typedef struct sweep {
    const linear_task *task;
    float *w, *alpha; /* (columns,stride), (n,stride) */
    int32_t stride;
} sweep;

static float squares_of(const sparse_rows *x, int64_t row)
{
    float sum = 0;
    for (int64_t i = x->start[row]; i < x->start[row + 1]; i++) sum += x->value[i] * x->value[i];
    return sum;
}

/* The multipliers of one row for all labels; how far the one moved that moved most. */
static float visit(const sweep *s, int64_t row, float *alpha)
{
    const linear_task *t = s->task;
    const sparse_rows *x = t->x;
    int64_t from = x->start[row], n = x->start[row + 1] - from;
    float margin[LABEL_MOST], delta[LABEL_MOST] = {0}, most = 0, diagonal = (float)(0.5 / t->c);
    float step = 1 / (squares_of(x, row) + diagonal);
    linear_margins(margin, s->w, s->stride, x->column + from, x->value + from, n);
    for (int32_t l = 0; l < t->labels; l++) {
        float y = t->truth[row * t->labels + l] ? 1 : -1;
        float moved = alpha[l] - (y * margin[l] - 1 + alpha[l] * diagonal) * step;
        if (moved < 0) moved = 0;
        float change = moved - alpha[l];
        delta[l] = y * change;
        alpha[l] = moved;
        if (fabsf(change) > most) most = fabsf(change);
    }
    if (most > 0) add_row(s->w, delta, s->stride, x->column + from, x->value + from, n);
    return most / step;
}

gat_status linear_train(float *w, const linear_task *t, const int64_t *use, int64_t n, gat_error *err)
{
    int32_t stride = label_stride(t->labels);
    int64_t *order = gat_alloc(n, sizeof *order);
    float *alpha = gat_calloc(n * stride, sizeof *alpha), most = 1;
    const sweep s = {t, w, alpha, stride};
    gat_status st = order && alpha ? GAT_OK : error_nomem(err);
    memset(w, 0, (size_t)t->columns * (size_t)stride * sizeof *w);
    for (int64_t i = 0; !st && i < n; i++) order[i] = i;
    for (int pass = 0; !st && pass < t->passes && most > SETTLED; pass++) {
        random_shuffle(order, n, t->seed, random_stream(STREAM_ORDER, (uint64_t)pass, (uint64_t)n));
        most = 0;
        for (int64_t i = 0; i < n; i++) {
            float moved = visit(&s, use[order[i]], alpha + order[i] * stride);
            if (moved > most) most = moved;
        }
    }
    gat_free(order);
    gat_free(alpha);
    return st;
}

static gat_status hold_out(float *margin, const linear_task *t, const uint8_t *fold, int held, gat_error *err)
{
    int32_t stride = label_stride(t->labels);
    const sparse_rows *x = t->x;
    int64_t *use = gat_alloc(x->rows, sizeof *use), n = 0;
    float *w = gat_alloc((int64_t)t->columns * stride, sizeof *w);
    gat_status st = use && w ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < x->rows; i++)
        if (fold[i] != held) use[n++] = i;
    if (!st) st = linear_train(w, t, use, n, err);
    for (int64_t i = 0; !st && i < x->rows; i++)
        if (fold[i] == held)
            linear_margins(margin + i * stride, w, stride, x->column + x->start[i], x->value + x->start[i],
                           x->start[i + 1] - x->start[i]);
    gat_free(use);
    gat_free(w);
    return st;
}

gat_status linear_held_out(float *margin, const linear_task *t, const uint8_t *fold, int folds, gat_error *err)
{
    gat_status st = GAT_OK;
#pragma omp parallel for schedule(dynamic)
    for (int k = 0; k < folds; k++) {
        gat_status own = hold_out(margin, t, fold, k, NULL);
        if (own) {
#pragma omp critical
            st = own;
        }
    }
    return st == GAT_ENOMEM ? error_nomem(err) : st;
}

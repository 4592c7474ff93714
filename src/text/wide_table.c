#include "text/wide_table.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static const float BETA1 = 0.9f, BETA2 = 0.999f, EPSILON = 1e-8f;

gat_status wide_table_init(wide_table *t, int64_t columns, int64_t width, gat_error *err)
{
    *t = (wide_table){columns, width, gat_calloc(columns * width, sizeof *t->w)};
    return t->w ? GAT_OK : error_nomem(err);
}

void wide_table_clear(wide_table *t)
{
    gat_free(t->w);
    *t = (wide_table){0};
}

gat_status wide_trainer_init(wide_trainer *t, wide_table *table, int64_t entries, gat_error *err)
{
    int64_t n = table->columns;
    *t = (wide_trainer){.table = table,
                        .first = gat_calloc(n * table->width, sizeof *t->first),
                        .second = gat_calloc(n * table->width, sizeof *t->second),
                        .grad = gat_alloc(table->width, sizeof *t->grad),
                        .last = gat_calloc(n, sizeof *t->last),
                        .head = gat_alloc(n, sizeof *t->head),
                        .tail = gat_alloc(n, sizeof *t->tail),
                        .touched = gat_alloc(n, sizeof *t->touched),
                        .next = gat_alloc(entries, sizeof *t->next),
                        .row = gat_alloc(entries, sizeof *t->row),
                        .entries = entries};
    if (!t->first || !t->second || !t->grad || !t->last || !t->head || !t->tail || !t->touched || !t->next || !t->row) {
        wide_trainer_clear(t);
        return error_nomem(err);
    }
    for (int64_t c = 0; c < n; c++) t->head[c] = -1;
    return GAT_OK;
}

void wide_trainer_clear(wide_trainer *t)
{
    gat_free(t->first);
    gat_free(t->second);
    gat_free(t->grad);
    gat_free(t->last);
    gat_free(t->head);
    gat_free(t->tail);
    gat_free(t->touched);
    gat_free(t->next);
    gat_free(t->row);
    *t = (wide_trainer){0};
}

/* The steps of Adam with gradient 0 up to `step`. */
static void catch_up(wide_trainer *t, int64_t column, const wide_step *s, int64_t step)
{
    int64_t width = t->table->width, gap = step - t->last[column];
    if (gap <= 0) return;
    bool fresh = !t->last[column];
    t->last[column] = (int32_t)step;
    if (fresh) return;
    float ratio = BETA1 / sqrtf(BETA2), fade = powf(BETA1, (float)gap), fade2 = powf(BETA2, (float)gap);
    float sum = ratio * (1 - powf(ratio, (float)gap)) / (1 - ratio);
    float bias1 = 1 - powf(BETA1, (float)step), bias2 = sqrtf(1 - powf(BETA2, (float)step));
    float scale = s->rate * sum * bias2 / bias1, keep = powf(1 - s->rate * s->decay, (float)gap);
    float *w = t->table->w + column * width, *m = t->first + column * width, *v = t->second + column * width;
    for (int64_t k = 0; k < width; k++) {
        w[k] = keep * w[k] - scale * m[k] / (sqrtf(v[k]) + EPSILON);
        m[k] *= fade;
        v[k] *= fade2;
    }
}

/* Entries of each column in a chain, columns in the order of their first entry: the order of all sums. */
static void chain(wide_trainer *t, const bag_rows *batch)
{
    t->num_touched = 0;
    for (int64_t r = 0; r < batch->rows; r++)
        for (int64_t i = batch->first[r]; i < batch->first[r + 1]; i++) {
            int32_t column = batch->column[i];
            t->row[i] = (int32_t)r;
            t->next[i] = -1;
            if (t->head[column] < 0) {
                t->head[column] = (int32_t)i;
                t->touched[t->num_touched++] = column;
            } else t->next[t->tail[column]] = (int32_t)i;
            t->tail[column] = (int32_t)i;
        }
}

void wide_begin(wide_trainer *t, const bag_rows *batch, const wide_step *s)
{
    chain(t, batch);
    for (int64_t i = 0; i < t->num_touched; i++) catch_up(t, t->touched[i], s, s->step - 1);
}

static void adam_row(wide_trainer *t, int64_t column, const wide_step *s, float bias1, float bias2)
{
    int64_t width = t->table->width;
    float *w = t->table->w + column * width, *m = t->first + column * width, *v = t->second + column * width;
    float keep = 1 - s->rate * s->decay, scale = s->rate * bias2 / bias1;
    for (int64_t k = 0; k < width; k++) {
        float g = t->grad[k];
        m[k] = BETA1 * m[k] + (1 - BETA1) * g;
        v[k] = BETA2 * v[k] + (1 - BETA2) * g * g;
        w[k] = keep * w[k] - scale * m[k] / (sqrtf(v[k]) + EPSILON);
    }
    t->last[column] = (int32_t)s->step;
}

void wide_end(wide_trainer *t, const bag_rows *batch, const float *dy, const wide_step *s)
{
    int64_t width = t->table->width;
    float bias1 = 1 - powf(BETA1, (float)s->step), bias2 = sqrtf(1 - powf(BETA2, (float)s->step));
    for (int64_t j = 0; j < t->num_touched; j++) {
        int32_t column = t->touched[j];
        memset(t->grad, 0, (size_t)width * sizeof *t->grad);
        for (int32_t i = t->head[column]; i >= 0; i = t->next[i]) {
            const float *from = dy + t->row[i] * width;
            float value = batch->value[i];
            for (int64_t k = 0; k < width; k++) t->grad[k] += value * from[k];
        }
        t->head[column] = -1;
        adam_row(t, column, s, bias1, bias2);
    }
}

void wide_finish(wide_trainer *t, const wide_step *s)
{
    for (int64_t c = 0; c < t->table->columns; c++) catch_up(t, c, s, s->step);
}

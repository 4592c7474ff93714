#include "tasks/similarity.h"

#include <math.h>

#include "graph/vocab.h"
#include "tasks/task_view.h"

double cosine_of(const embedding_view *v, int64_t a, int64_t b)
{
    const float *x = v->encoded + a * v->dim, *y = v->encoded + b * v->dim;
    double dot = 0, xx = 0, yy = 0;
    for (int64_t i = 0; i < v->dim; i++) {
        dot += (double)x[i] * (double)y[i];
        xx += (double)x[i] * (double)x[i];
        yy += (double)y[i] * (double)y[i];
    }
    double norm = sqrt(xx) * sqrt(yy);
    return norm > 0 ? fmax(-1, fmin(1, dot / norm)) : 0;
}

gat_status similarity_of(double *out, const gat_model *model, const char *a, const char *b, const gat_dataset *graph,
                         gat_error *err)
{
    task_view v;
    const embedding_view *embedded = NULL;
    int32_t first = 0, second = 0;
    *out = 0;
    gat_status st = task_view_open(&v, model, graph, err);
    if (!st) st = embedding_view_need(&embedded, v.view, "similarity", err);
    if (!st) st = vocab_lookup(&first, v.view->entities, a, "entity", err);
    if (!st) st = vocab_lookup(&second, v.view->entities, b, "entity", err);
    if (!st) *out = cosine_of(embedded, first, second);
    task_view_close(&v);
    return st;
}

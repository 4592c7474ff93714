#include "tasks/near_points.h"

#include "base/error.h"
#include "base/memory.h"
#include "kernels/kernels.h"
#include "kernels/loss.h"
#include "tasks/top_list.h"

enum { BLOCK = 256 };

/* scores (rows) of point i: minus distances. */
static gat_status keep_nearest(near_point *near, const float *scores, int64_t i, int64_t rows, int64_t nearest,
                               gat_error *err)
{
    top_list list = {0};
    gat_status st = top_list_init(&list, nearest, rows, err);
    for (int64_t j = 0; !st && j < rows; j++)
        if (j != i) top_list_add(&list, (double)scores[j], j);
    if (!st) top_list_sort(&list);
    for (int64_t k = 0; !st && k < nearest; k++)
        near[k] = (near_point){(int32_t)list.items[k].id, -(float)list.items[k].value};
    top_list_clear(&list);
    return st;
}

gat_status near_points(near_point *near, const float *x, int64_t rows, int64_t dim, int64_t nearest, gat_error *err)
{
    float *scores = gat_alloc(BLOCK * rows, sizeof *scores), *squares = gat_alloc(rows, sizeof *squares);
    gat_status st = scores && squares ? GAT_OK : error_nomem(err);
    if (!st) kernels()->row_squares(squares, x, rows, dim);
    for (int64_t first = 0; !st && first < rows; first += BLOCK) {
        int64_t count = rows - first < BLOCK ? rows - first : BLOCK;
        score_all(scores, x + first * dim, x, squares, count, rows, dim, GAT_COMPARE_DISTANCE);
        for (int64_t k = first; !st && k < first + count; k++)
            st = keep_nearest(near + k * nearest, scores + (k - first) * rows, k, rows, nearest, err);
    }
    gat_free(scores);
    gat_free(squares);
    return st;
}

/* The nearest points of every point. */
#ifndef GAT_TASKS_NEAR_POINTS_H
#define GAT_TASKS_NEAR_POINTS_H

#include <stdint.h>

#include "base/status.h"

typedef struct near_point {
    int32_t id;
    float distance; /* Euclidean */
} near_point;

/* near (rows, nearest): of each point of x (rows, dim) the nearest others, nearest first, of equal ones the smaller id. 1 <= nearest <
 * rows. All are compared with all: memory for a block of scores, time rows^2 dim. */
gat_status near_points(near_point *near, const float *x, int64_t rows, int64_t dim, int64_t nearest, gat_error *err);

#endif

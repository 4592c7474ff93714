/* The two principal components of a table. */
#ifndef GAT_TASKS_PRINCIPAL_H
#define GAT_TASKS_PRINCIPAL_H

#include <stdint.h>

#include "base/status.h"

/* place (rows, 2) <- x (rows, dim), less the mean of its rows, along the two directions of largest variance, larger first. Of each
 * direction the largest entry is positive. Same bits for any number of threads. x is changed: the mean is taken off. */
gat_status principal_plane(double *place, float *x, int64_t rows, int64_t dim, gat_error *err);

#endif

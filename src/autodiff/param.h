/* The trainable tensors of a model: one block of values, one of gradients, and a name for every piece. The order of
 * declaration is the order in the block, in files and in digests. */
#ifndef GAT_AUTODIFF_PARAM_H
#define GAT_AUTODIFF_PARAM_H

#include <stdint.h>

#include "base/status.h"

enum { PARAM_NAME = 40 };

/* A (rows, cols) piece of the block. */
typedef struct gat_param {
    char name[PARAM_NAME];
    int64_t rows, cols, offset;
} gat_param;

typedef struct gat_params {
    gat_param *list;
    int count, capacity;
    int64_t size;        /* floats in the block; every piece starts at a multiple of 16 */
    int64_t grad_from;   /* pieces at smaller offsets have no gradient */
    float *value, *grad; /* NULL until params_allocate; grad of floats grad_from .. size, NULL when not trained */
} gat_params;

/* Declares a piece and gives its index. Names are borrowed for the call. */
gat_status params_declare(int *index, gat_params *params, const char *name, int64_t rows, int64_t cols, gat_error *err);

/* Zeroed blocks for all declared pieces. */
gat_status params_allocate(gat_params *params, int with_gradients, gat_error *err);

/* The same with gradients of pieces from `first` on only: those before are trained row by row. */
gat_status params_allocate_from(gat_params *params, int first, gat_error *err);
void params_clear(gat_params *params);

static inline float *param_value(const gat_params *p, int index) { return p->value + p->list[index].offset; }
static inline float *param_grad(const gat_params *p, int index)
{
    return p->grad + (p->list[index].offset - p->grad_from);
}
static inline int64_t param_size(const gat_params *p, int index) { return p->list[index].rows * p->list[index].cols; }

/* Sets every element. */
void param_fill(const gat_params *params, int index, float value);

/* Trainable numbers, without the padding between pieces. */
int64_t params_count(const gat_params *params);

#endif

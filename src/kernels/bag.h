/* Small kernels of models of text: rows that are weighted sums of a table's rows, products, and the loss over labels. */
#ifndef GAT_KERNELS_BAG_H
#define GAT_KERNELS_BAG_H

#include <stdbool.h>
#include <stdint.h>

/* Sparse rows over a table: row i has the entries first[i] .. first[i + 1]. All borrowed. */
typedef struct bag_rows {
    int64_t rows;
    const int64_t *first;  /* rows + 1 */
    const int32_t *column; /* row of the table */
    const float *value;
} bag_rows;

/* y (N,D) = sum of value * table row; and its gradient, added to dtable (K,D) in the order of the entries. */
void bag_forward(float *y, const bag_rows *bag, const float *table, int64_t d);
void bag_backward(float *dtable, const bag_rows *bag, const float *dy, int64_t d);

/* y = a * b, n numbers; and its gradients. */
void product_forward(float *y, const float *a, const float *b, int64_t n);
void product_backward(float *da, float *db, const float *dy, const float *a, const float *b, int64_t n);

/* y (G,D): by column the largest among rows member[first[g] .. first[g + 1]) of x (N,D), 0 for a group without members; arg
 * (G,D): which row it was, -1; and its gradient. */
void group_max_forward(float *y, int32_t *arg, const float *x, const int64_t *first, const int32_t *member,
                       int64_t groups, int64_t d);
void group_max_backward(float *dx, const float *dy, const int32_t *arg, int64_t groups, int64_t d);

/* The mean over rows of the cross-entropy of logits (N,L) against truth (N,L) of 0 and 1, and its gradient, added to dlogit.
 * several: every label by itself, summed; else one of them, by softmax. smoothing: share of the target that is
 * spread over all labels (softmax only). */
double label_loss(float *dlogit, const float *logit, const uint8_t *truth, int64_t n, int64_t labels, bool several,
                  float smoothing);

#endif

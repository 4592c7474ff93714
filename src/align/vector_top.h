/* The nearest rows of one table to each row of another, exactly: matrix products in tiles, of which the best are kept. */
#ifndef GAT_ALIGN_VECTOR_TOP_H
#define GAT_ALIGN_VECTOR_TOP_H

#include "align/pair_matrix.h"

/* *out: for each row x of a (N1, width) the `top` rows y of b (N2, width) with the largest inner products, among those with
 * block_a[x] == block_b[y]; negative blocks take no part. Values are the products. Rows lie `stride` apart. */
gat_status vector_top(pair_matrix **out, const float *a, const float *b, int64_t width, int64_t stride,
                      const int8_t *block_a, const int8_t *block_b, int32_t rows, int32_t columns, int top,
                      gat_error *err);

#endif

/* Entities by what their facts say: a sketch of
 *     sum over the facts (x, r, z) of x of  relation(r) (tensor product) entity(z),
 * the third-order view of LightEA. The inner product of two such sums is that of all pairs of facts, relation times
 * neighbour, so it asks for like neighbours through like relations.
 *
 * A coordinate of the sketch is the product of two random projections, one of relations and one of entities (Kar and
 * Karnick 2012), whose expected product over coordinates is that of the inner products. */
#ifndef GAT_ALIGN_THIRD_ORDER_H
#define GAT_ALIGN_THIRD_ORDER_H

#include "align/propagation.h"

/* vectors[k] (N, width) <- unit rows; free with gat_free. width is a multiple of THIRD_ORDER_BLOCK. */
enum { THIRD_ORDER_BLOCK = 64 };
gat_status third_order_vectors(float *vectors[2], int64_t width, const kg_side *a, const kg_side *b,
                               const propagation *propagation, uint64_t seed, gat_error *err);

#endif

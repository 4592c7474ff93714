/* An embedding of both graphs in which counterparts are near: labels of the pairs as far as they are believed, spread twice
 * over the facts (propagation.h). An entity is near to its likely counterparts, whose label it shares, and to entities of its
 * own graph with the same neighbours. Made from what a stored alignment holds, the same bits every time. */
#ifndef GAT_ALIGN_ALIGNMENT_VECTORS_H
#define GAT_ALIGN_ALIGNMENT_VECTORS_H

#include "align/alignment.h"

typedef struct alignment_vectors {
    float *rows[2]; /* (N, width) of KG1 and KG2: of length 1, or zero for those without any label near */
    int64_t width;
} alignment_vectors;

gat_status alignment_vectors_init(alignment_vectors *out, const gat_alignment *alignment, gat_error *err);
void alignment_vectors_clear(alignment_vectors *vectors);

static inline const float *alignment_vector(const alignment_vectors *v, int side, int32_t entity)
{
    return v->rows[side] + entity * v->width;
}

#endif

/* Labels spread over both graphs without learning, after LightEA (Mao et al. 2022).
 *
 * Every entity of KG1 that is believed to have a counterpart gets a random vector, times its best belief; its candidates in
 * KG2 get it times their beliefs. Two rounds, entities and relations from the values before the round:
 *     relation <- unit(sum of its heads),
 *     entity   <- unit(2 degree itself + its neighbours, once per fact, + the relations that lead to it).
 * The labels and both rounds stand side by side and are scaled to length 1, so equal neighbourhoods give near vectors. */
#ifndef GAT_ALIGN_PROPAGATION_H
#define GAT_ALIGN_PROPAGATION_H

#include "align/kg_side.h"
#include "align/pair_matrix.h"

enum { PROPAGATION_STAGES = 3 };

/* Of KG1 and KG2. */
typedef struct propagation {
    int64_t width;      /* PROPAGATION_STAGES * dim */
    float *entity[2];   /* (N, width) */
    float *relation[2]; /* (2R, width) */
} propagation;

gat_status propagation_init(propagation *out, const kg_side *a, const kg_side *b, const pair_matrix *belief,
                            int64_t dim, uint64_t seed, gat_error *err);
void propagation_clear(propagation *propagation);

#endif

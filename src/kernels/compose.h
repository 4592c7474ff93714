/* Decoders as query builders: q (B,D) from the entity and the relation of each row, so that a score is one product
 * (or distance) of q with a candidate.
 *     distmult  q = x r                     dot        Yang et al. 2015
 *     complex   q = x r over complex        dot        Trouillon et al. 2016: Re <x, r, conj t>
 *     transe    q = x + r                   distance   Bordes et al. 2013, with the Euclidean norm
 *     rotate    q = x e^(i r)               distance   Sun et al. 2019, with the Euclidean norm; r (D/2) are angles
 *     rescal    q = R x                     dot        Nickel et al. 2011; R (D,D) is the relation's row
 *     tucker    q = (W r) x                 dot        Balazevic et al. 2019, see model/tucker.h
 *     conve     q = f(picture of x and r)   dot        Dettmers et al. 2018, see model/conve.h
 * Complex vectors are stored as (re | im). The first four are composed here, row by row; the others are built in
 * model/decoder.h from larger operations. */
#ifndef GAT_KERNELS_COMPOSE_H
#define GAT_KERNELS_COMPOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/loss.h"

typedef enum gat_decoder {
    GAT_DECODER_DISTMULT,
    GAT_DECODER_COMPLEX,
    GAT_DECODER_TRANSE,
    GAT_DECODER_ROTATE,
    GAT_NUM_COMPOSED,
    GAT_DECODER_RESCAL = GAT_NUM_COMPOSED,
    GAT_DECODER_TUCKER,
    GAT_DECODER_CONVE,
    GAT_NUM_DECODERS
} gat_decoder;

const char *decoder_name(gat_decoder decoder);
int decoder_by_name(const char *name);
gat_comparator decoder_comparator(gat_decoder decoder);
bool decoder_is_complex(gat_decoder decoder);

/* Width of a relation's vector for entities of width d. */
int64_t decoder_relation_width(gat_decoder decoder, int64_t d);

/* A composed decoder: q (B,D) <- x (N,D) at entity[b] and r (R, relation width) at relation[b]. */
void compose_forward(float *q, const float *x, const float *r, const int32_t *entity, const int32_t *relation,
                     int64_t b, int64_t d, gat_decoder decoder);
void compose_backward(float *dx, float *dr, const float *dq, const float *x, const float *r, const int32_t *entity,
                      const int32_t *relation, int64_t b, int64_t d, gat_decoder decoder);

/* The same score seen from the relation: z (B,D) from both ends of each fact, so that <z, r> is the score of
 * (head, r, tail). DistMult and ComplEx only. */
bool decoder_has_pairs(gat_decoder decoder);
void pair_forward(float *z, const float *x, const int32_t *head, const int32_t *tail, int64_t b, int64_t d,
                  gat_decoder decoder);
void pair_backward(float *dx, const float *dz, const float *x, const int32_t *head, const int32_t *tail, int64_t b,
                   int64_t d, gat_decoder decoder);

#endif

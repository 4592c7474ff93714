/* The regularisers of one step, each divided by the answers of the batch. With h and t the encoded ends of an answered
 * question, r its relation's vector and q the query vector that h and r make:
 *     n3     weight * (|h|^3 + |r|^3 + |t|^3), over moduli where the decoder is complex; Lacroix et al. 2018
 *     l2     weight * (|h|^2 + |r|^2 + |t|^2)
 *     dura   weight * ((2 - c) (|h|^2 + |t|^2) + c (|q|^2 + |q'|^2)), c dura-query and q' what t and r make from the other
 *            side: r t, conj(r) t or the transposed R t; Zhang, Cai, Wang 2020
 * TuckER and ConvE have no q' at hand: their questions add 2 c |q|^2, and the query of the reverse question, which comes
 * in its turn, stands for it. */
#ifndef GAT_TRAIN_REGULARIZE_STEP_H
#define GAT_TRAIN_REGULARIZE_STEP_H

#include "autodiff/ops.h"
#include "model/config.h"
#include "train/batch.h"

/* Puts the gradients into x (N,D) encoded entities, r relations and q (B,D) queries. */
void regularize_step(gat_tape *tape, const gat_config *config, const gat_batches *batch, gat_mat *x, gat_mat *r,
                     gat_mat *q);

#endif

/* Hard attention: every node and attention head listens to at most k of its edges. Logits, values and relations are
 * those of attention.h; only the weights differ.
 *     top-k    the k highest logits, softmax over them. The gradient goes through the kept ones.
 *     sampled  k draws from the softmax, with replacement; the output is the mean of the drawn messages. The logits learn
 *              by the score-function gradient (Williams 1992; Xu et al. 2015): a draw c is rewarded with its share
 *              r = -<dout, message c> of the fall of the loss, to first order, against the mean of the other draws as
 *              baseline (Kool et al. 2019). Over k draws that is, for edge c drawn n times,
 *                  d logit = n / (k - 1) * (<dout, message c> - <dout, out>),
 *              whose mean over the draws is the gradient of soft attention. At least two draws.
 *     gumbel   Gumbel noise on the logits, divided by the temperature; the k highest, softmax over them; backward as if
 *              all had been kept (straight-through; Jang et al. 2017; for more than one Kool et al. 2019). Without
 *              noise, as at evaluation, the k highest logits at that temperature.
 * Random numbers depend on the key and on the edge or node alone. Ties go to the edge that comes first. */
#ifndef GAT_KERNELS_SELECTION_H
#define GAT_KERNELS_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/attention.h"

typedef enum gat_selection {
    GAT_SELECT_SOFT,
    GAT_SELECT_TOP_K,
    GAT_SELECT_SAMPLED,
    GAT_SELECT_GUMBEL,
    GAT_NUM_SELECTIONS
} gat_selection;

enum { SELECT_MAX = 64 };

typedef struct gat_hard {
    gat_selection selection; /* not soft */
    int k;                   /* 1 to SELECT_MAX */
    float temperature;       /* of gumbel */
    bool noise;              /* of gumbel */
    uint32_t key;
} gat_hard;

/* Gradients, added to; dk may be dvalue when k is value. */
typedef struct gat_hard_grad {
    float *dq, *dk, *de, *da, *dvalue, *dm;
    float *ds;    /* scratch (E,H) */
    float *parts; /* scratch: attention_parts * attention_part_size floats */
} gat_hard_grad;

#endif

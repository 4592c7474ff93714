/* Adam and Adagrad over a model's parameter block, with one learning rate for the embedding tables and one for the
 * encoder. */
#ifndef GAT_TRAIN_OPTIMIZER_H
#define GAT_TRAIN_OPTIMIZER_H

#include "model/kg_model.h"

typedef struct gat_optim {
    float *state; /* (slots, params.size) */
    int slots;    /* Adagrad 1, Adam 2 */
    int64_t steps;
} gat_optim;

gat_status optim_init(gat_optim *optim, const gat_model *model, gat_error *err);
/* As it was at first, gradients too. */
void optim_restart(gat_optim *optim, gat_model *model);
void optim_clear(gat_optim *optim);

/* Learning-rate factor in epoch `epoch` (from 0), after `share` of its steps: warm-up and schedule step by step, decay
 * epoch by epoch. */
double optim_rate(const gat_config *config, int64_t epoch, double share);

/* One step with the gradients of the block, which are zeroed. */
void optim_step(gat_optim *optim, gat_model *model, double rate);

/* One step for a model whose entity table has no gradient in the block: dx (N,D) is that of its rows row[0 .. N), each
 * there once. The other rows stay as they are, with their state: Adam forgets nothing of them, weight decay passes them by. */
void optim_step_rows(gat_optim *optim, gat_model *model, const int32_t *row, const float *dx, int64_t n, double rate);

#endif

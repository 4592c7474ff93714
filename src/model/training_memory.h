/* What a training needs, told before it starts. */
#ifndef GAT_MODEL_TRAINING_MEMORY_H
#define GAT_MODEL_TRAINING_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/config.h"

/* Whether a step looks at some entities only: it draws its candidates or its edges. */
bool training_is_sampled(const gat_config *config);

/* Bytes at the peak, about: parameters, gradients, optimiser, activations, the graph and its names. */
int64_t training_bytes(const gat_config *config, int64_t entities, int64_t relations, int64_t facts);

#endif

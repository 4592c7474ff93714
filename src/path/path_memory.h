/* What training a path model needs, told before it starts. */
#ifndef GAT_PATH_PATH_MEMORY_H
#define GAT_PATH_PATH_MEMORY_H

#include "path/path_model.h"

/* Bytes at the peak, about. model: declared, not allocated. chunk: facts asked at once. */
int64_t path_training_bytes(const path_model *model, int64_t batch, int64_t chunk, int64_t entities, int64_t facts,
                            int threads);

#endif

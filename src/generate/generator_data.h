/* What a training learns from and is chosen by. */
#ifndef GAT_GENERATE_GENERATOR_DATA_H
#define GAT_GENERATE_GENERATOR_DATA_H

#include "generate/generator.h"

typedef struct generator_data {
    graph_set train, valid;
    int64_t
        *valid_fits; /* (num_valid) those that are measured: at most GENERATOR_VALID, all of whose names train has */
    int64_t num_valid;
} generator_data;

/* Reads the files, and gives the model its names, sides, known graphs and counts. GAT_EDATA. */
gat_status generator_data_load(generator_data *data, gat_generator *model, const char *path, gat_error *err);
void generator_data_clear(generator_data *data);

#endif

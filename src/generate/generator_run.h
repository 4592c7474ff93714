/* A training on its way: what a checkpoint keeps, and where it is kept. */
#ifndef GAT_GENERATE_GENERATOR_RUN_H
#define GAT_GENERATE_GENERATOR_RUN_H

#include "generate/generator.h"

/* Numbers of a run, as they lie in the file. */
typedef struct run_state {
    int64_t steps, best_epoch, stale; /* stale: epochs since the best */
    double best_bits, epoch_bits;     /* epoch_bits: sum over the graphs of this epoch so far */
} run_state;

typedef struct generator_run {
    gat_generator *model;
    run_state at;
    float *adam, *best; /* (2,size), (size) */
} generator_run;

/* Of what is learned from, and how. */
void generator_run_identity(uint64_t identity[2], const gat_generator *model);

gat_status generator_run_write(const generator_run *run, const char *path, gat_error *err);

/* GAT_EUSAGE: the file belongs to another run; GAT_EMODEL: damaged. */
gat_status generator_run_read(generator_run *run, const char *path, gat_error *err);

#endif

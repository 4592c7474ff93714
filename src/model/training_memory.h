/* What a training needs, told before it starts. */
#ifndef GAT_MODEL_TRAINING_MEMORY_H
#define GAT_MODEL_TRAINING_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/config.h"

/* Whether a step looks at some entities only: it draws its candidates or its edges. */
bool training_is_sampled(const gat_config *config);

/* Of the data. */
typedef struct training_sizes {
    int64_t entities, relations, facts; /* of train */
    int64_t questions;                  /* different (entity, relation) of them, both ways; 0: not known */
    int64_t others;                     /* entities of valid and test alone */
    int64_t valid;                      /* facts */
    int64_t names;                      /* bytes of the names and texts, as they are held */
    int threads;
} training_sizes;

/* Bytes of its parts. The first four are held from the first step to the end. */
typedef struct training_memory {
    int64_t model;      /* names and facts */
    int64_t parameters; /* values, gradients, optimiser, the kept state, members that are done */
    int64_t graph;      /* messages, known answers, batches */
    int64_t table;      /* encoded entities, to be compared with */
    int64_t building;   /* while the graph is made: beyond the model */
    int64_t step;       /* beyond the first four; held on */
    int64_t validation; /* beyond all that */
    int64_t joining;    /* of members: in place of parameters, table and validation */
} training_memory;

/* Sums over what is allocated. GAT_EUSAGE: a model that cannot be declared. */
gat_status training_memory_of(training_memory *out, const gat_config *config, const training_sizes *sizes,
                              gat_error *err);

/* The most that is held at a time. */
int64_t training_memory_peak(const training_memory *memory);

#endif

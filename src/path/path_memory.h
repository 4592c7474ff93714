/* What training a path model needs, told before it starts. */
#ifndef GAT_PATH_PATH_MEMORY_H
#define GAT_PATH_PATH_MEMORY_H

#include "path/path_model.h"

/* model: declared, not allocated. All of these are bytes. */
typedef struct path_sizes {
    int64_t batch, chunk; /* questions of a step; facts asked at once */
    int64_t entities, facts;
    int threads;
} path_sizes;

/* The graph that is asked; the facts in order, the graph that is learned from and the questions. */
int64_t path_graph_bytes(const path_sizes *sizes);
int64_t path_learned_graph_bytes(const path_sizes *sizes);

/* Profiles and turned weights of the model that answers. */
int64_t path_table_bytes(const path_model *model, const path_sizes *sizes);

/* A step of training, with the scratch memory of every thread. */
int64_t path_step_bytes(const path_model *model, const path_sizes *sizes);

/* Threads that answer questions. */
int64_t path_answer_bytes(const path_model *model, const path_sizes *sizes);

#endif

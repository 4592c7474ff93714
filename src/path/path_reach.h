/* Which nodes a question reaches, layer by layer, as rows in order of discovery. Scratch memory of one thread, kept from
 * question to question. */
#ifndef GAT_PATH_PATH_REACH_H
#define GAT_PATH_PATH_REACH_H

#include "kernels/path_layer.h"
#include "path/path_graph.h"
#include "path/path_net.h"

typedef struct path_reach {
    int32_t *row_of;           /* (N): -1 where not reached */
    int32_t *node;             /* (rows) */
    int32_t *first_run, *runs; /* (rows whose edges were walked) */
    int64_t *first_edge, *gate_place;
    int32_t *target; /* (edges walked): rows */
    int64_t edge_capacity;
    int64_t rows_at[PATH_MAX_LAYERS + 1]; /* rows after each layer; 1 at the start */
    int layers;
} path_reach;

gat_status path_reach_init(path_reach *reach, int32_t num_nodes, gat_error *err);
void path_reach_clear(path_reach *reach);

/* From `entity`; forgets the question before. */
gat_status path_reach_walk(path_reach *reach, const path_graph *graph, int32_t entity, int64_t layers, gat_error *err);

/* What the kernels of layer l (from 0) see. */
path_walk path_reach_layer(const path_reach *reach, const path_graph *graph, int l);

#endif

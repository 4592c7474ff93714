/* Which nodes a question reaches, layer by layer, as rows in order of discovery. Scratch memory of one thread, kept
 * from question to question.
 *
 * Where a layer may reach only so many new nodes, those stay that its gates favour, or those of highest score. Edges to the others lead to row 1,
 * which is no node, sends nothing and is not scored: kernels need not know. A node that was turned away may come in by
 * another edge of a later layer. */
#ifndef GAT_PATH_PATH_REACH_H
#define GAT_PATH_PATH_REACH_H

#include "kernels/path_layer.h"
#include "path/path_graph.h"
#include "path/path_net.h"

enum { PATH_NOBODY = 1 }; /* the row of edges to nodes that were turned away, where there is a budget */

/* No layer reaches more new nodes than this, whatever the model's budget: a hub with a million edges would fill the memory
 * of every thread. Only graphs with more nodes notice. */
enum { PATH_MOST_NEW = 1 << 18 };

/* Most new nodes of a layer; 0: all there are. */
int64_t path_reach_budget(const path_shape *shape, int64_t num_nodes);

typedef struct path_reach {
    int32_t *row_of;           /* (N): -1 where not reached */
    int32_t *node;             /* (rows); -1: nobody */
    int32_t *first_run, *runs; /* (rows whose edges were walked) */
    int64_t *first_edge, *gate_place;
    int32_t *target; /* (edges walked): rows */
    int64_t edge_capacity, edges;
    struct row_mass *mass; /* (new rows of a layer) scratch of the budget */
    int64_t mass_capacity;
    int64_t rows_at[PATH_MAX_LAYERS + 1]; /* rows after each layer */
    int64_t walked;                       /* rows whose edges were walked */
    int layers;                           /* so far */
} path_reach;

gat_status path_reach_init(path_reach *reach, int32_t num_nodes, gat_error *err);
void path_reach_clear(path_reach *reach);

/* Starts a question; forgets the one before. */
void path_reach_start(path_reach *reach, int32_t entity, bool budget);

/* Walks one layer further. */
gat_status path_reach_step(path_reach *reach, const path_graph *graph, gat_error *err);

/* Turns away what the last layer has reached beyond `budget` new rows, by the sum of gates of the edges that lead
 * there. gate: of that layer, by gate_place. */
gat_status path_reach_prune(path_reach *reach, const path_graph *graph, const float *gate, int64_t budget,
                            gat_error *err);

/* The same by a score of each new row, (new rows). Then new row k of those that stay was path_reach_kept(reach, k) of
 * them: ascending. */
gat_status path_reach_choose(path_reach *reach, const float *score, int64_t budget, gat_error *err);
int64_t path_reach_kept(const path_reach *reach, int64_t k);

/* What the kernels of layer l (from 0) see. */
path_walk path_reach_layer(const path_reach *reach, const path_graph *graph, int l);

#endif

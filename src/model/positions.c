#include "model/positions.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/laplacian.h"
#include "graph/random_walk.h"

gat_status positions_make(float **out, const gat_config *c, const gat_graph *graph, gat_error *err)
{
    gat_skeleton s;
    *out = NULL;
    if (c->model == GAT_MODEL_NONE || c->positions == GAT_POSITIONS_NONE) return GAT_OK;
    gat_status st = skeleton_init(&s, graph, err);
    if (st) return st;
    float *x = gat_alloc(s.num_nodes * c->position_dim, sizeof *x);
    if (!x) st = error_nomem(err);
    else if (c->positions == GAT_POSITIONS_LAPLACIAN) st = laplacian_vectors(x, &s, (int)c->position_dim, err);
    else random_walk_returns(x, &s, (int)c->position_dim, (uint64_t)c->seed);
    skeleton_clear(&s);
    if (st) gat_free(x);
    else *out = x;
    return st;
}

/* ARPACK keeps about twice as many vectors as it is asked for, and the result, in double. */
int64_t positions_work(const gat_config *c, int64_t nodes)
{
    if (c->model == GAT_MODEL_NONE || c->positions != GAT_POSITIONS_LAPLACIAN) return 0;
    return nodes * 2 * (4 * c->position_dim + 26);
}

/* The task behind `neighbors`: what stands beside an entity. */
#ifndef GAT_TASKS_NEIGHBORS_H
#define GAT_TASKS_NEIGHBORS_H

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "model/view.h"
#include "tasks/answer.h"

/* At most `top` neighbours, heaviest first, equal ones in the order of relation names, then ids. free: gat_free. Names in
 * the list are borrowed from the model, or from graph.
 *   attention  the mean over heads of the last layer's attention of the entity, absolute: what the entity pays to itself
 *              is not in the list, so the weights of its facts sum to less than 1
 *   embedding  cosine with every other entity; hops does not matter
 *   graph      1 / (1 + facts of the neighbour)
 * With one hop every fact of the entity is listed. With more, every entity within `hops` once, by the path on which the
 * product of weights is largest; relation and direction are those of the path's last fact. GAT_EUSAGE: an unknown entity,
 * hops or top below 1, attention of a model that has none. */
gat_status neighbors_list(gat_neighbor **out, int64_t *count, const gat_model *model, const char *entity,
                          gat_neighbor_order order, int hops, int64_t top, const gat_dataset *graph, gat_error *err);

/* weight: of the edges into each of the nodes, one node after the other, in the order of the graph's `in`; free with
 * gat_free. order: attention or graph. */
gat_status edge_weights(double **weight, const model_view *view, const int32_t *nodes, int64_t count,
                        gat_neighbor_order order, gat_error *err);

/* What a path search has found about an entity. */
typedef struct path_end {
    double weight;    /* of the best path, 0: not reached */
    int32_t relation; /* of the message graph: the last edge of the path */
    int32_t hops;
} path_end;

/* ends (N) <- best paths from `start` of at most `hops` edges; zero-initialised by the caller. */
gat_status best_paths(path_end *ends, const model_view *view, int32_t start, int hops, gat_neighbor_order order,
                      gat_error *err);

#endif

/* What items say about each other, fitted to the histories at once.
 *
 * EASE (Steck 2019): the matrix B with a zero diagonal that best reproduces X from X B under a squared penalty; with a graph, what two
 * items share there is added to what they share among users (collective EASE; Jeunen, Van Balen and Goethals 2020). Penalty and
 * weight of the graph are chosen on valid. */
#ifndef GAT_RECOMMEND_PAIR_FIT_H
#define GAT_RECOMMEND_PAIR_FIT_H

#include "graph/triples.h"
#include "recommend/item_pairs.h"
#include "recommend/list_measure.h"

typedef struct pair_fit {
    const list_plan *plan; /* valid; its `wanted` empty: nothing is chosen */
    const gat_triples *facts;
    const gat_recommend_inputs *inputs;
} pair_fit;

/* Dense. */
gat_status pair_fit_all(item_pairs *out, const pair_fit *fit, gat_error *err);

/* The best number of neighbours and shrinkage; sparse. */
gat_status pair_fit_neighbors(item_pairs *out, const pair_fit *fit, gat_error *err);

/* side (I,I) += for every relation and node that items share, 1 / the number of items that do. */
gat_status pair_fit_shared(float *side, const gat_triples *facts, int32_t items, gat_error *err);

#endif

/* What `stats` returns. Names are borrowed from the data set, which must outlive it. */
#ifndef GAT_STATS_TYPES_H
#define GAT_STATS_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "eval/ranking.h"
#include "graph/split.h"

/* Counts of one relation of the training graph. */
typedef struct gat_relation_stats {
    const char *name;
    int64_t facts, heads, tails;
    gat_relation_kind kind;
    double symmetric; /* share of facts whose reverse is a fact too */
} gat_relation_stats;

typedef struct gat_ranked_entity {
    const char *name;
    double value;
} gat_ranked_entity;

enum { GAT_STATS_TOP = 10 };

/* Counts of the whole data set, degrees and centrality of its training graph. Degrees count both directions.
 * Components and centrality come from igraph; built without it, components is -1 and the rest of them 0. */
typedef struct gat_stats {
    int64_t entities, relations, facts[GAT_NUM_SPLITS], duplicates[GAT_NUM_SPLITS], unseen[GAT_NUM_SPLITS];
    bool present[GAT_NUM_SPLITS];
    int64_t isolated; /* entities without a training fact */
    double mean_degree;
    int64_t median_degree, max_degree;
    double reverse_in_train; /* share of test facts whose reverse is in train */
    int64_t num_relation_stats;
    gat_relation_stats *relation; /* most facts first */
    int64_t components, largest_component;
    int num_pagerank;
    gat_ranked_entity pagerank[GAT_STATS_TOP]; /* most central first */
} gat_stats;

#endif

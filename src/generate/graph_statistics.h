/* What graphs of a set have how often, for comparing two sets: degrees of their entities, relations, and pairs of relations
 * along two triples of which the second begins where the first ends. */
#ifndef GAT_GENERATE_GRAPH_STATISTICS_H
#define GAT_GENERATE_GRAPH_STATISTICS_H

#include "generate/graph_set.h"

typedef enum graph_statistic { STAT_OUT, STAT_IN, STAT_RELATION, STAT_PATHS, NUM_GRAPH_STATISTICS } graph_statistic;

/* Counts, over all graphs of a set; pairs (r1, r2) are kept sorted. */
typedef struct graph_statistics {
    int32_t relations;
    double degree[2][GRAPH_MOST_TRIPLES + 1]; /* out, in: entities with so many */
    double *relation;                         /* (relations) */
    uint64_t *pair;                           /* (pairs): r1 << 32 | r2, sorted, as often as it is there */
    int64_t pairs, room;
} graph_statistics;

gat_status graph_statistics_init(graph_statistics *s, int32_t relations, gat_error *err);
void graph_statistics_clear(graph_statistics *s);
gat_status graph_statistics_add(graph_statistics *s, const gat_triple *facts, int64_t count, gat_error *err);

/* Half the sum of the differences of shares, 0 (equal) to 1 (nothing in common); sorts the pairs. */
double graph_statistics_distance(graph_statistics *a, graph_statistics *b, graph_statistic which);

#endif

/* Why an entity answers a question: the paths from the asked entity to it along which attention is highest. */
#ifndef GAT_PATH_PATH_REASONS_H
#define GAT_PATH_PATH_REASONS_H

#include "path/path_view.h"

/* One edge of the graph, as it is walked. */
typedef struct path_edge {
    int32_t from, relation, to; /* nodes; relation in [0,2R) */
    float gate;                 /* attention in [0,1] */
} path_edge;

typedef struct path_reason {
    double weight; /* product of the gates; layers in which a state merely stays count nothing */
    int length;
    path_edge edge[PATH_MAX_LAYERS]; /* from the asked entity to the answer */
} path_reason;

/* The `most` heaviest paths (reasons has room for them) without a node met twice, heaviest first; *count of them, none
 * where the answer is not reached. A beam goes backwards through the layers, ordered by the weight of the best path
 * that remains. The gates are those of the first net. */
gat_status path_reasons_find(path_reason *reasons, int64_t *count, int64_t most, const path_view *view, int32_t entity,
                             int32_t relation, int32_t answer, gat_error *err);

#endif

/* What is known of a candidate by itself: links, popularity, names, types. */
#ifndef GAT_LINK_CANDIDATE_FEATURES_H
#define GAT_LINK_CANDIDATE_FEATURES_H

#include "link/candidate_graph.h"

/* Fills graph->x. leader (groups): the first mention of each. */
gat_status candidate_features_fill(candidate_graph *graph, const link_document *document, const int64_t *leader,
                                   const gat_intern *types, gat_error *err);

#endif

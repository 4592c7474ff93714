/* The verbs of models as far as a stored alignment of two graphs answers them. */
#ifndef GAT_CLI_ALIGNMENT_VERBS_H
#define GAT_CLI_ALIGNMENT_VERBS_H

#include "cli/arguments.h"

/* Whether MODEL is a stored alignment. A file that cannot be read is none: loading it as a model tells what is wrong. */
bool is_alignment(const char *path);

gat_status alignment_info(const gat_common *common, const char *path, gat_error *err);

/* order: a gat_neighbor_order, or -1: not given; GAT_EUSAGE for any but embedding, and for hops above 1 or a graph. */
gat_status alignment_neighbors_verb(const gat_common *common, const char *path, const char *entity, int order,
                                    int64_t hops, bool graph, int64_t top, gat_error *err);
gat_status alignment_similarity_verb(const gat_common *common, const char *path, const char *a, const char *b,
                                     bool graph, gat_error *err);
gat_status alignment_export_verb(const gat_common *common, const char *path, const char *format, const char *output,
                                 gat_error *err);

#endif

/* The facts of an entity of one of the two graphs. */
#ifndef GAT_ALIGN_ENTITY_FACTS_H
#define GAT_ALIGN_ENTITY_FACTS_H

#include "align/alignment.h"

/* *out: at most `top` facts of the entity of graph 1 or 2, by relation, direction (facts of the entity first) and neighbour; free
 * with gat_free. GAT_EUSAGE: unknown entity, another graph. */
gat_status entity_facts(gat_aligned_fact **out, int64_t *count, const gat_alignment *alignment, int graph,
                        const char *entity, int64_t top, gat_error *err);

#endif

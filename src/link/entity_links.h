/* Which entities of a document are linked, and how strongly: by links, by common neighbours (Adamic and Adar 2003). */
#ifndef GAT_LINK_ENTITY_LINKS_H
#define GAT_LINK_ENTITY_LINKS_H

#include "link/candidate_graph.h"

/* Of a candidate: another one, or itself. */
typedef struct entity_link {
    int32_t other;
    edge_sort sort;
    float common; /* sum over common neighbours of 1 / log(2 + degree) */
} entity_link;

/* Those of entity a are link[start[a] .. start[a + 1]), itself first. */
typedef struct entity_links {
    int64_t *start;
    int32_t *degree; /* (entities) neighbours in the document */
    entity_link *link;
} entity_links;

/* nodes (entities + 1): where the nodes of an entity start; entities without are no candidates and get no links, but lend
 * theirs. In the arena. */
gat_status entity_links_make(entity_links *out, const link_document *document, const int64_t *nodes, gat_arena *arena,
                             gat_error *err);

#endif

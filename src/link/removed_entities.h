/* A document as it would be if some of its entities were not in the graph: what tells how well NIL is found where no mention is
 * annotated with it. */
#ifndef GAT_LINK_REMOVED_ENTITIES_H
#define GAT_LINK_REMOVED_ENTITIES_H

#include "link/link_document.h"

/* Whether the entity of this id is taken out: about `share` of all, the same ones in every document. */
bool entity_is_removed(const char *id, double share, uint64_t seed);

/* *out: a copy in the arena, without the removed entities among candidates and links; mentions annotated with them are NIL. What
 * does not change is shared with the document. */
gat_status remove_entities(link_document **out, const link_document *document, double share, uint64_t seed,
                           gat_arena *arena, gat_error *err);

#endif

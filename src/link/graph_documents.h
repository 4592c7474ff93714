/* Documents made from the graph and its names alone, where nobody has annotated any: a walk over facts meets entities that have to
 * do with each other, some of them are mentioned by one of their names, and a few strangers stand between. What is learned from
 * them is how entities of one document hang together, not how people write. */
#ifndef GAT_LINK_GRAPH_DOCUMENTS_H
#define GAT_LINK_GRAPH_DOCUMENTS_H

#include "link/lexicon.h"

/* Names of every entity, the other way round than in the lexicon. */
typedef struct entity_names {
    int64_t *start; /* (entities + 1) */
    int32_t *name;
    float *weight;        /* of the name for the entity; 1 where it is not told */
    int64_t num_confused; /* namings of names with several entities */
    int64_t *confused;
} entity_names;

/* GAT_EDATA: no name means two entities or more, so that there is nothing to learn. */
gat_status entity_names_make(entity_names *out, const lexicon *lexicon, gat_error *err);
void entity_names_clear(entity_names *names);

/* Document `number`, a function of graph, names, seed and number; in the arena, with candidates and links. */
gat_status graph_document_make(link_document **out, const lexicon *lexicon, const entity_names *names, uint64_t seed,
                               int64_t number, gat_arena *arena, gat_error *err);

#endif

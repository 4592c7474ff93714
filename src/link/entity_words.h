/* What is known of entities by words: their descriptions and names, how rare each word is, and vectors of words, which are made
 * from the company that words keep in the descriptions unless a file of vectors is given. */
#ifndef GAT_LINK_ENTITY_WORDS_H
#define GAT_LINK_ENTITY_WORDS_H

#include "base/intern.h"
#include "text/kg_context.h"

enum { WORDS_DIM = 100, WORDS_MOST = 60 };

typedef struct entity_words {
    gat_intern *words; /* stems; NULL: nothing is known by words */
    gat_intern *types; /* of entities */
    int32_t *type;     /* (entities); -1: unknown */
    int64_t *start;    /* (entities + 1): words of the description and of the names, ascending, each once */
    int32_t *word;     /* (start[entities]) */
    uint8_t *named;    /* (start[entities]) it is a word of a name */
    int64_t dim;       /* of vectors */
    float *vector;     /* (words, dim) of length 1, or 0 */
    float *weight;     /* (words) log of inverse frequency; 0: too frequent to tell anything */
    float *own, *near; /* (entities, dim) of length 1: of its own words, of its neighbours' */
} entity_words;

/* label: (entities) "name, name: text", or NULL, then ids are names. descriptions: lines of entity, TAB, text and perhaps TAB, type; entities that
 * the graph lacks are passed over, but one must be there. vectors: a file of word vectors, or NULL. GAT_EDATA names file and line. */
gat_status entity_words_load(entity_words *out, const kg_context *kg, char *const *label, const char *descriptions,
                             const char *vectors, uint64_t seed, gat_error *err);

/* Fills weight, own and near from the others; checks that all numbers are in range (GAT_EMODEL). */
gat_status entity_words_index(entity_words *words, const kg_context *kg, gat_error *err);
void entity_words_clear(entity_words *words);

#endif

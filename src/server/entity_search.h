/* Finding an entity by what a person types of its name or text. */
#ifndef GAT_SERVER_ENTITY_SEARCH_H
#define GAT_SERVER_ENTITY_SEARCH_H

#include <stdint.h>

#include "base/status.h"

typedef struct entity_search entity_search;

/* Name and readable text (NULL: none) of entity `id`; name NULL ends the list. Both are borrowed for as long as the index
 * lives. */
typedef const char *entity_name_function(const void *source, int64_t id, const char **text);

gat_status entity_search_new(entity_search **out, entity_name_function *name_of, const void *source, gat_error *err);
void entity_search_free(entity_search *search);

/* ids (at most `most`) <- entities, best first: the name itself, names and texts that begin so, words that begin so, names
 * and texts with it inside, names that differ by a letter or two; shorter names first among equals. Case does not matter.
 * Returns how many. Thread-safe. */
int64_t entity_search_find(int64_t *ids, int64_t most, const entity_search *search, const char *query);

#endif

/* Which entities a place of a relation takes: by the relations they stand in, or by a file of types.
 *
 * A place is a directed relation d in [0,2R): the heads of d < R, the tails of d - R else. Without a file the
 * fit of an entity is 1 where it stands there already, else the largest share, over the places it stands in, of the entities
 * of that place that stand in d too; it takes the place from FIT_LEAST on. With a file it also has to have one of the types of those who
 * stand there; then any fit will do. */
#ifndef GAT_GROW_ENTITY_FIT_H
#define GAT_GROW_ENTITY_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/status.h"
#include "graph/filter.h"

static const float FIT_LEAST = .1f;

/* Types of entities from a file: rows of a CSR. Zero-initialised is none. */
typedef struct entity_types {
    int32_t num_types;
    int64_t *indptr; /* (N + 1) */
    int32_t *type;   /* ascending within an entity */
} entity_types;

/* Lines "entity TAB type", further columns ignored, several lines an entity; unknown entities are passed over. GAT_EDATA: a line
 * without a type, or no entity of the graph has one. */
gat_status entity_types_read(entity_types *out, const char *path, const gat_intern *entities, gat_error *err);
void entity_types_clear(entity_types *types);

typedef struct entity_fit {
    int32_t num_entities, num_places; /* N, 2R */
    float *fit;                       /* (N, 2R) */
    uint8_t *takes;                   /* (2R, types); NULL without a file */
    const entity_types *types;
} entity_fit;

/* types may be empty; borrowed. */
gat_status entity_fit_make(entity_fit *out, const gat_filter *known, const entity_types *types, int32_t num_entities,
                           int32_t num_relations, gat_error *err);
void entity_fit_clear(entity_fit *fit);

static inline float entity_fits(const entity_fit *f, int32_t entity, int32_t place)
{
    return f->fit[(int64_t)entity * f->num_places + place];
}

/* Whether the entity has a type of those who stand there; an entity without types has every one. True without a file. */
bool entity_in_type(const entity_fit *fit, int32_t entity, int32_t place);

/* Whether it takes the place. */
bool entity_takes(const entity_fit *fit, int32_t entity, int32_t place);

#endif

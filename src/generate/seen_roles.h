/* What the graphs of train say of heads and tails: which entities stand with which relation on which side, and from that,
 * kinds of entities, those with the same sides of the same relations. */
#ifndef GAT_GENERATE_SEEN_ROLES_H
#define GAT_GENERATE_SEEN_ROLES_H

#include "generate/graph_set.h"

/* Rows of bits; row r of `heads` says which entities were heads of relation r. */
typedef struct seen_roles {
    int32_t entities, relations;
    int64_t stride;             /* words a row */
    uint64_t *heads, *tails;    /* (relations, stride) */
    uint8_t *loop;              /* (relations): whether a triple joined an entity with itself */
    bool connected;             /* whether every graph was */
    int32_t *kind;              /* (entities) */
    int64_t *as_head, *as_tail; /* (entities): how often; drawing with a wanted entity needs it */
} seen_roles;

/* Graphs with larger ids are passed over. */
gat_status seen_roles_make(seen_roles *roles, const graph_set *train, int32_t entities, int32_t relations,
                           gat_error *err);

/* Room for the ids, all zero: for readers, who finish with seen_roles_kinds. */
gat_status seen_roles_init(seen_roles *roles, int32_t entities, int32_t relations, gat_error *err);
gat_status seen_roles_kinds(seen_roles *roles, gat_error *err);
void seen_roles_clear(seen_roles *roles);

static inline bool seen_bit(const uint64_t *rows, int64_t stride, int32_t relation, int32_t entity)
{
    return rows[relation * stride + entity / 64] >> (entity % 64) & 1;
}

static inline bool seen_head(const seen_roles *r, int32_t relation, int32_t entity)
{
    return seen_bit(r->heads, r->stride, relation, entity);
}

static inline bool seen_tail(const seen_roles *r, int32_t relation, int32_t entity)
{
    return seen_bit(r->tails, r->stride, relation, entity);
}

/* Whether all ids are known and both sides were seen with the relation. */
bool seen_fact(const seen_roles *roles, const gat_triple *fact);

#endif

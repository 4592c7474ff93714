/* One of the two graphs of an alignment, with vocabularies of its own.
 *
 * Ids are drawn by seed, apart from those of the other graph, so that neither strings nor the order of a file can tie
 * the two together. Every fact is stored from both ends: relation r in [0, R) leads from head to tail, r + R back. The
 * edges of an entity are ordered by relation, then neighbour; those of one relation are a group, and the size of a group
 * is the count that evidence is weighted with. */
#ifndef GAT_ALIGN_KG_SIDE_H
#define GAT_ALIGN_KG_SIDE_H

#include <stdint.h>

#include "base/intern.h"
#include "base/log.h"
#include "base/status.h"
#include "graph/triples.h"

typedef struct kg_side {
    int number;                       /* 1 or 2, for messages */
    uint64_t digest[2];               /* of the data */
    gat_intern *entities, *relations; /* names in the order of the file */
    int32_t *entity_id, *entity_name; /* place among the names to id, and back */
    int32_t *relation_name;           /* (R): id to place among the names */
    char **text; /* by place: what a person reads, NULL where there is none; one block, NULL: none */
    int32_t num_entities, num_relations;
    int64_t num_edges;       /* E: twice the facts */
    int64_t num_groups;      /* G */
    int64_t *edge_start;     /* N + 1 */
    int32_t *relation;       /* E, below 2R */
    int32_t *neighbor;       /* E */
    int32_t *far_group;      /* E: the neighbour's group that leads back here */
    int32_t *by_neighbor;    /* E: the edges of each entity, ordered by neighbour */
    int64_t *group_start;    /* N + 1: groups of an entity */
    int32_t *group_relation; /* G */
    int64_t *group_edge;     /* G + 1: first edge of a group */
} kg_side;

/* Reads every fact of a file or of a folder's train; of an OpenEA folder rel_triples_`number` (1 or 2). */
gat_status kg_side_load(kg_side **out, const char *path, int number, uint64_t seed, const gat_log *log, gat_error *err);
void kg_side_free(kg_side *side);

/* What a side takes over: names, texts by place (or NULL), digest of the data. */
typedef struct kg_parts {
    gat_intern *entities, *relations;
    char **text;
    uint64_t digest[2];
} kg_parts;

void kg_parts_clear(kg_parts *parts);

/* The same from facts (places among the names), each of them once; names and texts are taken, what is not
 * stays in parts. */
gat_status kg_side_make(kg_side **out, kg_parts *parts, const gat_triples *facts, int number, uint64_t seed,
                        gat_error *err);

/* The facts by places among the names, added to *out in an order that only ids decide. */
gat_status kg_side_facts(gat_triples *out, const kg_side *side, gat_error *err);

/* Id or -1. */
int32_t kg_side_find(const kg_side *side, const char *name, size_t length);

/* Borrowed until the side is freed; of a relation also for r >= R, whose direction is the caller's to show. */
const char *kg_side_entity(const kg_side *side, int32_t entity);
const char *kg_side_relation(const kg_side *side, int32_t relation);

/* A readable text, NULL when there is none. For the eye alone: nothing is computed from it. */
const char *kg_side_text(const kg_side *side, int32_t entity);

static inline int32_t inverse_relation(const kg_side *side, int32_t r)
{
    return r < side->num_relations ? r + side->num_relations : r - side->num_relations;
}

static inline int64_t group_size(const kg_side *side, int64_t group)
{
    return side->group_edge[group + 1] - side->group_edge[group];
}

#endif

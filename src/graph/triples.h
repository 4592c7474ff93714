/* Facts as three ids, in a growable array. */
#ifndef GAT_GRAPH_TRIPLES_H
#define GAT_GRAPH_TRIPLES_H

#include <stdint.h>

#include "base/status.h"

typedef struct gat_triple {
    int32_t head, relation, tail;
} gat_triple;

/* Zero-initialised is empty. */
typedef struct gat_triples {
    gat_triple *data;
    int64_t count, capacity;
} gat_triples;

gat_status triples_push(gat_triples *list, gat_triple fact, gat_error *err);
void triples_clear(gat_triples *list);

/* Head, relation, tail order. */
int triple_compare(const void *a, const void *b);

/* Removes repeated facts, keeping the first of each and the order; *removed receives how many. */
gat_status triples_unique(gat_triples *list, int64_t *removed, gat_error *err);

#endif

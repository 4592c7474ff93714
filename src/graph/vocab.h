/* Names of entities or relations and their ids. */
#ifndef GAT_GRAPH_VOCAB_H
#define GAT_GRAPH_VOCAB_H

#include <stdint.h>

#include "base/intern.h"
#include "base/status.h"

/* The names nearest to `name` by edit distance (case-blind), best first, at most `capacity`; returns how
 * many were written to `nearest` as ids. Names at a distance above a third of the length (and above 2) are left out, except that names
 * which begin with `name` follow the others, shortest first ("dog" finds "dog.n.01"). Distances count bytes; a
 * `name` of more than VOCAB_LONGEST bytes has no nearest names. */
enum { VOCAB_LONGEST = 255 };
int vocab_nearest(const gat_intern *names, const char *name, int32_t *nearest, int capacity);

/* Id of `name`, or GAT_EUSAGE with a message such as
 * "unknown entity \"dgo.n.01\"; nearest: dog.n.01, dot.n.01". `kind` is "entity" or "relation". */
gat_status vocab_lookup(int32_t *id, const gat_intern *names, const char *name, const char *kind, gat_error *err);

#endif

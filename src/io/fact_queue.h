/* Facts on their way from a reader into ids. They are collected and looked up a hundred at a time, so that a
 * vocabulary larger than the cache is not waited for name by name; ids and order are those of one by one. */
#ifndef GAT_IO_FACT_QUEUE_H
#define GAT_IO_FACT_QUEUE_H

#include "base/intern.h"
#include "base/status.h"
#include "graph/triples.h"
#include "io/triple_sink.h"

typedef struct fact_queue fact_queue;

/* NULL: out of memory. Free with gat_free. */
fact_queue *fact_queue_new(void);

/* Where the facts added from now on go, borrowed until the last flush; what was not flushed is forgotten. */
void fact_queue_start(fact_queue *queue, gat_intern *entities, gat_intern *relations, gat_triples *facts);

/* Terms are copied. `path` is for the message when ids run out (GAT_EDATA). */
gat_status fact_queue_add(fact_queue *queue, gat_term head, gat_term relation, gat_term tail, const char *path,
                          gat_error *err);
gat_status fact_queue_flush(fact_queue *queue, const char *path, gat_error *err);

#endif

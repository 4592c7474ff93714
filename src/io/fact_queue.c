#include "io/fact_queue.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* The message graph numbers relations up to 2R. A fact that does not fit the buffer is looked up by itself. */
enum { FACTS = INTERN_BATCH / 2, BYTES = 1 << 15, MOST_RELATIONS = INT32_MAX / 2 - 1 };

struct fact_queue {
    gat_intern *entities, *relations;
    gat_triples *facts;
    int count;
    size_t used;
    intern_key entity[2 * FACTS]; /* head, tail, head, tail, ... */
    intern_key relation[FACTS];
    char bytes[BYTES];
};

fact_queue *fact_queue_new(void) { return gat_calloc(1, sizeof(fact_queue)); }

void fact_queue_start(fact_queue *q, gat_intern *entities, gat_intern *relations, gat_triples *facts)
{
    q->entities = entities;
    q->relations = relations;
    q->facts = facts;
    q->count = 0;
    q->used = 0;
}

static gat_status intern_failed(const gat_intern *table, const char *path, gat_error *err)
{
    if (intern_count(table) < INT32_MAX - 1) return error_nomem(err);
    return error_set(err, GAT_EDATA, "%.300s: more than %d different names", path, INT32_MAX - 1);
}

gat_status fact_queue_flush(fact_queue *q, const char *path, gat_error *err)
{
    int32_t entity[2 * FACTS], relation[FACTS];
    gat_status st = GAT_OK;
    if (intern_add_batch(q->entities, entity, q->entity, 2 * q->count) < 2 * q->count)
        return intern_failed(q->entities, path, err);
    if (intern_add_batch(q->relations, relation, q->relation, q->count) < q->count)
        return intern_failed(q->relations, path, err);
    if (intern_count(q->relations) > MOST_RELATIONS)
        return error_set(err, GAT_EDATA, "%.300s: more than %d relations", path, MOST_RELATIONS);
    for (int i = 0; !st && i < q->count; i++)
        st = triples_push(q->facts, (gat_triple){entity[2 * i], relation[i], entity[2 * i + 1]}, err);
    q->count = 0;
    q->used = 0;
    return st;
}

static intern_key keep(fact_queue *q, gat_term t)
{
    char *copy = q->bytes + q->used;
    memcpy(copy, t.bytes, t.length);
    q->used += t.length;
    return (intern_key){copy, t.length};
}

static intern_key borrow(gat_term t) { return (intern_key){t.bytes, t.length}; }

gat_status fact_queue_add(fact_queue *q, gat_term head, gat_term relation, gat_term tail, const char *path,
                          gat_error *err)
{
    size_t need = head.length + relation.length + tail.length;
    if (q->count == FACTS || need > BYTES - q->used) {
        gat_status st = fact_queue_flush(q, path, err);
        if (st) return st;
    }
    int large = need > BYTES, i = q->count++;
    q->entity[2 * i] = large ? borrow(head) : keep(q, head);
    q->entity[2 * i + 1] = large ? borrow(tail) : keep(q, tail);
    q->relation[i] = large ? borrow(relation) : keep(q, relation);
    return large ? fact_queue_flush(q, path, err) : GAT_OK;
}

#include "graph/triples.h"

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"

enum { FIRST_CAPACITY = 1024 };

gat_status triples_push(gat_triples *list, gat_triple fact, gat_error *err)
{
    if (list->count == list->capacity) {
        int64_t capacity = list->capacity ? 2 * list->capacity : FIRST_CAPACITY;
        gat_triple *data = gat_regrow(list->data, list->count, capacity, sizeof *data);
        if (!data) return error_nomem(err);
        list->data = data;
        list->capacity = capacity;
    }
    list->data[list->count++] = fact;
    return GAT_OK;
}

void triples_clear(gat_triples *list)
{
    gat_free(list->data);
    *list = (gat_triples){0};
}

int triple_compare(const void *a, const void *b)
{
    const gat_triple *x = a, *y = b;
    if (x->head != y->head) return x->head < y->head ? -1 : 1;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    return x->tail < y->tail ? -1 : x->tail > y->tail;
}

/* Multiply and fold twice; the ids come from our own counting, so nobody can aim at a slot. */
static uint64_t hash_triple(const gat_triple *t)
{
    uint64_t x = ((uint64_t)(uint32_t)t->head << 32 | (uint32_t)t->tail) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 32 ^ (uint32_t)t->relation) * UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

/* True when the fact was not in the table of positions before. */
static bool put(int64_t *slots, int64_t num_slots, const gat_triple *data, int64_t position)
{
    int64_t i = (int64_t)(hash_triple(&data[position]) & (uint64_t)(num_slots - 1));
    for (; slots[i]; i = (i + 1) & (num_slots - 1))
        if (!triple_compare(&data[slots[i] - 1], &data[position])) return false;
    slots[i] = position + 1;
    return true;
}

/* A hash table of positions in the part that is kept already (0: free slot). */
gat_status triples_unique(gat_triples *list, int64_t *removed, gat_error *err)
{
    int64_t num_slots = 16, kept = 0;
    *removed = 0;
    while (num_slots < 2 * list->count) num_slots *= 2;
    int64_t *slots = gat_calloc(num_slots, sizeof *slots);
    if (!slots) return error_nomem(err);
    for (int64_t i = 0; i < list->count; i++) {
        list->data[kept] = list->data[i];
        kept += put(slots, num_slots, list->data, kept);
    }
    *removed = list->count - kept;
    list->count = kept;
    gat_free(slots);
    return GAT_OK;
}

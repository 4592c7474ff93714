#include "align/edge_kinds.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Kinds so far, found by a hash table of their relations. */
typedef struct finder {
    const int64_t *start; /* of edges */
    const int32_t *relation;
    int64_t *first; /* (K): an edge of the kind */
    int32_t *slot;  /* kind + 1, 0: empty */
    uint64_t mask;
    int64_t count;
} finder;

static uint64_t hash_of(const finder *f, int64_t e)
{
    uint64_t h = 1;
    for (int64_t i = f->start[e]; i < f->start[e + 1]; i++) {
        h = (h ^ (uint64_t)(uint32_t)f->relation[i]) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 29;
    }
    return h;
}

static bool equal(const finder *f, int64_t e, int64_t other)
{
    int64_t n = f->start[e + 1] - f->start[e];
    return n == f->start[other + 1] - f->start[other] &&
           !memcmp(f->relation + f->start[e], f->relation + f->start[other], (size_t)n * sizeof *f->relation);
}

static int32_t kind_of(finder *f, int64_t e)
{
    uint64_t at = hash_of(f, e) & f->mask;
    for (; f->slot[at]; at = (at + 1) & f->mask)
        if (equal(f, e, f->first[f->slot[at] - 1])) return f->slot[at] - 1;
    f->first[f->count] = e;
    f->slot[at] = (int32_t)++f->count;
    return f->slot[at] - 1;
}

static gat_status list_kinds(row_lists *kinds, finder *f, int64_t edges, gat_error *err)
{
    int64_t *start = gat_alloc(edges + 1, sizeof *start);
    int32_t *place = gat_alloc(edges, sizeof *place);
    if (!start || !place) {
        gat_free(start);
        gat_free(place);
        return error_nomem(err);
    }
    start[0] = 0;
    for (int64_t e = 0; e < edges; e++) {
        place[e] = kind_of(f, e);
        start[e + 1] = e + 1;
    }
    return row_lists_init(kinds, start, place, edges, f->count, err);
}

static gat_status list_relations(row_lists *relations, const finder *f, int64_t num_relations, gat_error *err)
{
    int64_t *start = gat_calloc(f->count + 1, sizeof *start);
    for (int64_t k = 0; start && k < f->count; k++)
        start[k + 1] = start[k] + f->start[f->first[k] + 1] - f->start[f->first[k]];
    int32_t *place = start ? gat_alloc(start[f->count], sizeof *place) : NULL;
    if (!place) {
        gat_free(start);
        return error_nomem(err);
    }
    for (int64_t k = 0; k < f->count; k++)
        memcpy(place + start[k], f->relation + f->start[f->first[k]],
               (size_t)(start[k + 1] - start[k]) * sizeof *place);
    return row_lists_init(relations, start, place, f->count, num_relations, err);
}

gat_status edge_kinds_init(row_lists *kinds, row_lists *relations, const int64_t *start, const int32_t *relation,
                           int64_t edges, int64_t num_relations, gat_error *err)
{
    uint64_t slots = 16;
    while (slots < 2 * (uint64_t)edges) slots *= 2;
    finder f = {.start = start, .relation = relation, .mask = slots - 1};
    f.first = gat_alloc(edges, sizeof *f.first);
    f.slot = gat_calloc((int64_t)slots, sizeof *f.slot);
    gat_status st = f.first && f.slot ? list_kinds(kinds, &f, edges, err) : error_nomem(err);
    if (!st) st = list_relations(relations, &f, num_relations, err);
    gat_free(f.first);
    gat_free(f.slot);
    return st;
}

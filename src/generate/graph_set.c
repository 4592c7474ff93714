#define XXH_INLINE_ALL
#include "generate/graph_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"

gat_status graph_names_init(graph_names *n, gat_error *err)
{
    *n = (graph_names){.entities = intern_new(), .relations = intern_new()};
    return n->entities && n->relations ? GAT_OK : error_nomem(err);
}

void graph_names_clear(graph_names *n)
{
    intern_free(n->entities);
    intern_free(n->relations);
    *n = (graph_names){.entities = NULL};
}

void graph_set_clear(graph_set *s)
{
    gat_free(s->first);
    triples_clear(&s->facts);
    *s = (graph_set){.count = 0};
}

static gat_status make_room(graph_set *s, gat_error *err)
{
    if (s->count + 2 <= s->capacity) return GAT_OK;
    int64_t capacity = s->capacity ? 2 * s->capacity : 64;
    int64_t *grown = gat_regrow(s->first, s->count ? s->count + 1 : 0, capacity, sizeof *grown);
    if (!grown) return error_nomem(err);
    if (!s->count) grown[0] = 0;
    s->first = grown;
    s->capacity = capacity;
    return GAT_OK;
}

gat_status graph_set_push(graph_set *s, const gat_triple *facts, int64_t count, gat_error *err)
{
    gat_status st = make_room(s, err);
    for (int64_t i = 0; !st && i < count; i++) st = triples_push(&s->facts, facts[i], err);
    if (!st) s->first[++s->count] = s->facts.count;
    return st;
}

bool graph_within(const gat_triple *facts, int64_t count, int32_t entities, int32_t relations)
{
    for (int64_t i = 0; i < count; i++)
        if (facts[i].head >= entities || facts[i].tail >= entities || facts[i].relation >= relations) return false;
    return true;
}

uint64_t graph_hash(const gat_triple *facts, int64_t count)
{
    gat_triple sorted[GRAPH_MOST_TRIPLES];
    memcpy(sorted, facts, (size_t)count * sizeof *facts);
    qsort(sorted, (size_t)count, sizeof *sorted, triple_compare);
    int64_t n = 0;
    for (int64_t i = 0; i < count; i++)
        if (!n || triple_compare(&sorted[n - 1], &sorted[i])) sorted[n++] = sorted[i];
    return XXH3_64bits(sorted, (size_t)n * sizeof *sorted);
}

/* A fact that stands there k times takes back log2 1 + ... + log2 k of log2 n!. */
double graph_orders(const gat_triple *facts, int64_t count)
{
    double orders = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t times = 1;
        for (int64_t j = 0; j < i; j++) times += !triple_compare(&facts[i], &facts[j]);
        orders += log2((double)(i + 1)) - log2((double)times);
    }
    return orders;
}

static int32_t part_of(graph_parts *p, int32_t entity)
{
    for (int32_t i = 0; i < p->entities; i++)
        if (p->entity[i] == entity) return p->part[i];
    p->entity[p->entities] = entity;
    p->part[p->entities] = p->entities;
    p->count++;
    return p->part[p->entities++];
}

void graph_parts_add(graph_parts *p, int32_t head, int32_t tail)
{
    int32_t to = part_of(p, head), from = part_of(p, tail);
    if (to == from) return;
    for (int32_t i = 0; i < p->entities; i++)
        if (p->part[i] == from) p->part[i] = to;
    p->count--;
}

bool graph_is_connected(const gat_triple *facts, int64_t count)
{
    graph_parts parts = {.count = 0};
    for (int64_t i = 0; i < count; i++) graph_parts_add(&parts, facts[i].head, facts[i].tail);
    return parts.count < 2;
}

static int compare_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

gat_status graph_hashes(uint64_t **hash, int64_t *count, const graph_set *a, const graph_set *b, int32_t entities,
                        int32_t relations, gat_error *err)
{
    const graph_set *sets[2] = {a, b};
    uint64_t *out = gat_alloc(a->count + b->count, sizeof *out);
    int64_t n = 0;
    *hash = out;
    *count = 0;
    if (!out) return error_nomem(err);
    for (int s = 0; s < 2; s++)
        for (int64_t g = 0; g < sets[s]->count; g++)
            if (graph_within(graph_facts(sets[s], g), graph_size(sets[s], g), entities, relations))
                out[n++] = graph_hash(graph_facts(sets[s], g), graph_size(sets[s], g));
    qsort(out, (size_t)n, sizeof *out, compare_hash);
    *count = n;
    return GAT_OK;
}

bool graph_hash_known(const uint64_t *hash, int64_t count, uint64_t wanted)
{
    return count && bsearch(&wanted, hash, (size_t)count, sizeof *hash, compare_hash);
}

#define XXH_INLINE_ALL
#include "generate/seen_roles.h"

#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"

void seen_roles_clear(seen_roles *r)
{
    gat_free(r->heads);
    gat_free(r->tails);
    gat_free(r->loop);
    gat_free(r->kind);
    gat_free(r->as_head);
    gat_free(r->as_tail);
    *r = (seen_roles){.entities = 0};
}

gat_status seen_roles_init(seen_roles *r, int32_t entities, int32_t relations, gat_error *err)
{
    *r = (seen_roles){.entities = entities, .relations = relations, .stride = (entities + 63) / 64};
    r->heads = gat_calloc(relations * r->stride, sizeof *r->heads);
    r->tails = gat_calloc(relations * r->stride, sizeof *r->tails);
    r->loop = gat_calloc(relations, sizeof *r->loop);
    r->kind = gat_calloc(entities, sizeof *r->kind);
    r->as_head = gat_calloc(entities, sizeof *r->as_head);
    r->as_tail = gat_calloc(entities, sizeof *r->as_tail);
    if (r->heads && r->tails && r->loop && r->kind && r->as_head && r->as_tail) return GAT_OK;
    seen_roles_clear(r);
    return error_nomem(err);
}

/* The sides of an entity as the bits of a text, which tells its kind: kinds are numbered as they appear. */
gat_status seen_roles_kinds(seen_roles *r, gat_error *err)
{
    gat_status st = GAT_OK;
    gat_intern *kinds = intern_new();
    char *sides = gat_alloc(2 * (int64_t)r->relations, 1);
    if (!kinds || !sides) st = error_nomem(err);
    for (int32_t e = 0; !st && e < r->entities; e++) {
        for (int32_t i = 0; i < r->relations; i++) {
            sides[2 * i] = seen_head(r, i, e) ? '1' : '0';
            sides[2 * i + 1] = seen_tail(r, i, e) ? '1' : '0';
        }
        r->kind[e] = intern_add(kinds, sides, 2 * (size_t)r->relations);
        if (r->kind[e] < 0) st = error_nomem(err);
    }
    gat_free(sides);
    intern_free(kinds);
    return st;
}

static void note(seen_roles *r, const gat_triple *f)
{
    r->heads[f->relation * r->stride + f->head / 64] |= (uint64_t)1 << (f->head % 64);
    r->tails[f->relation * r->stride + f->tail / 64] |= (uint64_t)1 << (f->tail % 64);
    r->loop[f->relation] |= f->head == f->tail;
    r->as_head[f->head]++;
    r->as_tail[f->tail]++;
}

gat_status seen_roles_make(seen_roles *r, const graph_set *train, int32_t entities, int32_t relations, gat_error *err)
{
    gat_status st = seen_roles_init(r, entities, relations, err);
    if (st) return st;
    r->connected = true;
    for (int64_t g = 0; g < train->count; g++)
        r->connected &= graph_is_connected(graph_facts(train, g), graph_size(train, g));
    for (int64_t i = 0; i < train->facts.count; i++)
        if (graph_within(&train->facts.data[i], 1, entities, relations)) note(r, &train->facts.data[i]);
    return seen_roles_kinds(r, err);
}

bool seen_fact(const seen_roles *r, const gat_triple *f)
{
    return graph_within(f, 1, r->entities, r->relations) && seen_head(r, f->relation, f->head) &&
           seen_tail(r, f->relation, f->tail);
}

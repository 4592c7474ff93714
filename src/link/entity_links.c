#include "link/entity_links.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

enum { MOST_SHARED = 6, LINK_OUT = 1, LINK_IN = 2 };

/* A neighbour, with the directions of the links. */
typedef struct neighbour {
    int32_t other, ways;
} neighbour;

typedef struct desk {
    const link_document *d;
    const int64_t *nodes;
    int64_t *start; /* (entities + 2) of around */
    neighbour *around;
    float *common;    /* (entities) of the entity at hand, else 0 */
    uint8_t *ways;    /* (entities) of the entity at hand, else 0 */
    int32_t *touched; /* (entities) */
    int64_t num_touched;
} desk;

static int by_other(const void *p, const void *q)
{
    const neighbour *a = p, *b = q;
    return (a->other > b->other) - (a->other < b->other);
}

/* Sorted, with both directions in one. */
static int64_t merge(neighbour *list, int64_t n)
{
    int64_t kept = 0;
    qsort(list, (size_t)n, sizeof *list, by_other);
    for (int64_t i = 0; i < n; i++) {
        if (kept && list[kept - 1].other == list[i].other) list[kept - 1].ways |= list[i].ways;
        else list[kept++] = list[i];
    }
    return kept;
}

static gat_status find_neighbours(desk *k, int32_t *degree, gat_arena *arena, gat_error *err)
{
    const link_document *d = k->d;
    k->start = arena_zeroed(arena, d->num_entities + 2, sizeof *k->start);
    k->around = arena_zeroed(arena, 2 * d->num_edges, sizeof *k->around);
    if (!k->start || !k->around) return error_nomem(err);
    for (int64_t e = 0; e < d->num_edges; e++) {
        k->start[d->edge[e].from + 2]++;
        k->start[d->edge[e].to + 2]++;
    }
    for (int64_t i = 0; i < d->num_entities; i++) k->start[i + 2] += k->start[i + 1];
    for (int64_t e = 0; e < d->num_edges; e++) {
        link_edge edge = d->edge[e];
        k->around[k->start[edge.from + 1]++] = (neighbour){edge.to, LINK_OUT};
        k->around[k->start[edge.to + 1]++] = (neighbour){edge.from, LINK_IN};
    }
    for (int64_t i = 0; i < d->num_entities; i++)
        degree[i] = (int32_t)merge(k->around + k->start[i], k->start[i + 1] - k->start[i]);
    return GAT_OK;
}

static bool is_candidate(const desk *k, int32_t entity) { return k->nodes[entity + 1] > k->nodes[entity]; }

/* Fills common and ways for entity a. */
static void look_around(desk *k, int32_t a, const int32_t *degree)
{
    k->num_touched = 0;
    for (int64_t i = 0; i < degree[a]; i++) {
        neighbour near = k->around[k->start[a] + i];
        float weight = 1 / logf(2 + (float)degree[near.other]);
        if (!k->ways[near.other] && k->common[near.other] <= 0) k->touched[k->num_touched++] = near.other;
        k->ways[near.other] = (uint8_t)near.ways;
        for (int64_t j = 0; j < degree[near.other]; j++) {
            int32_t b = k->around[k->start[near.other] + j].other;
            if (!k->ways[b] && k->common[b] <= 0) k->touched[k->num_touched++] = b;
            k->common[b] += weight;
        }
    }
}

static void forget(desk *k)
{
    for (int64_t i = 0; i < k->num_touched; i++) {
        k->common[k->touched[i]] = 0;
        k->ways[k->touched[i]] = 0;
    }
}

static edge_sort sort_of(int ways)
{
    return ways == (LINK_OUT | LINK_IN) ? EDGE_BOTH : ways == LINK_OUT ? EDGE_OUT : EDGE_IN;
}

static int strongest_first(const void *p, const void *q)
{
    const entity_link *a = p, *b = q;
    if (a->common != b->common) return a->common > b->common ? -1 : 1;
    return (a->other > b->other) - (a->other < b->other);
}

/* The strongest MOST_SHARED that are not linked; found (all touched) is scratch. */
static int64_t take_shared(entity_link *out, entity_link *found, const desk *k, int32_t a)
{
    int64_t n = 0, kept;
    for (int64_t i = 0; i < k->num_touched; i++) {
        int32_t b = k->touched[i];
        if (b != a && !k->ways[b] && is_candidate(k, b)) found[n++] = (entity_link){b, EDGE_SHARED, k->common[b]};
    }
    qsort(found, (size_t)n, sizeof *found, strongest_first);
    for (kept = 0; kept < n && kept < MOST_SHARED; kept++) out[kept] = found[kept];
    return kept;
}

static int64_t take_links(entity_link *out, entity_link *found, desk *k, int32_t a, const int32_t *degree)
{
    int64_t n = 0;
    if (!is_candidate(k, a)) return 0;
    look_around(k, a, degree);
    out[n++] = (entity_link){a, EDGE_SAME, k->common[a]};
    for (int64_t i = 0; i < degree[a]; i++) {
        neighbour near = k->around[k->start[a] + i];
        if (near.other != a && is_candidate(k, near.other))
            out[n++] = (entity_link){near.other, sort_of(near.ways), k->common[near.other]};
    }
    n += take_shared(out + n, found, k, a);
    forget(k);
    return n;
}

gat_status entity_links_make(entity_links *out, const link_document *d, const int64_t *nodes, gat_arena *arena,
                             gat_error *err)
{
    int64_t n = d->num_entities;
    desk k = {.d = d, .nodes = nodes};
    entity_link *found = arena_zeroed(arena, n, sizeof *found);
    out->start = arena_zeroed(arena, n + 1, sizeof *out->start);
    out->degree = arena_zeroed(arena, n, sizeof *out->degree);
    out->link = arena_zeroed(arena, 2 * d->num_edges + n * (1 + MOST_SHARED), sizeof *out->link);
    k.common = arena_zeroed(arena, n, sizeof *k.common);
    k.ways = arena_zeroed(arena, n, sizeof *k.ways);
    k.touched = arena_zeroed(arena, n, sizeof *k.touched);
    if (!found || !out->start || !out->degree || !out->link || !k.common || !k.ways || !k.touched)
        return error_nomem(err);
    gat_status st = find_neighbours(&k, out->degree, arena, err);
    for (int64_t a = 0; !st && a < n; a++)
        out->start[a + 1] = out->start[a] + take_links(out->link + out->start[a], found, &k, (int32_t)a, out->degree);
    return st;
}

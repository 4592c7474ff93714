/* Directions of embeddings are compared, as `similarity` does: their lengths tell how many facts an entity has. */
#include "tasks/entity_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/igraph_bridge.h"
#include "model/embedding_view.h"
#include "tasks/near_points.h"
#include "tasks/neighbor_layout.h"
#include "tasks/principal.h"
#include "tasks/top_list.h"

enum { MOST_POINTS = 5000, NEAREST = 15, LARGE = 7 };

/* ---- which entities ---- */

static void count_facts(int64_t *facts, const gat_triples *all)
{
    for (int64_t i = 0; i < all->count; i++) {
        facts[all->data[i].head]++;
        facts[all->data[i].tail]++;
    }
}

/* id (top) <- entities with most facts, fewer where there are fewer. */
static gat_status choose(int32_t **id, int64_t *count, const int64_t *facts, int64_t n, int64_t top, gat_error *err)
{
    top_list list = {0};
    gat_status st = top_list_init(&list, top, n, err);
    for (int64_t i = 0; !st && i < n; i++) top_list_add(&list, (double)facts[i], i);
    if (!st) top_list_sort(&list);
    *id = st ? NULL : gat_alloc(list.count, sizeof **id);
    if (!st && !*id) st = error_nomem(err);
    for (int64_t i = 0; !st && i < list.count; i++) (*id)[i] = (int32_t)list.items[i].id;
    *count = list.count;
    top_list_clear(&list);
    return st;
}

/* ---- where ---- */

/* x (count, dim) <- rows of length 1. */
static void take_directions(float *x, const embedding_view *v, const int32_t *id, int64_t count)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < count; i++) {
        const float *from = v->encoded + id[i] * v->dim;
        double squares = 0;
        for (int64_t j = 0; j < v->dim; j++) squares += (double)from[j] * (double)from[j];
        double scale = squares > 0 ? 1 / sqrt(squares) : 0;
        for (int64_t j = 0; j < v->dim; j++) x[i * v->dim + j] = (float)(scale * (double)from[j]);
    }
}

/* From the plane of the components to one where neighbours are near. */
static gat_status spread(double *place, const float *x, int64_t count, int64_t dim, uint64_t seed, gat_error *err)
{
    int64_t nearest = count - 1 < NEAREST ? count - 1 : NEAREST;
    if (nearest < 1) return GAT_OK;
    near_point *near = gat_alloc(count * nearest, sizeof *near);
    gat_status st = near ? near_points(near, x, count, dim, nearest, err) : error_nomem(err);
    if (!st) st = neighbor_layout(place, near, count, nearest, seed, err);
    gat_free(near);
    return st;
}

static gat_status place_points(double *place, const embedding_view *v, const int32_t *id, int64_t count,
                               const gat_map_options *o, gat_error *err)
{
    float *x = gat_alloc(count * v->dim, sizeof *x);
    if (!x) return error_nomem(err);
    take_directions(x, v, id, count);
    gat_status st = principal_plane(place, x, count, v->dim, err);
    if (!st && o->method == GAT_MAP_UMAP) st = spread(place, x, count, v->dim, o->seed, err);
    gat_free(x);
    return st;
}

/* ---- communities ---- */

typedef struct group {
    int64_t points;
    int32_t number;
} group;

static int compare_groups(const void *x, const void *y)
{
    const group *a = x, *b = y;
    if (a->points != b->points) return a->points > b->points ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* Communities by how many points they have; numbers of the graph are below n. */
static gat_status renumber(gat_map_point *p, int64_t count, int32_t n, gat_error *err)
{
    group *groups = gat_calloc(n, sizeof *groups);
    int32_t *rank = gat_alloc(n, sizeof *rank);
    gat_status st = groups && rank ? GAT_OK : error_nomem(err);
    if (!st) {
        for (int32_t i = 0; i < n; i++) groups[i].number = i;
        for (int64_t i = 0; i < count; i++) groups[p[i].community].points++;
        qsort(groups, (size_t)n, sizeof *groups, compare_groups);
        for (int32_t i = 0; i < n; i++) rank[groups[i].number] = i;
        for (int64_t i = 0; i < count; i++) p[i].community = rank[p[i].community];
    }
    gat_free(groups);
    gat_free(rank);
    return st;
}

static gat_status find_communities(gat_map_point *p, const int32_t *id, int64_t count, const gat_model *m,
                                   uint64_t seed, gat_error *err)
{
    int32_t n = intern_count(m->entities), *community = gat_calloc(n, sizeof *community);
    if (!community) return error_nomem(err);
    gat_status st = bridge_communities(community, &m->facts, n, LARGE, seed, err);
    for (int64_t i = 0; !st && i < count; i++) p[i].community = community[id[i]];
    gat_free(community);
    return st ? st : renumber(p, count, n, err);
}

/* ---- all of it ---- */

static void fill(gat_map_point *p, const gat_model *m, const int32_t *id, const int64_t *facts, const double *place,
                 int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        p[i] = (gat_map_point){.entity = intern_string(m->entities, id[i]),
                               .x = place[2 * i],
                               .y = place[2 * i + 1],
                               .community = -1,
                               .facts = facts[id[i]]};
}

gat_status entity_map(gat_map_point **out, int64_t *count, const gat_model *m, const gat_map_options *o, gat_error *err)
{
    const embedding_view *v = NULL;
    int32_t *id = NULL, n = intern_count(m->entities);
    *out = NULL;
    gat_status st = embedding_view_need(&v, m->view, "a map", err);
    if (st) return st;
    int64_t *facts = gat_calloc(n, sizeof *facts);
    if (!facts) return error_nomem(err);
    count_facts(facts, &m->facts);
    st = choose(&id, count, facts, n, o->top > 0 ? o->top : MOST_POINTS, err);
    gat_map_point *points = st ? NULL : gat_alloc(*count, sizeof *points);
    double *place = st ? NULL : gat_alloc(2 * *count, sizeof *place);
    if (!st && (!points || !place)) st = error_nomem(err);
    if (!st) st = place_points(place, v, id, *count, o, err);
    if (!st) fill(points, m, id, facts, place, *count);
    if (!st && bridge_built_in()) st = find_communities(points, id, *count, m, o->seed, err);
    if (!st) *out = points;
    else gat_free(points);
    gat_free(place);
    gat_free(facts);
    gat_free(id);
    return st;
}

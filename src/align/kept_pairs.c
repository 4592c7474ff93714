#include "align/kept_pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"

/* ---- names ----------------------------------------------------------------------------------------------- */

/* map (N of stored) <- id in `now` or -1; old (N of now) <- 1 where one maps. */
static gat_status match_side(int32_t **map, uint8_t **old, const kg_side *stored, const kg_side *now, gat_error *err)
{
    *map = gat_alloc(stored->num_entities, sizeof **map);
    *old = gat_calloc(now->num_entities, 1);
    if (!*map || !*old) return error_nomem(err);
    for (int32_t x = 0; x < stored->num_entities; x++) {
        const char *name = kg_side_entity(stored, x);
        (*map)[x] = kg_side_find(now, name, strlen(name));
        if ((*map)[x] >= 0) (*old)[(*map)[x]] = 1;
    }
    return GAT_OK;
}

/* ---- pairs ----------------------------------------------------------------------------------------------- */

static int64_t keep_pairs(kept_pairs *k, const gat_alignment *m, int32_t *const map[2], int32_t rows)
{
    int64_t gone = 0;
    for (int32_t x = 0; x < rows; x++) k->partner[x] = -1;
    for (int32_t x = 0; x < m->a->num_entities; x++) {
        int32_t seed = m->seed_of[x], answer = seed < 0 ? m->answer[x] : seed, x2 = map[0][x];
        if (answer < 0) continue;
        int32_t y2 = map[1][answer];
        if (x2 < 0 || y2 < 0) {
            gone++;
        } else if (seed >= 0) {
            k->seeds.data[k->seeds.count++] = (gat_link){.source = x2, .target = y2};
        } else {
            k->partner[x2] = y2;
            k->confidence[x2] = m->confidence[x];
            k->count++;
        }
    }
    return gone;
}

/* ---- beliefs --------------------------------------------------------------------------------------------- */

typedef struct belief_item {
    int32_t column;
    float value;
} belief_item;

static int by_column(const void *p, const void *q)
{
    const belief_item *a = p, *b = q;
    return (a->column > b->column) - (a->column < b->column);
}

/* back (rows of out): the stored row that a row comes from, or -1. */
static void fill_beliefs(pair_matrix *out, const pair_matrix *stored, const int32_t *back, const int32_t *column_map,
                         belief_item *items)
{
    int64_t at = 0;
    for (int32_t x = 0; x < out->rows; x++) {
        int64_t count = 0;
        for (int64_t e = back[x] < 0 ? 0 : stored->start[back[x]]; back[x] >= 0 && e < stored->start[back[x] + 1]; e++)
            if (column_map[stored->column[e]] >= 0)
                items[count++] = (belief_item){column_map[stored->column[e]], stored->value[e]};
        if (count) qsort(items, (size_t)count, sizeof *items, by_column);
        for (int64_t i = 0; i < count; i++) {
            out->column[at] = items[i].column;
            out->value[at++] = items[i].value;
        }
        out->start[x + 1] = at;
    }
}

static gat_status map_beliefs(pair_matrix **out, const pair_matrix *stored, int32_t *const map[2], int32_t rows,
                              int32_t columns, gat_error *err)
{
    int32_t *back = gat_alloc(rows, sizeof *back);
    belief_item *items = gat_alloc(stored->columns, sizeof *items);
    gat_status st =
        back && items ? pair_matrix_new(out, rows, columns, pair_matrix_count(stored), err) : error_nomem(err);
    for (int32_t x = 0; !st && x < rows; x++) back[x] = -1;
    for (int32_t x = 0; !st && x < stored->rows; x++)
        if (map[0][x] >= 0) back[map[0][x]] = x;
    if (!st) fill_beliefs(*out, stored, back, map[1], items);
    gat_free(back);
    gat_free(items);
    return st;
}

/* ---- the whole ------------------------------------------------------------------------------------------- */

static gat_status keep(kept_pairs *k, const gat_alignment *m, int32_t *const map[2], const kg_side *a, const kg_side *b,
                       const gat_log *log, gat_error *err)
{
    k->partner = gat_alloc(a->num_entities, sizeof *k->partner);
    k->confidence = gat_calloc(a->num_entities, sizeof *k->confidence);
    k->seeds.capacity = m->a->num_entities;
    k->seeds.data = gat_alloc(k->seeds.capacity, sizeof *k->seeds.data);
    if (!k->partner || !k->confidence || !k->seeds.data) return error_nomem(err);
    int64_t gone = keep_pairs(k, m, map, a->num_entities);
    if (!k->count && !k->seeds.count)
        return error_set(err, GAT_EDATA, "no pair of the stored alignment is in the two graphs");
    if (gone)
        log_say(log, GAT_LOG_WARNING, "%lld pairs of the stored alignment name entities that are gone; passed over",
                (long long)gone);
    return map_beliefs(&k->belief, m->belief, map, a->num_entities, b->num_entities, err);
}

gat_status kept_pairs_init(kept_pairs *k, const gat_alignment *m, const kg_side *a, const kg_side *b,
                           const gat_log *log, gat_error *err)
{
    int32_t *map[2] = {NULL, NULL};
    *k = (kept_pairs){0};
    gat_status st = match_side(&map[0], &k->old[0], m->a, a, err);
    if (!st) st = match_side(&map[1], &k->old[1], m->b, b, err);
    if (!st) st = keep(k, m, map, a, b, log, err);
    gat_free(map[0]);
    gat_free(map[1]);
    if (st) kept_pairs_clear(k);
    return st;
}

void kept_pairs_clear(kept_pairs *k)
{
    gat_free(k->partner);
    gat_free(k->confidence);
    gat_free(k->old[0]);
    gat_free(k->old[1]);
    link_list_clear(&k->seeds);
    pair_matrix_free(k->belief);
    *k = (kept_pairs){0};
}

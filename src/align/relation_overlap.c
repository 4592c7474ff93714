/* Every fact of KG1 between paired entities gives one entry per relation that joins the partners; entries are sorted and
 * added up, in that order whatever the number of threads. */
#include "align/relation_overlap.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

#define PRIOR_MASS 8.0

/* ---- who is paired --------------------------------------------------------------------------------------- */

static void best_of_columns(int64_t *best, int32_t *row, const pair_matrix *m)
{
    for (int32_t k = 0; k < m->columns; k++) best[k] = -1;
    for (int32_t i = 0; i < m->rows; i++)
        for (int64_t e = m->start[i]; e < m->start[i + 1]; e++) {
            int32_t k = m->column[e];
            if (best[k] >= 0 && m->value[e] <= m->value[best[k]]) continue;
            best[k] = e;
            row[k] = i;
        }
}

gat_status paired_entities_init(paired_entities *p, const pair_matrix *belief, float least, gat_error *err)
{
    int64_t *best = gat_alloc(belief->columns, sizeof *best);
    p->partner = gat_alloc(belief->rows, sizeof *p->partner);
    p->weight = gat_calloc(belief->rows, sizeof *p->weight);
    p->back = gat_calloc(belief->columns, sizeof *p->back);
    if (!best || !p->partner || !p->weight || !p->back) {
        gat_free(best);
        paired_entities_clear(p);
        return error_nomem(err);
    }
    best_of_columns(best, p->back, belief);
    for (int32_t i = 0; i < belief->rows; i++) {
        int64_t e = pair_matrix_best(belief, i);
        bool mutual = e >= 0 && belief->value[e] > least && best[belief->column[e]] == e;
        p->partner[i] = mutual ? belief->column[e] : -1;
        p->weight[i] = mutual ? belief->value[e] : 0;
    }
    for (int32_t k = 0; k < belief->columns; k++)
        if (best[k] < 0 || p->partner[p->back[k]] != k) p->back[k] = -1;
    gat_free(best);
    return GAT_OK;
}

void paired_entities_clear(paired_entities *p)
{
    gat_free(p->partner);
    gat_free(p->weight);
    gat_free(p->back);
    *p = (paired_entities){0};
}

/* ---- counting -------------------------------------------------------------------------------------------- */

typedef struct counted {
    uint64_t key; /* second << 32 | first */
    double weight;
} counted;

typedef struct counting {
    const kg_side *a, *b;
    const paired_entities *paired;
    counted *items; /* NULL while they are counted */
    int64_t count;
    double *mass_a, *mass_b; /* (2R) */
} counting;

/* First place among the edges of y, ordered by neighbour, whose neighbour is at least w. */
static int64_t first_edge_to(const kg_side *s, int32_t y, int32_t w)
{
    int64_t low = s->edge_start[y], high = s->edge_start[y + 1];
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (s->neighbor[s->by_neighbor[middle]] < w) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Relations of KG2 between the partners of x and z. */
static void count_edge(counting *c, int32_t first, int32_t y, int32_t w, double weight)
{
    const kg_side *b = c->b;
    for (int64_t i = first_edge_to(b, y, w); i < b->edge_start[y + 1]; i++) {
        int32_t e = b->by_neighbor[i];
        if (b->neighbor[e] != w) break;
        if (c->items) c->items[c->count] = (counted){(uint64_t)b->relation[e] << 32 | (uint32_t)first, weight};
        c->count++;
    }
}

static void count_first(counting *c)
{
    const kg_side *a = c->a;
    const int32_t *partner = c->paired->partner;
    c->count = 0;
    for (int32_t x = 0; x < a->num_entities; x++)
        for (int64_t e = a->edge_start[x]; partner[x] >= 0 && e < a->edge_start[x + 1]; e++) {
            int32_t z = a->neighbor[e];
            if (partner[z] < 0) continue;
            double weight = (double)c->paired->weight[x] * c->paired->weight[z];
            if (c->items) c->mass_a[a->relation[e]] += weight;
            count_edge(c, a->relation[e], partner[x], partner[z], weight);
        }
}

static void count_second(counting *c)
{
    const kg_side *b = c->b;
    const int32_t *back = c->paired->back;
    for (int32_t y = 0; y < b->num_entities; y++)
        for (int64_t e = b->edge_start[y]; back[y] >= 0 && e < b->edge_start[y + 1]; e++) {
            int32_t x = back[y], z = back[b->neighbor[e]];
            if (z >= 0) c->mass_b[b->relation[e]] += (double)c->paired->weight[x] * c->paired->weight[z];
        }
}

static int by_key(const void *p, const void *q)
{
    const counted *a = p, *b = q;
    return a->key != b->key ? (a->key < b->key ? -1 : 1) : (a->weight > b->weight) - (a->weight < b->weight);
}

static int64_t sum_equal(counted *items, int64_t count)
{
    int64_t kept = 0;
    qsort(items, (size_t)count, sizeof *items, by_key);
    for (int64_t i = 0; i < count; i++) {
        if (kept && items[kept - 1].key == items[i].key) items[kept - 1].weight += items[i].weight;
        else items[kept++] = items[i];
    }
    return kept;
}

static gat_status count_all(counting *c, gat_error *err)
{
    count_first(c);
    c->items = gat_alloc(c->count, sizeof *c->items);
    c->mass_a = gat_calloc(2 * (int64_t)c->a->num_relations, sizeof *c->mass_a);
    c->mass_b = gat_calloc(2 * (int64_t)c->b->num_relations, sizeof *c->mass_b);
    if (!c->items || !c->mass_a || !c->mass_b) return error_nomem(err);
    count_first(c);
    count_second(c);
    c->count = sum_equal(c->items, c->count);
    return GAT_OK;
}

/* ---- the table ------------------------------------------------------------------------------------------- */

static gat_status make_table(relation_overlap *o, int64_t count, int32_t seconds, gat_error *err)
{
    int64_t slots = 16;
    while (slots < 4 * count) slots *= 2;
    o->num_pairs = count;
    o->mask = (uint64_t)slots - 1;
    o->pairs = gat_alloc(count, sizeof *o->pairs);
    o->second_start = gat_calloc((int64_t)seconds + 1, sizeof *o->second_start);
    o->slot = gat_calloc(slots, sizeof *o->slot);
    return o->pairs && o->second_start && o->slot ? GAT_OK : error_nomem(err);
}

/* The pairs are there. */
static void index_pairs(relation_overlap *o, int32_t seconds)
{
    for (int64_t i = 0; i < o->num_pairs; i++) {
        const relation_pair *p = &o->pairs[i];
        o->second_start[p->second + 1]++;
        uint64_t at = relation_pair_hash(p->first, p->second) & o->mask;
        while (o->slot[at]) at = (at + 1) & o->mask;
        o->slot[at] = (int32_t)i + 1;
    }
    for (int32_t k = 0; k < seconds; k++) o->second_start[k + 1] += o->second_start[k];
}

static gat_status fill_counted(relation_overlap *o, const counting *c, gat_error *err)
{
    int32_t seconds = 2 * c->b->num_relations;
    gat_status st = make_table(o, c->count, seconds, err);
    if (st) return st;
    for (int64_t i = 0; i < c->count; i++) {
        int32_t first = (int32_t)(c->items[i].key & UINT32_MAX), second = (int32_t)(c->items[i].key >> 32);
        double mass = (c->mass_a[first] + PRIOR_MASS) * (c->mass_b[second] + PRIOR_MASS);
        o->pairs[i] = (relation_pair){first, second, (float)(c->items[i].weight / sqrt(mass))};
    }
    index_pairs(o, seconds);
    return GAT_OK;
}

gat_status relation_overlap_from(relation_overlap **out, const relation_pair *pairs, int64_t count, int32_t seconds,
                                 gat_error *err)
{
    relation_overlap *o = gat_calloc(1, sizeof *o);
    *out = NULL;
    gat_status st = o ? make_table(o, count, seconds, err) : error_nomem(err);
    if (st) {
        relation_overlap_free(o);
        return st;
    }
    if (count) memcpy(o->pairs, pairs, (size_t)count * sizeof *pairs);
    index_pairs(o, seconds);
    *out = o;
    return GAT_OK;
}

gat_status relation_overlap_new(relation_overlap **out, const kg_side *a, const kg_side *b,
                                const paired_entities *paired, gat_error *err)
{
    counting c = {.a = a, .b = b, .paired = paired};
    relation_overlap *o = gat_calloc(1, sizeof *o);
    *out = NULL;
    gat_status st = o ? count_all(&c, err) : error_nomem(err);
    if (!st) st = fill_counted(o, &c, err);
    if (st) relation_overlap_free(o);
    else *out = o;
    gat_free(c.items);
    gat_free(c.mass_a);
    gat_free(c.mass_b);
    return st;
}

void relation_overlap_free(relation_overlap *o)
{
    if (!o) return;
    gat_free(o->pairs);
    gat_free(o->second_start);
    gat_free(o->slot);
    gat_free(o);
}

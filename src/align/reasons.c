#include "align/reasons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"

/* Reasons while they are collected. */
typedef struct collection {
    const gat_alignment *m;
    float norm[NUM_WEIGHTS]; /* of the pair */
    gat_align_reason *items; /* NULL while they are counted */
    int64_t count;
} collection;

/* What the facts of an entity would count if each met its like. */
static void mass_of(float mass[NUM_WEIGHTS], const kg_side *s, int32_t x, float size)
{
    for (int k = 0; k < NUM_WEIGHTS; k++) mass[k] = 0;
    for (int64_t e = s->edge_start[x]; e < s->edge_start[x + 1]; e++) {
        float self[NUM_WEIGHTS];
        int64_t c = group_size(s, s->far_group[e]);
        evidence_weights(self, 1, size, c, c);
        for (int k = 0; k < NUM_WEIGHTS; k++) mass[k] += self[k];
    }
}

static float size_of(const gat_alignment *m)
{
    return (float)(m->a->num_entities > m->b->num_entities ? m->a->num_entities : m->b->num_entities);
}

static double weigh(const collection *c, int64_t e1, int64_t e2, float belief)
{
    const kg_side *a = c->m->a, *b = c->m->b;
    float u = relation_overlap_of(c->m->overlap, a->relation[e1], b->relation[e2]), parts[NUM_WEIGHTS];
    float q = evidence_belief(belief, c->m->settings.gamma);
    double weight = 0;
    if (u <= 0 || q <= 0) return 0;
    evidence_weights(parts, q * u, size_of(c->m), group_size(a, a->far_group[e1]), group_size(b, b->far_group[e2]));
    for (int k = 0; k < NUM_WEIGHTS; k++) weight += (double)(parts[k] * c->norm[k]) / NUM_WEIGHTS;
    return weight;
}

static void add_reason(collection *c, int64_t e1, int64_t e2, float belief)
{
    const kg_side *a = c->m->a, *b = c->m->b;
    double weight = weigh(c, e1, e2, belief);
    if (weight <= 0) return;
    if (c->items)
        c->items[c->count] = (gat_align_reason){.relation1 = kg_side_relation(a, a->relation[e1]),
                                                .neighbor1 = kg_side_entity(a, a->neighbor[e1]),
                                                .relation2 = kg_side_relation(b, b->relation[e2]),
                                                .neighbor2 = kg_side_entity(b, b->neighbor[e2]),
                                                .text1 = kg_side_text(a, a->neighbor[e1]),
                                                .text2 = kg_side_text(b, b->neighbor[e2]),
                                                .inverse1 = a->relation[e1] >= a->num_relations,
                                                .inverse2 = b->relation[e2] >= b->num_relations,
                                                .belief = (double)belief,
                                                .weight = weight};
    c->count++;
}

static void collect(collection *c, int32_t x, int32_t y)
{
    const kg_side *a = c->m->a, *b = c->m->b;
    c->count = 0;
    for (int64_t e1 = a->edge_start[x]; e1 < a->edge_start[x + 1]; e1++)
        for (int64_t e2 = b->edge_start[y]; e2 < b->edge_start[y + 1]; e2++) {
            int64_t p = pair_matrix_find(c->m->belief, a->neighbor[e1], b->neighbor[e2]);
            if (p >= 0) add_reason(c, e1, e2, c->m->belief->value[p]);
        }
}

static int heaviest_first(const void *p, const void *q)
{
    const gat_align_reason *a = p, *b = q;
    if (a->weight > b->weight || a->weight < b->weight) return a->weight > b->weight ? -1 : 1;
    int order = strcmp(a->neighbor1, b->neighbor1);
    return order ? order : strcmp(a->relation1, b->relation1);
}

gat_status reasons_find(gat_align_reason **out, int64_t *count, const gat_alignment *m, const char *source, int64_t top,
                        gat_error *err)
{
    collection c = {.m = m};
    int32_t place;
    float first[NUM_WEIGHTS], second[NUM_WEIGHTS];
    *out = NULL;
    *count = 0;
    gat_status st = vocab_lookup(&place, m->a->entities, source, "entity", err);
    if (st) return st;
    int32_t x = m->a->entity_id[place], y = m->answer[x];
    if (y >= 0) {
        mass_of(first, m->a, x, size_of(m));
        mass_of(second, m->b, y, size_of(m));
        for (int k = 0; k < NUM_WEIGHTS; k++) c.norm[k] = 1 / sqrtf((first[k] + 1e-3f) * (second[k] + 1e-3f));
        collect(&c, x, y);
    }
    c.items = gat_alloc(c.count, sizeof *c.items);
    if (!c.items) return error_nomem(err);
    if (y >= 0) collect(&c, x, y);
    if (c.count) qsort(c.items, (size_t)c.count, sizeof *c.items, heaviest_first);
    *out = c.items;
    *count = c.count < top ? c.count : top;
    return GAT_OK;
}

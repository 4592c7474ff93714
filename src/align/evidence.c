#include "align/evidence.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { FIRST_CAPACITY = 64 };

static const float LEAST_BELIEF = 0.02f, LEAST_WEIGHT = 1e-4f, ODDS = 0.01f, LEAST_NORM = 1e-3f;

void evidence_weights(float out[NUM_WEIGHTS], float qu, float size, int64_t c1, int64_t c2)
{
    float r1 = size / (float)c1, r2 = size / (float)c2;
    out[WEIGHT_LOG_ODDS] = 0.5f * log1pf(ODDS * qu * r1) + 0.5f * log1pf(ODDS * qu * r2);
    out[WEIGHT_IDF] = qu * 0.5f * (logf(r1) + logf(r2));
    out[WEIGHT_ROOT] = qu / sqrtf(sqrtf((float)c1 * (float)c2));
}

float evidence_belief(float belief, float gamma)
{
    float q = powf(belief, gamma);
    return q < LEAST_BELIEF ? 0 : q;
}

/* ---- norms ----------------------------------------------------------------------------------------------- */

static void fill_norms(float *norm, const kg_side *s, float size)
{
#pragma omp parallel for schedule(dynamic, 256)
    for (int32_t x = 0; x < s->num_entities; x++) {
        float sum[NUM_WEIGHTS] = {0};
        for (int64_t e = s->edge_start[x]; e < s->edge_start[x + 1]; e++) {
            float self[NUM_WEIGHTS];
            int64_t c = group_size(s, s->far_group[e]);
            evidence_weights(self, 1, size, c, c);
            for (int k = 0; k < NUM_WEIGHTS; k++) sum[k] += self[k];
        }
        for (int k = 0; k < NUM_WEIGHTS; k++) norm[(int64_t)x * WEIGHT_LANES + k] = 1 / sqrtf(sum[k] + LEAST_NORM);
    }
}

gat_status evidence_space_init(evidence_space *s, const kg_side *a, const kg_side *b, gat_error *err)
{
    *s = (evidence_space){.a = a, .b = b};
    s->size = (float)(a->num_entities > b->num_entities ? a->num_entities : b->num_entities);
    s->norm_a = gat_calloc((int64_t)a->num_entities * WEIGHT_LANES, sizeof *s->norm_a);
    s->norm_b = gat_calloc((int64_t)b->num_entities * WEIGHT_LANES, sizeof *s->norm_b);
    if (!s->norm_a || !s->norm_b) {
        evidence_space_clear(s);
        return error_nomem(err);
    }
    fill_norms(s->norm_a, a, s->size);
    fill_norms(s->norm_b, b, s->size);
    return GAT_OK;
}

void evidence_space_clear(evidence_space *s)
{
    gat_free(s->norm_a);
    gat_free(s->norm_b);
    *s = (evidence_space){0};
}

/* ---- evidence of groups ---------------------------------------------------------------------------------- */

typedef struct pairing {
    const evidence_space *space;
    const pair_matrix *belief;
    const float *q; /* by entry of the belief */
    const relation_overlap *overlap;
} pairing;

/* Items of a group while they are being found. */
typedef struct finding {
    group_evidence *items;
    int64_t count, capacity;
    gat_arena *arena;
} finding;

static bool finding_add(finding *f, const group_evidence *item)
{
    if (f->count == f->capacity) {
        int64_t wanted = f->capacity ? 2 * f->capacity : FIRST_CAPACITY;
        group_evidence *items = gat_regrow(f->items, f->count, wanted, sizeof *items);
        if (!items) return false;
        f->items = items;
        f->capacity = wanted;
    }
    f->items[f->count++] = *item;
    return true;
}

/* What the groups of w say about group g of KG1. */
static bool pair_groups(finding *f, const pairing *p, int64_t g, int32_t w, float q)
{
    const kg_side *a = p->space->a, *b = p->space->b;
    int64_t size = group_size(a, g);
    for (int64_t h = b->group_start[w]; h < b->group_start[w + 1]; h++) {
        float u = relation_overlap_of(p->overlap, a->group_relation[g], b->group_relation[h]);
        group_evidence found = {.group = (int32_t)h};
        if (u * q <= LEAST_WEIGHT * 0.1f) continue;
        evidence_weights(found.weight, q * u, p->space->size, size, group_size(b, h));
        if (found.weight[WEIGHT_LOG_ODDS] < LEAST_WEIGHT) continue;
        if (!finding_add(f, &found)) return false;
    }
    return true;
}

static bool find_group(evidence_table *v, finding *f, const pairing *p, int32_t z, int64_t g)
{
    bool well = true;
    f->count = 0;
    for (int64_t e = p->belief->start[z]; well && e < p->belief->start[z + 1]; e++)
        if (p->q[e] > 0) well = pair_groups(f, p, g, p->belief->column[e], p->q[e]);
    if (!well || !f->count) return well;
    v->items[g] = arena_alloc(f->arena, f->count, sizeof *f->items);
    if (!v->items[g]) return false;
    memcpy(v->items[g], f->items, (size_t)f->count * sizeof *f->items);
    v->count[g] = (int32_t)f->count;
    return true;
}

static gat_status find_all(evidence_table *v, finding *findings, const pairing *p, gat_error *err)
{
    const kg_side *a = p->space->a;
    bool well = true;
#pragma omp parallel for schedule(dynamic, 64) reduction(&& : well)
    for (int32_t z = 0; z < a->num_entities; z++)
        for (int64_t g = a->group_start[z]; well && g < a->group_start[z + 1]; g++)
            well = find_group(v, &findings[parallel_thread()], p, z, g);
    return well ? GAT_OK : error_nomem(err);
}

static gat_status fill_evidence(evidence_table *v, const pairing *p, gat_error *err)
{
    finding *findings = gat_calloc(v->num_arenas, sizeof *findings);
    gat_status st = findings ? GAT_OK : error_nomem(err);
    for (int i = 0; !st && i < v->num_arenas; i++) {
        v->arenas[i] = findings[i].arena = arena_new();
        if (!v->arenas[i]) st = error_nomem(err);
    }
    if (!st) st = find_all(v, findings, p, err);
    for (int i = 0; findings && i < v->num_arenas; i++) gat_free(findings[i].items);
    gat_free(findings);
    return st;
}

gat_status evidence_init(evidence_table *v, const evidence_space *space, const pair_matrix *belief, float gamma,
                         const relation_overlap *overlap, gat_error *err)
{
    int64_t count = pair_matrix_count(belief), groups = space->a->num_groups;
    float *q = gat_alloc(count, sizeof *q);
    *v = (evidence_table){.num_arenas = parallel_threads()};
    v->items = gat_calloc(groups, sizeof *v->items);
    v->count = gat_calloc(groups, sizeof *v->count);
    v->arenas = gat_calloc(v->num_arenas, sizeof *v->arenas);
    gat_status st = q && v->items && v->count && v->arenas ? GAT_OK : error_nomem(err);
    if (!st) {
        pairing p = {space, belief, q, overlap};
#pragma omp parallel for schedule(static)
        for (int64_t e = 0; e < count; e++) q[e] = evidence_belief(belief->value[e], gamma);
        st = fill_evidence(v, &p, err);
    }
    gat_free(q);
    if (st) evidence_clear(v);
    return st;
}

void evidence_clear(evidence_table *v)
{
    for (int i = 0; v->arenas && i < v->num_arenas; i++) arena_free(v->arenas[i]);
    gat_free(v->arenas);
    gat_free(v->items);
    gat_free(v->count);
    *v = (evidence_table){0};
}

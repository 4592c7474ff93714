#include "align/evidence.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

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

/* What the groups of w say about group g of KG1; items NULL: only counted. */
static int64_t pair_groups(group_evidence *items, const pairing *p, int64_t g, int32_t w, float q)
{
    const kg_side *a = p->space->a, *b = p->space->b;
    int64_t count = 0, size = group_size(a, g);
    for (int64_t h = b->group_start[w]; h < b->group_start[w + 1]; h++) {
        float u = relation_overlap_of(p->overlap, a->group_relation[g], b->group_relation[h]);
        group_evidence found = {.group = (int32_t)h};
        if (u * q <= LEAST_WEIGHT * 0.1f) continue;
        evidence_weights(found.weight, q * u, p->space->size, size, group_size(b, h));
        if (found.weight[WEIGHT_LOG_ODDS] < LEAST_WEIGHT) continue;
        if (items) items[count] = found;
        count++;
    }
    return count;
}

static int64_t evidence_of(group_evidence *items, const pairing *p, int32_t z, int64_t g)
{
    int64_t count = 0;
    for (int64_t e = p->belief->start[z]; e < p->belief->start[z + 1]; e++)
        if (p->q[e] > 0) count += pair_groups(items ? items + count : NULL, p, g, p->belief->column[e], p->q[e]);
    return count;
}

static gat_status fill_evidence(evidence_table *v, const pairing *p, gat_error *err)
{
    const kg_side *a = p->space->a;
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t z = 0; z < a->num_entities; z++)
        for (int64_t g = a->group_start[z]; g < a->group_start[z + 1]; g++)
            v->start[g + 1] = evidence_of(NULL, p, z, g);
    for (int64_t g = 0; g < a->num_groups; g++) v->start[g + 1] += v->start[g];
    v->items = gat_alloc(v->start[a->num_groups], sizeof *v->items);
    if (!v->items) return error_nomem(err);
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t z = 0; z < a->num_entities; z++)
        for (int64_t g = a->group_start[z]; g < a->group_start[z + 1]; g++)
            evidence_of(v->items + v->start[g], p, z, g);
    return GAT_OK;
}

gat_status evidence_init(evidence_table *v, const evidence_space *space, const pair_matrix *belief, float gamma,
                         const relation_overlap *overlap, gat_error *err)
{
    int64_t count = pair_matrix_count(belief);
    float *q = gat_alloc(count, sizeof *q);
    *v = (evidence_table){.start = gat_calloc(space->a->num_groups + 1, sizeof *v->start)};
    gat_status st = q && v->start ? GAT_OK : error_nomem(err);
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
    gat_free(v->start);
    gat_free(v->items);
    *v = (evidence_table){0};
}

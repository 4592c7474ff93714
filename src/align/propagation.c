#include "align/propagation.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/kernels.h"

enum { STREAM_LABELS = 0xa120 };

static const float LEAST_LABEL = 0.02f;

/* Entities by relation: the heads of relation r are entity[start[r] .. start[r + 1]). */
typedef struct relation_heads {
    int64_t *start; /* 2R + 2 */
    int32_t *entity;
} relation_heads;

static gat_status relation_heads_init(relation_heads *h, const kg_side *s, gat_error *err)
{
    int32_t n = 2 * s->num_relations;
    h->start = gat_calloc((int64_t)n + 2, sizeof *h->start);
    h->entity = gat_alloc(s->num_groups, sizeof *h->entity);
    if (!h->start || !h->entity) return error_nomem(err);
    int64_t *next = h->start + 1;
    for (int64_t g = 0; g < s->num_groups; g++) next[s->group_relation[g] + 1]++;
    for (int32_t r = 0; r < n; r++) next[r + 1] += next[r];
    for (int32_t x = 0; x < s->num_entities; x++)
        for (int64_t g = s->group_start[x]; g < s->group_start[x + 1]; g++) h->entity[next[s->group_relation[g]]++] = x;
    return GAT_OK;
}

static void relation_heads_clear(relation_heads *h)
{
    gat_free(h->start);
    gat_free(h->entity);
}

static void unit(float *x, int64_t n)
{
    float square = 0;
    kernels()->row_squares(&square, x, 1, n);
    if (square <= 0) return;
    float scale = 1 / sqrtf(square);
    for (int64_t i = 0; i < n; i++) x[i] *= scale;
}

/* ---- labels ---------------------------------------------------------------------------------------------- */

/* random (N1, dim): the vectors; the first stage of both sides is written. */
static void fill_random(float *random, const pair_matrix *belief, int64_t dim, uint64_t seed)
{
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t x = 0; x < belief->rows; x++) {
        int64_t best = pair_matrix_best(belief, x);
        if (best < 0 || belief->value[best] < LEAST_LABEL) continue;
        random_fill_normal(random + x * dim, dim, 1, seed, random_stream(STREAM_LABELS, (uint64_t)x, 0));
        unit(random + x * dim, dim);
    }
}

static void label_first(propagation *p, const float *random, const pair_matrix *belief, int64_t dim)
{
#pragma omp parallel for schedule(static)
    for (int32_t x = 0; x < belief->rows; x++) {
        int64_t best = pair_matrix_best(belief, x);
        if (best >= 0 && belief->value[best] >= LEAST_LABEL)
            kernels()->axpy(p->entity[0] + x * p->width, random + x * dim, belief->value[best], dim);
    }
}

static void label_second(propagation *p, const float *random, const pair_matrix *belief, const pair_columns *c,
                         int64_t dim)
{
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t y = 0; y < belief->columns; y++)
        for (int64_t i = c->start[y]; i < c->start[y + 1]; i++) {
            float value = belief->value[c->entry[i]];
            if (value >= LEAST_LABEL)
                kernels()->axpy(p->entity[1] + y * p->width, random + c->row[i] * dim, value, dim);
        }
}

static gat_status label(propagation *p, const pair_matrix *belief, int64_t dim, uint64_t seed, gat_error *err)
{
    pair_columns columns = {0};
    float *random = gat_calloc(belief->rows * dim, sizeof *random);
    gat_status st = random ? pair_columns_init(&columns, belief, err) : error_nomem(err);
    if (!st) {
        fill_random(random, belief, dim, seed);
        label_first(p, random, belief, dim);
        label_second(p, random, belief, &columns, dim);
    }
    gat_free(random);
    pair_columns_clear(&columns);
    return st;
}

/* ---- rounds ---------------------------------------------------------------------------------------------- */

static void spread_to_relations(float *relation, const float *entity, const kg_side *s, const relation_heads *h,
                                int64_t dim, int64_t width)
{
#pragma omp parallel for schedule(dynamic, 4)
    for (int32_t r = 0; r < 2 * s->num_relations; r++) {
        float *to = relation + r * width + dim;
        for (int64_t i = h->start[r]; i < h->start[r + 1]; i++)
            kernels()->axpy(to, entity + h->entity[i] * width, 1, dim);
        unit(to, dim);
    }
}

/* entity, relation: at the column of the stage that is read; the next one is written. */
static void spread_to_entities(float *entity, const float *relation, const kg_side *s, int64_t dim, int64_t width)
{
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t x = 0; x < s->num_entities; x++) {
        float *to = entity + x * width + dim;
        int64_t degree = s->edge_start[x + 1] - s->edge_start[x];
        kernels()->axpy(to, entity + x * width, 2 * (float)degree, dim);
        for (int64_t e = s->edge_start[x]; e < s->edge_start[x + 1]; e++)
            kernels()->axpy(to, entity + s->neighbor[e] * width, 1, dim);
        for (int64_t g = s->group_start[x]; g < s->group_start[x + 1]; g++)
            kernels()->axpy(to, relation + inverse_relation(s, s->group_relation[g]) * width, 1, dim);
        unit(to, dim);
    }
}

static gat_status spread(propagation *p, const kg_side *s, int side, int64_t dim, gat_error *err)
{
    relation_heads heads = {0};
    gat_status st = relation_heads_init(&heads, s, err);
    for (int64_t stage = 0; !st && stage + 1 < PROPAGATION_STAGES; stage++) {
        float *entity = p->entity[side] + stage * dim, *relation = p->relation[side] + stage * dim;
        spread_to_relations(relation, entity, s, &heads, dim, p->width);
        spread_to_entities(entity, relation, s, dim, p->width);
    }
    relation_heads_clear(&heads);
    return st;
}

static void unit_rows(float *x, int64_t n, int64_t width)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) unit(x + i * width, width);
}

gat_status propagation_init(propagation *p, const kg_side *a, const kg_side *b, const pair_matrix *belief, int64_t dim,
                            uint64_t seed, gat_error *err)
{
    const kg_side *sides[2] = {a, b};
    gat_status st = GAT_OK;
    *p = (propagation){.width = PROPAGATION_STAGES * dim};
    for (int k = 0; k < 2; k++) {
        p->entity[k] = gat_calloc(sides[k]->num_entities * p->width, sizeof *p->entity[k]);
        p->relation[k] = gat_calloc(2 * sides[k]->num_relations * p->width, sizeof *p->relation[k]);
        if (!p->entity[k] || !p->relation[k]) st = error_nomem(err);
    }
    if (!st) st = label(p, belief, dim, seed, err);
    for (int k = 0; !st && k < 2; k++) {
        st = spread(p, sides[k], k, dim, err);
        if (st) break;
        unit_rows(p->entity[k], sides[k]->num_entities, p->width);
        unit_rows(p->relation[k], 2 * (int64_t)sides[k]->num_relations, p->width);
    }
    if (st) propagation_clear(p);
    return st;
}

void propagation_clear(propagation *p)
{
    for (int k = 0; k < 2; k++) {
        gat_free(p->entity[k]);
        gat_free(p->relation[k]);
    }
    *p = (propagation){0};
}

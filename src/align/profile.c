#include "align/profile.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static const float LEAST_OVERLAP = 0.05f;

static void fill_idf(float *idf, const kg_side *s)
{
    memset(idf, 0, 2 * (size_t)s->num_relations * sizeof *idf);
    for (int64_t g = 0; g < s->num_groups; g++) idf[s->group_relation[g]] += 1;
    for (int32_t r = 0; r < 2 * s->num_relations; r++) idf[r] = idf[r] > 0 ? logf((float)s->num_entities / idf[r]) : 0;
}

static void fill_norms(relation_profile *p)
{
    const kg_side *a = p->a;
    for (int32_t x = 0; x < a->num_entities; x++) {
        float sum = 0;
        for (int64_t g = a->group_start[x]; g < a->group_start[x + 1]; g++)
            sum += p->idf[a->group_relation[g]] * p->idf[a->group_relation[g]];
        p->norm_a[x] = sum > 0 ? 1 / sqrtf(sum) : 0;
    }
}

/* One vector of KG2 while it is being mapped. */
typedef struct mapping {
    float *sum;       /* (2 R1), zero between entities */
    int32_t *touched; /* (2 R1) */
    int32_t count;
} mapping;

static void map_entity(mapping *m, const float *idf, const kg_side *b, const relation_overlap *o, int32_t y)
{
    m->count = 0;
    for (int64_t g = b->group_start[y]; g < b->group_start[y + 1]; g++) {
        int32_t second = b->group_relation[g];
        for (int64_t i = o->second_start[second]; i < o->second_start[second + 1]; i++) {
            const relation_pair *pair = &o->pairs[i];
            float part = pair->overlap * idf[second];
            if (pair->overlap <= LEAST_OVERLAP || part <= 0) continue;
            if (m->sum[pair->first] <= 0) m->touched[m->count++] = pair->first;
            m->sum[pair->first] += part;
        }
    }
}

/* Writes the vector, at length 1, from `at` on, and empties it; p->relation NULL: only empties it. */
static void take_vector(relation_profile *p, mapping *m, int64_t at)
{
    float square = 0;
    for (int32_t i = 0; i < m->count; i++) square += m->sum[m->touched[i]] * m->sum[m->touched[i]];
    float scale = square > 0 ? 1 / sqrtf(square) : 0;
    for (int32_t i = 0; i < m->count; i++) {
        int32_t r = m->touched[i];
        if (p->relation) {
            p->relation[at + i] = r;
            p->value[at + i] = scale * m->sum[r];
        }
        m->sum[r] = 0;
    }
}

static void map_all(relation_profile *p, mapping *m, const float *idf, const kg_side *b, const relation_overlap *o)
{
    for (int32_t y = 0; y < b->num_entities; y++) {
        map_entity(m, idf, b, o, y);
        if (!p->relation) p->start[y + 1] = p->start[y] + m->count;
        take_vector(p, m, p->start[y]);
    }
}

static gat_status map_vectors(relation_profile *p, const kg_side *b, const relation_overlap *o, gat_error *err)
{
    int64_t firsts = 2 * (int64_t)p->a->num_relations;
    mapping m = {.sum = gat_calloc(firsts, sizeof *m.sum), .touched = gat_alloc(firsts, sizeof *m.touched)};
    float *idf = gat_alloc(2 * (int64_t)b->num_relations, sizeof *idf);
    gat_status st = m.sum && m.touched && idf ? GAT_OK : error_nomem(err);
    if (!st) {
        fill_idf(idf, b);
        map_all(p, &m, idf, b, o);
        p->value = gat_alloc(p->start[b->num_entities], sizeof *p->value);
        p->relation = p->value ? gat_alloc(p->start[b->num_entities], sizeof *p->relation) : NULL;
        if (p->relation) map_all(p, &m, idf, b, o);
        else st = error_nomem(err);
    }
    gat_free(m.sum);
    gat_free(m.touched);
    gat_free(idf);
    return st;
}

gat_status profile_init(relation_profile *p, const kg_side *a, const kg_side *b, const relation_overlap *o,
                        gat_error *err)
{
    *p = (relation_profile){.a = a};
    p->idf = gat_alloc(2 * (int64_t)a->num_relations, sizeof *p->idf);
    p->norm_a = gat_alloc(a->num_entities, sizeof *p->norm_a);
    p->start = gat_calloc((int64_t)b->num_entities + 1, sizeof *p->start);
    gat_status st = p->idf && p->norm_a && p->start ? GAT_OK : error_nomem(err);
    if (!st) {
        fill_idf(p->idf, a);
        fill_norms(p);
        st = map_vectors(p, b, o, err);
    }
    if (st) profile_clear(p);
    return st;
}

void profile_clear(relation_profile *p)
{
    gat_free(p->idf);
    gat_free(p->norm_a);
    gat_free(p->start);
    gat_free(p->relation);
    gat_free(p->value);
    *p = (relation_profile){0};
}

void profile_spread(float *row, const relation_profile *p, int32_t x)
{
    for (int64_t g = p->a->group_start[x]; g < p->a->group_start[x + 1]; g++)
        row[p->a->group_relation[g]] = p->norm_a[x] * p->idf[p->a->group_relation[g]];
}

void profile_unspread(float *row, const relation_profile *p, int32_t x)
{
    for (int64_t g = p->a->group_start[x]; g < p->a->group_start[x + 1]; g++) row[p->a->group_relation[g]] = 0;
}

float profile_cosine(const float *row, const relation_profile *p, int32_t y)
{
    float sum = 0;
    for (int64_t i = p->start[y]; i < p->start[y + 1]; i++) sum += row[p->relation[i]] * p->value[i];
    return sum;
}

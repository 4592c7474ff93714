#include "grow/entity_fit.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

void entity_fit_clear(entity_fit *f)
{
    gat_free(f->fit);
    gat_free(f->takes);
    *f = (entity_fit){0};
}

/* both (2R,2R): entities that stand in both places; the diagonal: in the place. */
static void count_places(float *both, entity_fit *f, const gat_filter *known)
{
    int64_t queries = filter_num_queries(known), places = f->num_places;
    for (int64_t q = 0, end; q < queries; q = end) {
        int32_t entity = filter_query(known, q).entity;
        for (end = q; end < queries && filter_query(known, end).entity == entity; end++)
            f->fit[entity * places + filter_query(known, end).relation] = 1;
        for (int64_t i = q; i < end; i++)
            for (int64_t k = q; k < end; k++)
                both[filter_query(known, i).relation * places + filter_query(known, k).relation]++;
    }
}

static void fill_fit(entity_fit *f, const float *both, const gat_filter *known)
{
    int64_t queries = filter_num_queries(known), places = f->num_places;
    for (int64_t q = 0; q < queries; q++) {
        gat_query row = filter_query(known, q);
        const float *with = both + row.relation * places;
        float *to = f->fit + row.entity * places, all = with[row.relation] + 1;
        for (int64_t d = 0; d < places; d++)
            if (to[d] < 1) to[d] = fmaxf(to[d], with[d] / all);
    }
}

static gat_status fill_types(entity_fit *f, const gat_filter *known, gat_error *err)
{
    const entity_types *t = f->types;
    int64_t queries = filter_num_queries(known);
    f->takes = gat_calloc((int64_t)f->num_places * t->num_types, 1);
    if (!f->takes) return error_nomem(err);
    for (int64_t q = 0; q < queries; q++) {
        gat_query row = filter_query(known, q);
        for (int64_t i = t->indptr[row.entity]; i < t->indptr[row.entity + 1]; i++)
            f->takes[(int64_t)row.relation * t->num_types + t->type[i]] = 1;
    }
    return GAT_OK;
}

gat_status entity_fit_make(entity_fit *out, const gat_filter *known, const entity_types *types, int32_t num_entities,
                           int32_t num_relations, gat_error *err)
{
    int64_t places = 2 * (int64_t)num_relations;
    *out = (entity_fit){.num_entities = num_entities, .num_places = (int32_t)places, .types = types};
    float *both = gat_calloc(places * places, sizeof *both);
    out->fit = gat_calloc(num_entities * places, sizeof *out->fit);
    gat_status st = both && out->fit ? GAT_OK : error_nomem(err);
    if (!st) count_places(both, out, known);
    if (!st) fill_fit(out, both, known);
    if (!st && types->num_types) st = fill_types(out, known, err);
    if (st) entity_fit_clear(out);
    gat_free(both);
    return st;
}

bool entity_in_type(const entity_fit *f, int32_t entity, int32_t place)
{
    const entity_types *t = f->types;
    if (!f->takes || t->indptr[entity] == t->indptr[entity + 1]) return true;
    for (int64_t i = t->indptr[entity]; i < t->indptr[entity + 1]; i++)
        if (f->takes[(int64_t)place * t->num_types + t->type[i]]) return true;
    return false;
}

bool entity_takes(const entity_fit *f, int32_t entity, int32_t place)
{
    float fit = entity_fits(f, entity, place);
    return f->takes ? fit > 0 && entity_in_type(f, entity, place) : fit >= FIT_LEAST;
}

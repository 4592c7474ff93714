#include "model/side_view.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { SIDE_ROWS = 32 };

struct side_view {
    const gat_model *model; /* of paths */
    const model_view *view; /* of the side model */
    model_view *owned;      /* the same where it was made here */
    int32_t *relation;      /* (R) in the side model; -1 */
};

int32_t side_relation(const gat_model *m, int32_t relation)
{
    const char *name = intern_string(m->relations, relation);
    int32_t id = intern_find(m->side->relations, name, strlen(name));
    return id < m->side->num_seen_relations ? id : -1;
}

/* The view of the side model over the same entities and facts. */
static gat_status build(side_view *s, const gat_intern *entities, const gat_triples *facts, gat_error *err)
{
    gat_triples own = {0};
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < facts->count; i++) {
        gat_triple f = facts->data[i];
        f.relation = s->relation[f.relation];
        if (f.relation >= 0) st = triples_push(&own, f, err);
    }
    if (!st) st = view_build(&s->owned, s->model->side, entities, &own, err);
    s->view = s->owned;
    triples_clear(&own);
    return st;
}

gat_status side_view_new(side_view **out, const model_view *paths, const gat_triples *facts, bool own, gat_error *err)
{
    const gat_model *m = paths->model;
    side_view *s = gat_calloc(1, sizeof *s);
    *out = NULL;
    if (!s) return error_nomem(err);
    s->model = m;
    s->relation = gat_alloc(m->num_seen_relations, sizeof *s->relation);
    for (int32_t r = 0; s->relation && r < m->num_seen_relations; r++) s->relation[r] = side_relation(m, r);
    gat_status st = s->relation ? GAT_OK : error_nomem(err);
    if (!st && own && intern_equal(paths->entities, m->side->entities)) s->view = m->side->view;
    else if (!st) st = build(s, paths->entities, facts, err);
    if (st) side_view_free(s);
    else *out = s;
    return st;
}

void side_view_free(side_view *s)
{
    if (!s) return;
    view_free(s->owned);
    gat_free(s->relation);
    gat_free(s);
}

gat_status side_scores(float *scores, const side_view *s, const int32_t *entity, const int32_t *relation, int64_t b,
                       gat_error *err)
{
    int32_t all = s->model->num_seen_relations, there[SIDE_ROWS];
    int64_t n = s->view->num_entities;
    gat_status st = GAT_OK;
    for (int64_t from = 0; !st && from < b; from += SIDE_ROWS) {
        int64_t count = b - from < SIDE_ROWS ? b - from : SIDE_ROWS;
        for (int64_t i = 0; i < count; i++) {
            int32_t r = relation[from + i], id = s->relation[r % all];
            there[i] = id < 0 ? 0 : r < all ? id : id + s->model->side->num_seen_relations;
        }
        st = view_score(scores + from * n, s->view, entity + from, there, count, err);
        for (int64_t i = from; i < from + count; i++)
            if (s->relation[relation[i] % all] < 0) memset(scores + i * n, 0, (size_t)n * sizeof *scores);
    }
    return st;
}

gat_status side_join(float *scores, const side_view *s, const int32_t *entity, const int32_t *relation, int64_t b,
                     gat_error *err)
{
    int64_t n = s->view->num_entities, rows = b < SIDE_ROWS ? b : SIDE_ROWS;
    const double *weight = s->model->side_weight;
    float *side = gat_alloc(rows * n, sizeof *side);
    gat_status st = side ? GAT_OK : error_nomem(err);
    for (int64_t from = 0; !st && from < b; from += rows) {
        int64_t count = b - from < rows ? b - from : rows;
        st = side_scores(side, s, entity + from, relation + from, count, err);
        if (st) break;
#pragma omp parallel for schedule(static)
        for (int64_t i = 0; i < count; i++) {
            int32_t r = relation[from + i];
            float *to = scores + (from + i) * n, a = (float)weight[r],
                  c = (float)weight[side_weights(s->model) / 2 + r];
            for (int64_t k = 0; k < n; k++) to[k] = a * to[k] + c * side[i * n + k];
        }
    }
    gat_free(side);
    return st;
}

#include "model/path_kind.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/side_view.h"

typedef struct walking_view {
    model_view base;
    path_view *paths;
    side_view *side; /* NULL: none */
} walking_view;

const path_view *path_view_of(const model_view *view)
{
    return view->model->kind == &path_kind ? ((const walking_view *)view)->paths : NULL;
}

path_shape path_shape_of(const gat_config *c)
{
    return (path_shape){.width = c->dim,
                        .layers = c->layers,
                        .gate = c->path_gate != 0,
                        .profile = c->path_profile != 0,
                        .budget = c->path_budget,
                        .choice = (path_choice)c->path_choice,
                        .members = c->members,
                        .form = (gat_score)c->attention,
                        .heads = c->attn_heads,
                        .message = (path_message)c->path_message,
                        .aggregation = (path_aggregation)c->path_aggregation,
                        .global = (path_global)c->path_global,
                        .shared = c->path_share != 0};
}

static gat_status declare(gat_model *m, gat_error *err)
{
    const path_shape shape = path_shape_of(&m->config);
    return path_model_declare(&m->path, &shape, m->num_seen_relations, err);
}

static void init_params(gat_model *m) { path_model_draw(m->path, (uint64_t)m->config.seed); }

static gat_status prepare(model_view *view, const gat_triples *facts, bool own, gat_error *err)
{
    walking_view *v = (walking_view *)view;
    gat_status st = path_view_new(&v->paths, view->model->path, facts, (int32_t)view->num_entities, err);
    return st || !view->model->side ? st : side_view_new(&v->side, view, facts, own, err);
}

static gat_status refresh(model_view *view, gat_error *err)
{
    (void)err;
    path_view_refresh(((walking_view *)view)->paths);
    return GAT_OK;
}

static gat_status score(float *scores, const model_view *view, const int32_t *entity, const int32_t *relation,
                        int64_t b, gat_error *err)
{
    const side_view *side = ((const walking_view *)view)->side;
    gat_status st = path_scores(scores, path_view_of(view), entity, relation, b, err);
    return st || !side ? st : side_join(scores, side, entity, relation, b, err);
}

enum { RELATIONS_AT_ONCE = 16 };

/* Every relation is a question of its own; of its answers one is looked at. */
static gat_status score_relations(float *scores, const model_view *view, int32_t head, int32_t tail, gat_error *err)
{
    int64_t n = view->num_entities;
    int32_t count, entity[RELATIONS_AT_ONCE], relation[RELATIONS_AT_ONCE], all = view->model->num_seen_relations;
    float *row = gat_alloc(RELATIONS_AT_ONCE * n, sizeof *row);
    gat_status st = row ? GAT_OK : error_nomem(err);
    for (int32_t first = 0; !st && first < all; first += count) {
        count = all - first < RELATIONS_AT_ONCE ? all - first : RELATIONS_AT_ONCE;
        for (int32_t i = 0; i < count; i++) {
            entity[i] = head;
            relation[i] = first + i;
        }
        st = score(row, view, entity, relation, count, err);
        for (int32_t i = 0; !st && i < count; i++) scores[first + i] = row[i * n + tail];
    }
    gat_free(row);
    return st;
}

static void clear(model_view *view)
{
    walking_view *v = (walking_view *)view;
    path_view_free(v->paths);
    side_view_free(v->side);
}

const model_kind path_kind = {
    .view_size = sizeof(walking_view),
    .declare = declare,
    .init_params = init_params,
    .view_prepare = prepare,
    .view_refresh = refresh,
    .view_score = score,
    .view_score_relations = score_relations,
    .view_clear = clear,
};

#include "model/view.h"

#include "base/error.h"
#include "base/memory.h"

/* *used <- the facts of relations below num_relations: all of them, or those in *known, which the caller clears. */
static gat_status keep_known_relations(const gat_triples **used, gat_triples *known, const gat_triples *facts,
                                       int32_t num_relations, gat_error *err)
{
    gat_status st = GAT_OK;
    int64_t count = 0;
    for (int64_t i = 0; i < facts->count; i++) count += facts->data[i].relation < num_relations;
    *used = count == facts->count ? facts : known;
    for (int64_t i = 0; !st && *used == known && i < facts->count; i++)
        if (facts->data[i].relation < num_relations) st = triples_push(known, facts->data[i], err);
    return st;
}

static gat_status take_facts(model_view *v, const gat_triples *facts, bool own, gat_error *err)
{
    gat_triples known = {0};
    int32_t num_relations = v->model->num_seen_relations;
    const gat_triples *used;
    gat_status st = keep_known_relations(&used, &known, facts, num_relations, err);
    if (!st) st = filter_build(&v->known, &used, 1, num_relations, err);
    if (!st) st = graph_build(&v->graph, used, (int32_t)v->num_entities, num_relations, err);
    if (!st) st = v->model->kind->view_prepare(v, used, own, err);
    triples_clear(&known);
    return st;
}

gat_status view_build(model_view **out, const gat_model *model, const gat_intern *entities, const gat_triples *facts,
                      gat_error *err)
{
    *out = NULL;
    model_view *v = gat_calloc((int64_t)model->kind->view_size, 1);
    if (!v) return error_nomem(err);
    v->model = model;
    v->entities = entities;
    v->num_entities = v->num_candidates = intern_count(entities);
    gat_status st = take_facts(v, facts, facts == &model->facts, err);
    if (!st) *out = v;
    else view_free(v);
    return st;
}

void view_free(model_view *v)
{
    if (!v) return;
    v->model->kind->view_clear(v);
    filter_free(v->known);
    graph_free(v->graph);
    gat_free(v);
}

gat_status view_refresh(model_view *v, gat_error *err) { return v->model->kind->view_refresh(v, err); }

gat_status view_score(float *scores, const model_view *v, const int32_t *entity, const int32_t *relation, int64_t b,
                      gat_error *err)
{
    return v->model->kind->view_score(scores, v, entity, relation, b, err);
}

gat_status view_score_relations(float *scores, const model_view *v, int32_t head, int32_t tail, gat_error *err)
{
    return v->model->kind->view_score_relations(scores, v, head, tail, err);
}

/* Routes that ask a model of a graph. */
#include <string.h>

#include "base/error.h"
#include "server/answers.h"

gat_status answer_relations(json_t **out, const route_call *call, gat_error *err)
{
    json_t *array = json_array();
    const char *name;
    (void)err;
    for (int64_t i = 0; (name = gat_model_relation(call->model->model, i)); i++)
        array = report_append(array, report_string(name));
    *out = json_pack("{s:o}", "relations", array);
    return GAT_OK;
}

static json_t *entity_object(const gat_model *model, int64_t id)
{
    const char *name = gat_model_entity(model, id);
    return json_pack("{s:o,s:o}", "entity", report_string(name), "text",
                     report_text(gat_model_entity_text(model, name)));
}

gat_status answer_entities(json_t **out, const route_call *call, gat_error *err)
{
    enum { Q, LIMIT, MOST = 100 };
    int64_t ids[MOST];
    json_t *array = json_array();
    (void)err;
    int64_t count = entity_search_find(ids, call->count[LIMIT], call->model->search, call->text[Q]);
    for (int64_t i = 0; i < count; i++) array = report_append(array, entity_object(call->model->model, ids[i]));
    *out = json_pack("{s:o}", "entities", array);
    return GAT_OK;
}

/* The entity's own text and those of its neighbours: a page shows them without asking again. */
static json_t *with_texts(json_t *object, const gat_model *model, const char *entity)
{
    size_t i;
    json_t *item, *list = json_object_get(object, "neighbors");
    json_array_foreach(list, i, item)
    {
        const char *name = json_string_value(json_object_get(item, "entity"));
        if (name && json_object_set_new(item, "text", report_text(gat_model_entity_text(model, name)))) {
            json_decref(object);
            return NULL;
        }
    }
    return report_set(object, "text", report_text(gat_model_entity_text(model, entity)));
}

static json_t *aligned_neighbor(const gat_neighbor *n)
{
    return json_pack("{s:o,s:i,s:o,s:o,s:o}", "entity", report_string(n->entity), "graph", n->graph, "weight",
                     report_number(n->weight), "belief", report_number(n->belief), "text", report_text(n->text));
}

static gat_status neighbors_of_alignment(json_t **out, const gat_alignment *alignment, const char *entity, int64_t top,
                                         gat_error *err)
{
    gat_neighbor *list = NULL;
    int64_t count = 0;
    int graph = 0;
    json_t *array;
    gat_status st = gat_alignment_neighbors(&list, &count, &graph, alignment, entity, top, err);
    if (st) return st;
    array = json_array();
    for (int64_t i = 0; i < count; i++) array = report_append(array, aligned_neighbor(&list[i]));
    gat_free_list(list);
    *out = json_pack("{s:o,s:i,s:o}", "entity", report_string(entity), "graph", graph, "neighbors", array);
    return GAT_OK;
}

static gat_neighbor_order order_of(const hosted_model *m, const char *by)
{
    if (!by) return *m->info.attention ? GAT_BY_ATTENTION : GAT_BY_GRAPH;
    return !strcmp(by, "attention") ? GAT_BY_ATTENTION : !strcmp(by, "embedding") ? GAT_BY_EMBEDDING : GAT_BY_GRAPH;
}

gat_status answer_neighbors(json_t **out, const route_call *call, gat_error *err)
{
    enum { ENTITY, TOP, HOPS, BY };
    const hosted_model *m = call->model;
    const char *entity = call->text[ENTITY];
    gat_neighbor *list = NULL;
    int64_t count = 0;
    if (m->alignment) return neighbors_of_alignment(out, m->alignment, entity, call->count[TOP], err);
    gat_status st = gat_neighbors(&list, &count, m->model, entity, order_of(m, call->text[BY]), (int)call->count[HOPS],
                                  call->count[TOP], NULL, err);
    if (!st) *out = with_texts(report_neighbors(entity, list, count), m->model, entity);
    gat_free_list(list);
    return st;
}

/* Texts of both ends beside each fact of a list. */
static void add_fact_texts(json_t *facts, const gat_model *model)
{
    size_t i;
    json_t *fact;
    json_array_foreach(facts, i, fact)
    {
        const char *head = json_string_value(json_object_get(fact, "head"));
        const char *tail = json_string_value(json_object_get(fact, "tail"));
        json_object_set_new(fact, "head_text", report_text(gat_model_entity_text(model, head)));
        json_object_set_new(fact, "tail_text", report_text(gat_model_entity_text(model, tail)));
    }
}

static gat_question question_of(const route_call *call)
{
    enum { HEAD, RELATION, TAIL, TOP, KNOWN };
    const char *asked[3];
    for (int i = HEAD; i <= TAIL; i++) asked[i] = call->text[i] ? call->text[i] : "?";
    return (gat_question){.head = asked[HEAD],
                          .relation = asked[RELATION],
                          .tail = asked[TAIL],
                          .top = call->count[TOP],
                          .known = call->text[KNOWN] && !strcmp(call->text[KNOWN], "yes")};
}

static void outcome_of(route_outcome *out, gat_prediction *p, const gat_model *model)
{
    *out = (route_outcome){.status = p->status, .error = p->error};
    if (p->status) return;
    out->answer = report_answers(p->answers, p->count);
    add_fact_texts(json_object_get(out->answer, "answers"), model);
    gat_free_list(p->answers);
}

void answer_predict(route_outcome *outcome, const route_call *const *calls, int count)
{
    gat_question questions[MOST_CALLS] = {0};
    gat_prediction predictions[MOST_CALLS];
    const gat_model *model = calls[0]->model->model;
    gat_error error = {0};
    for (int i = 0; i < count; i++) questions[i] = question_of(calls[i]);
    gat_status st = gat_predict_many(predictions, questions, count, model, NULL, &error);
    for (int i = 0; i < count; i++) {
        if (st) outcome[i] = (route_outcome){.status = st, .error = error};
        else outcome_of(&outcome[i], &predictions[i], model);
    }
}

gat_status answer_explain(json_t **out, const route_call *call, gat_error *err)
{
    enum { HEAD, RELATION, TAIL, TOP };
    gat_explanation *x = NULL;
    json_t *path;
    size_t i;
    gat_status st = gat_explain(&x, call->model->model, call->text[HEAD], call->text[RELATION], call->text[TAIL],
                                call->count[TOP], NULL, err);
    if (!st) *out = report_explanation(x);
    gat_explanation_free(x);
    if (st) return st;
    json_array_foreach(json_object_get(*out, "paths"), i, path)
        add_fact_texts(json_object_get(path, "steps"), call->model->model);
    return st;
}

gat_status answer_similarity(json_t **out, const route_call *call, gat_error *err)
{
    enum { A, B };
    double cosine = 0;
    const char *a = call->text[A], *b = call->text[B];
    const hosted_model *m = call->model;
    gat_status st = m->alignment ? gat_alignment_similarity(&cosine, NULL, m->alignment, a, b, err)
                                 : gat_similarity(&cosine, m->model, a, b, NULL, err);
    if (!st)
        *out = json_pack("{s:o,s:o,s:o}", "a", report_string(a), "b", report_string(b), "similarity",
                         report_number(cosine));
    return st;
}

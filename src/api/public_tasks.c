/* The public functions about what a model is used for. */
#include "base/memory.h"
#include "gatkit.h"
#include "model/embedding_view.h"
#include "tasks/entity_map.h"
#include "tasks/evaluate.h"
#include "tasks/explain.h"
#include "tasks/export.h"
#include "tasks/head_attention.h"
#include "tasks/neighbors.h"
#include "tasks/predict.h"
#include "tasks/score_file.h"
#include "tasks/similarity.h"

gat_status gat_evaluate(gat_evaluation **out, const gat_model *model, const gat_dataset *dataset,
                        const gat_evaluate_options *options, gat_error *err)
{
    const gat_evaluate_options test = {.split = GAT_SPLIT_TEST};
    return evaluate_split(out, model, dataset, options ? options : &test, err);
}

void gat_evaluation_free(gat_evaluation *evaluation) { evaluation_free(evaluation); }

gat_status gat_score_file(const gat_model *model, const char *queries, const char *npy, const char *entities,
                          const gat_dataset *graph, int64_t *rows, gat_error *err)
{
    return score_file(model, queries, npy, entities, graph, rows, err);
}

gat_status gat_predict(gat_answer **out, int64_t *count, const gat_model *model, const char *head, const char *relation,
                       const char *tail, int64_t top, bool known, const gat_dataset *graph, gat_error *err)
{
    return predict_answers(out, count, model, head, relation, tail, top, known, graph, err);
}

gat_status gat_predict_many(gat_prediction *out, const gat_question *questions, int64_t count, const gat_model *model,
                            const gat_dataset *graph, gat_error *err)
{
    return predict_many(out, questions, count, model, graph, err);
}

gat_status gat_explain(gat_explanation **out, const gat_model *model, const char *head, const char *relation,
                       const char *tail, int64_t top, const gat_dataset *graph, gat_error *err)
{
    return explain_fact(out, model, head, relation, tail, top, graph, err);
}

void gat_explanation_free(gat_explanation *explanation) { explanation_free(explanation); }

gat_status gat_neighbors(gat_neighbor **out, int64_t *count, const gat_model *model, const char *entity,
                         gat_neighbor_order order, int hops, int64_t top, const gat_dataset *graph, gat_error *err)
{
    return neighbors_list(out, count, model, entity, order, hops, top, graph, err);
}

gat_status gat_attention_of(gat_head_attention **out, const gat_model *model, const char *entity, int64_t top,
                            const gat_dataset *graph, gat_error *err)
{
    return head_attention_make(out, model, entity, top, graph, err);
}

void gat_head_attention_free(gat_head_attention *attention) { head_attention_free(attention); }

gat_status gat_map(gat_map_point **out, int64_t *count, const gat_model *model, const gat_map_options *options,
                   gat_error *err)
{
    const gat_map_options nothing = {.seed = 1};
    return entity_map(out, count, model, options ? options : &nothing, err);
}

gat_status gat_model_embeddings(const float **out, int64_t *rows, int64_t *dim, const gat_model *model, gat_error *err)
{
    const embedding_view *v;
    *out = NULL;
    gat_status st = embedding_view_need(&v, model->view, "a table of embeddings", err);
    if (st) return st;
    *out = v->encoded;
    *rows = v->base.num_entities;
    *dim = v->dim;
    return GAT_OK;
}

gat_status gat_similarity(double *out, const gat_model *model, const char *a, const char *b, const gat_dataset *graph,
                          gat_error *err)
{
    return similarity_of(out, model, a, b, graph, err);
}

void gat_free_list(void *list) { gat_free(list); }

gat_status gat_export(const gat_model *model, const char *format, const char *path, gat_error *err)
{
    return export_model(model, format, path, err);
}

/* The public functions about what a model is used for. */
#include "base/memory.h"
#include "gatkit.h"
#include "tasks/evaluate.h"

gat_status gat_evaluate(gat_evaluation **out, const gat_model *model, const gat_dataset *dataset, gat_split split,
                        const gat_dataset *graph, gat_error *err)
{
    return evaluate_split(out, model, dataset, split, graph, err);
}

void gat_evaluation_free(gat_evaluation *evaluation) { evaluation_free(evaluation); }

void gat_free_list(void *list) { gat_free(list); }

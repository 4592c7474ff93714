/* The view a question is answered from: the model's own, or one made for the entities and facts of another data
 * set, whose names are matched with the model's. */
#ifndef GAT_TASKS_TASK_VIEW_H
#define GAT_TASKS_TASK_VIEW_H

#include "base/intern.h"
#include "base/status.h"
#include "graph/triples.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "model/view.h"

/* Zero-initialised is empty. */
typedef struct task_view {
    const model_view *view; /* the one to use */
    model_view *owned;      /* the same when it was made here, NULL when it is the model's */
} task_view;

/* Facts and the tables their ids count in; all borrowed. */
typedef struct named_facts {
    const gat_triples *facts;
    const gat_intern *entities, *relations;
} named_facts;

/* Adds the facts to `to` as ids of `entities` and of the model's relations seen in training. Facts with a name that
 * is not there are left out. */
gat_status facts_by_name(gat_triples *to, named_facts from, const gat_intern *entities, const gat_model *model,
                         gat_error *err);

/* Every relation of the split has parameters in the model; else GAT_EDATA names file and line of the first that has not. */
gat_status check_relations(const gat_dataset *dataset, gat_split split, const gat_model *model, gat_error *err);

/* A view over `entities` (borrowed until task_view_close) with messages over the facts. The model's own is used when it
 * comes to the same. */
gat_status task_view_over(task_view *out, const gat_model *model, const gat_intern *entities, named_facts messages,
                          gat_error *err);

/* Of all entities and the training facts of `graph`, whose relations are checked; NULL: the model's own. */
gat_status task_view_open(task_view *out, const gat_model *model, const gat_dataset *graph, gat_error *err);
void task_view_close(task_view *v);

/* The facts a model was trained on, and those of a data set's split. */
named_facts facts_of_model(const gat_model *model);
named_facts facts_of_split(const gat_dataset *dataset, gat_split split);

#endif

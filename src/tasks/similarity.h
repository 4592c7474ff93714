/* The task behind `similarity`. */
#ifndef GAT_TASKS_SIMILARITY_H
#define GAT_TASKS_SIMILARITY_H

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "model/embedding_view.h"

/* Cosine of two entities' encoded embeddings, in [-1, 1]; 0 when one of them is zero. */
double cosine_of(const embedding_view *view, int64_t a, int64_t b);

/* The same by name. GAT_EUSAGE: an unknown entity, or a model without embeddings. */
gat_status similarity_of(double *out, const gat_model *model, const char *a, const char *b, const gat_dataset *graph,
                         gat_error *err);

#endif

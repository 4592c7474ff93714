/* The task behind `plot attention`: what each head looks at. */
#ifndef GAT_TASKS_HEAD_ATTENTION_H
#define GAT_TASKS_HEAD_ATTENTION_H

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "tasks/answer.h"

/* Of the last layer, for the `top` facts of the entity that have most of it in the mean. GAT_EUSAGE: an unknown entity, a model
 * without attention. Free with head_attention_free. */
gat_status head_attention_make(gat_head_attention **out, const gat_model *model, const char *entity, int64_t top,
                               const gat_dataset *graph, gat_error *err);

/* NULL is fine. */
void head_attention_free(gat_head_attention *attention);

#endif

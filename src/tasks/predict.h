/* The task behind `predict`: facts with one place open. */
#ifndef GAT_TASKS_PREDICT_H
#define GAT_TASKS_PREDICT_H

#include <stdbool.h>

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "tasks/answer.h"

/* One of head, relation, tail is "?". *out: at most `top` answers, best first, equal scores in id order; free with
 * gat_free. The probability is that the answer is right, as far as valid could tell (eval/answer_calibration.h), and does not
 * depend on `known`; of a relation, and without calibration, it is the softmax over all candidates. Facts of the training
 * graph and of `graph` (NULL is fine) are left out unless `known`. GAT_EUSAGE: an unknown name, or not one "?". Names in the
 * list are borrowed from the model, or from graph. */
gat_status predict_answers(gat_answer **out, int64_t *count, const gat_model *model, const char *head,
                           const char *relation, const char *tail, int64_t top, bool known, const gat_dataset *graph,
                           gat_error *err);

/* out (count) <- the same, bit for bit, for many questions, each with a status of its own. Entities are read once for all of
 * a block. The status returned is not GAT_OK where nothing was asked; then there is nothing to free. */
gat_status predict_many(gat_prediction *out, const gat_question *questions, int64_t count, const gat_model *model,
                        const gat_dataset *graph, gat_error *err);

#endif

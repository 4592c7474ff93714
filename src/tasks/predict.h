/* The task behind `predict`: a fact with one place open. */
#ifndef GAT_TASKS_PREDICT_H
#define GAT_TASKS_PREDICT_H

#include <stdbool.h>

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "tasks/answer.h"

/* One of head, relation, tail is "?". *out: at most `top` answers, best first, equal scores in id order; free with
 * gat_free. The probability is that the answer is right, as far as valid could tell (eval/answer_calibration.h), and does not
 * depend on `known`; of a relation, and without calibration, it is the softmax over all candidates. Facts of the training graph and of `graph` (NULL is fine) are left out unless `known`. GAT_EUSAGE: an unknown
 * name, or not one "?". Names in the list are borrowed from the model, or from graph. */
gat_status predict_answers(gat_answer **out, int64_t *count, const gat_model *model, const char *head,
                           const char *relation, const char *tail, int64_t top, bool known, const gat_dataset *graph,
                           gat_error *err);

#endif

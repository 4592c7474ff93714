/* Questions that a model has answered, with the best answers that were not known then. */
#ifndef GAT_GROW_ASKED_H
#define GAT_GROW_ASKED_H

#include <stdint.h>

#include "base/status.h"
#include "eval/answer_calibration.h"
#include "model/view.h"

enum { ASKED_KEPT = 48 };

typedef struct asked_question {
    int32_t entity, relation; /* relation in [0,2R) */
    int32_t count;            /* answers kept */
    answer_mass mass;
} asked_question;

/* Zero-initialised is empty. Answers of question i start at i * ASKED_KEPT, best first. */
typedef struct asked_list {
    asked_question *question;
    int32_t *answer;
    float *score;
    int64_t count, capacity;
    int64_t *order; /* (count): questions by (entity, relation); made by asked_sort */
    int64_t total;  /* that were put to the model, repeated ones too */
} asked_list;

/* What a list says of one answer. */
typedef struct asked_answer {
    double odds;    /* as eval/answer_calibration.h; of the last one kept where the answer is not among them */
    int64_t place;  /* ASKED_KEPT where it is not among them */
    float score;
    bool asked;     /* false: the question was not, and the rest is 0 */
} asked_answer;

/* Adds questions without asking them. */
gat_status asked_add(asked_list *list, int32_t entity, int32_t relation, gat_error *err);

/* Asks those with which[i] set, or all from `from` on where which is NULL, in batches, and keeps the answers. Same bits for any number of
 * threads. */
gat_status asked_ask(asked_list *list, const model_view *view, const uint8_t *which, int64_t from, gat_error *err);

/* Before asked_find; drops nothing. */
gat_status asked_sort(asked_list *list, gat_error *err);

/* Its place, -1: not there. */
int64_t asked_place(const asked_list *list, int32_t entity, int32_t relation);
asked_answer asked_find(const asked_list *list, int32_t entity, int32_t relation, int32_t answer);
void asked_clear(asked_list *list);

#endif

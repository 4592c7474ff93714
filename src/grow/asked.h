/* Questions that a model has answered, with the best answers that are not given facts. */
#ifndef GAT_GROW_ASKED_H
#define GAT_GROW_ASKED_H

#include <stdint.h>

#include "base/status.h"
#include "eval/answer_calibration.h"
#include "model/view.h"

/* Answers kept of a question with so many known ones: where there are many, many more are to be told apart. */
enum { LEAST_KEPT = 48, MOST_KEPT = 2000, KEPT_PER_KNOWN = 4 };

typedef struct asked_question {
    int32_t entity, relation; /* relation in [0,2R) */
    int32_t count, room;      /* answers kept, and for how many there is room */
    int64_t first;            /* where they are, best first */
    answer_mass mass;
} asked_question;

/* Zero-initialised is empty. */
typedef struct asked_list {
    asked_question *question;
    int64_t count, capacity;
    int32_t *answer;
    float *score;
    int64_t num_kept, room; /* answers in use, and allocated */
    int64_t *order;         /* (count): questions by (entity, relation); made by asked_sort */
    int64_t total;          /* that were put to the model, repeated ones too */
} asked_list;

/* What a list says of one answer. */
typedef struct asked_answer {
    double odds;   /* as eval/answer_calibration.h; of the last one kept where the answer is not among them */
    int64_t place; /* their number where it is not among them */
    float score;
    bool asked; /* false: the question was not, and the rest is 0 */
} asked_answer;

/* Adds a question without asking it; known: its known answers. */
gat_status asked_add(asked_list *list, int32_t entity, int32_t relation, int64_t known, gat_error *err);

/* Asks those with which[i] set, or all from `from` on where which is NULL, in batches, and keeps the answers that are not given. Same
 * bits for any number of threads. */
gat_status asked_ask(asked_list *list, const model_view *view, const gat_filter *given, const uint8_t *which,
                     int64_t from, gat_error *err);

/* Keeps the answers of scores (count, N) that were asked for already, of the questions at these places. */
gat_status asked_take(asked_list *list, const model_view *view, const gat_filter *given, const float *scores,
                      const int64_t *place, int64_t count, gat_error *err);

/* Before asked_find; drops nothing. */
gat_status asked_sort(asked_list *list, gat_error *err);

/* Its place, -1: not there. */
int64_t asked_place(const asked_list *list, int32_t entity, int32_t relation);
asked_answer asked_find(const asked_list *list, int32_t entity, int32_t relation, int32_t answer);
void asked_clear(asked_list *list);

#endif

/* A fact with one place open, and the answers that a row of scores gives to it. */
#ifndef GAT_TASKS_QUESTION_H
#define GAT_TASKS_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "tasks/answer.h"
#include "tasks/task_view.h"

enum { HEAD, RELATION, TAIL, PLACES };

typedef struct question {
    const task_view *v;
    int open;           /* the place */
    int32_t id[PLACES]; /* of the others; -1 */
    int64_t candidates; /* entities, or relations that train has */
} question;

/* GAT_EUSAGE: an unknown name, or not one "?". */
gat_status question_find(question *out, const task_view *v, const char *const names[PLACES], gat_error *err);

/* The known end of a question for an entity, and its relation with the direction in it. */
int32_t question_entity(const question *q);
int32_t question_relation(const question *q);

/* left_out (candidates) <- 1 at the answers that the graphs of the view and of the model know, else 0. */
void question_left_out(uint8_t *left_out, const question *q);

/* *out <- at most `top` answers that are not left out, best first, equal scores in id order; free with gat_free.
 * scores, left_out (candidates). */
gat_status question_answers(gat_answer **out, int64_t *count, const question *q, const float *scores,
                            const uint8_t *left_out, int64_t top, gat_error *err);

#endif

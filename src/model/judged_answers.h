/* The best answers of a view to questions whose right answers are known: what probabilities are fitted to and measured
 * on. */
#ifndef GAT_MODEL_JUDGED_ANSWERS_H
#define GAT_MODEL_JUDGED_ANSWERS_H

#include "eval/answer_calibration.h"
#include "model/view.h"

/* As many answers of a question as `predict` shows by itself, of at most so many facts in both directions. */
enum { JUDGED_ANSWERS = 10, JUDGED_FACTS = 1000, JUDGED_SCORES = 1 << 28 };

typedef struct judged_list {
    judged_answer *items;
    int64_t count;
} judged_list;

/* As many questions as JUDGED_FACTS facts have at most, fewer where they would take more than JUDGED_SCORES scores, evenly
 * spread over those of all facts. An answer is right when it is among the facts; what the view knows is no answer. Ids as
 * in the view. Free with judged_clear. Same bits for any number of threads. */
gat_status judge_answers(judged_list *out, const model_view *view, const gat_triples *facts, gat_error *err);
void judged_clear(judged_list *list);

#endif

/* What two models say about the candidates that matter to the questions of valid. */
#ifndef GAT_TRAIN_SIDE_CANDIDATES_H
#define GAT_TRAIN_SIDE_CANDIDATES_H

#include "graph/triples.h"
#include "model/side_view.h"

/* The best SIDE_BEST candidates by each of the models, and the right answers; of at most SIDE_QUESTIONS questions, evenly
 * spread. Of those that score as the last of the best SIDE_TIES count, the first: entities that no path reaches may all
 * score the same. */
enum { SIDE_BEST = 200, SIDE_TIES = 600, SIDE_QUESTIONS = 4000 };

typedef struct side_candidate {
    float score[2]; /* by paths, by the side model */
    uint8_t right;
} side_candidate;

typedef struct side_question {
    int32_t relation; /* directed */
    int32_t count;
    int64_t first; /* of its candidates */
} side_question;

typedef struct side_candidates {
    side_question *question;
    int64_t num_questions;
    side_candidate *candidate;
    int64_t count, capacity;
} side_candidates;

/* Candidates that the view of the path model knows are left out. */
gat_status side_candidates_collect(side_candidates *out, const model_view *paths, const side_view *side,
                                   const gat_triples *facts, gat_error *err);
void side_candidates_clear(side_candidates *c);

#endif

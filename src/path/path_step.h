/* Loss and gradients of a batch of questions: softmax over all entities, reached or not, for every answer asked for,
 * other known answers left out. */
#ifndef GAT_PATH_PATH_STEP_H
#define GAT_PATH_PATH_STEP_H

#include "graph/filter.h"
#include "path/path_question.h"

/* Question i is (entity[i], relation[i]) with the answers answer[first[i]] .. answer[first[i + 1]). */
typedef struct path_questions {
    const int32_t *entity, *relation;
    const int64_t *first;
    const int32_t *answer;
    int64_t count;
    uint64_t seed; /* with the step, names the draws of a learned choice */
    int64_t step;
} path_questions;

typedef struct path_step path_step;

/* Scratch memory for batches of at most `most` questions over graphs of num_nodes nodes, and for as many threads as there
 * are now: a step runs on no more. */
gat_status path_step_new(path_step **out, const path_net *net, int32_t num_nodes, int64_t most, gat_error *err);
void path_step_free(path_step *step);

/* *loss <- mean over the answers; gradients are added to net->params. Same bits for any number of threads. */
gat_status path_step_run(double *loss, path_step *step, const path_net *net, const path_graph *graph,
                         const gat_filter *known, const path_questions *questions, gat_error *err);

#endif

/* One question through all layers, forward and backward, in one thread. */
#ifndef GAT_PATH_PATH_QUESTION_H
#define GAT_PATH_PATH_QUESTION_H

#include "base/arena.h"
#include "base/parallel.h"
#include "path/path_choice.h"
#include "path/path_forms.h"

/* Scratch memory of one thread. */
typedef struct path_scratch {
    path_reach reach;
    gat_arena *arena;
    path_kept kept[PATH_MAX_LAYERS];
    path_global_kept global[PATH_MAX_LAYERS];
    float *open[PATH_MAX_LAYERS]; /* (new rows): how sure the choice of each was; NULL: all stayed or attention chose */
    float *last;                  /* (rows, D) after all layers */
    float *row_score;             /* (rows) */
} path_scratch;

gat_status path_scratch_init(path_scratch *scratch, int32_t num_nodes, gat_error *err);
void path_scratch_clear(path_scratch *scratch);

/* Walks and computes row_score of the reached rows. z (D) and made (made_size) are of the question's relation. What
 * backward needs is left in scratch, and with it the gates of every layer. noise: of a learned choice; NULL: none. */
gat_status path_question_forward(path_scratch *scratch, const path_net *net, const path_forms *forms,
                                 const path_graph *graph, const float *z, const float *made, int32_t entity,
                                 const path_noise *noise, gat_error *err);

/* drow (rows): slope of the row scores. Adds to dz (D), dmade (made_size) and shared (shared_size). */
gat_status path_question_backward(float *dz, float *dmade, float *shared, const float *drow, path_scratch *scratch,
                                  const path_net *net, const path_forms *forms, const path_graph *graph,
                                  const float *made, gat_error *err);

/* Threads for so many questions, or for scratch memory of so many: others would only wait, and beside other programs
 * long. */
static inline int path_threads(int64_t most) { return parallel_threads() < most ? parallel_threads() : (int)most; }

#endif

/* Answers for whole bags: what the attention over the sentences of a pair learns. */
#ifndef GAT_TEXT_BAG_STAGE_H
#define GAT_TEXT_BAG_STAGE_H

#include "text/linear_stage.h"

/* Fits model->bags to the pairs of the training, by the probabilities (sentences, labels) that the whole and the graph (NULL without one)
 * give to sentences on folds that they have not seen. */
gat_status bag_stage(gat_relations *model, const lesson_book *book, const float *all, const float *graph,
                     gat_error *err);

#endif

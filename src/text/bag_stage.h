/* Answers for whole bags: what the attention over the sentences of a pair learns. */
#ifndef GAT_TEXT_BAG_STAGE_H
#define GAT_TEXT_BAG_STAGE_H

#include "text/linear_stage.h"

/* Fits model->bags to the pairs of the training, by what its parts say of sentences on folds that they have not seen (book->held). */
gat_status bag_stage(gat_relations *model, const lesson_book *book, gat_error *err);

#endif

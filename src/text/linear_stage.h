/* The linear part of a model from sentences: rows, the weight of errors, calibration on folds that a model has not seen. */
#ifndef GAT_TEXT_LINEAR_STAGE_H
#define GAT_TEXT_LINEAR_STAGE_H

#include "base/log.h"
#include "text/part_rows.h"

/* What all parts are trained on. */
typedef struct lesson_book {
    sentence_source source;
    uint8_t *truth; /* (sentences, labels) */
    uint8_t *fold;  /* (sentences) sentences of one pair share it */
    float *
        held_out; /* (sentences, label_stride) margins of the part trained last from weights that have not seen the fold */
    gat_log log;
} lesson_book;

/* Trains part `part` of the model; fills book->held_out. */
gat_status linear_stage(gat_relations *model, gat_relation_part part, lesson_book *book, gat_error *err);

#endif

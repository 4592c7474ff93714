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
    /* (sentences, labels) each, or NULL: takes the probabilities that a part gives to folds it has not seen */
    float *held[GAT_NUM_RELATION_PARTS];
    gat_log log;
} lesson_book;

/* Trains part `part` of the model. */
gat_status linear_stage(gat_relations *model, gat_relation_part part, const lesson_book *book, gat_error *err);

#endif

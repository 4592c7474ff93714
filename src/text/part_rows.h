/* The features of many sentences for one part of a model. */
#ifndef GAT_TEXT_PART_ROWS_H
#define GAT_TEXT_PART_ROWS_H

#include "text/relation_model.h"

/* What reading a sentence needs beside the list. */
typedef struct sentence_source {
    const sentence_list *list;
    const word_forms *forms;
} sentence_source;

sentence_view source_view(const sentence_source *source, const gat_relations *model, int64_t index);

/* row <- the features of sentence `index`. */
gat_status part_features(feature_row *row, const gat_relations *model, gat_relation_part part,
                         const sentence_source *source, int64_t index, gat_error *err);

/* Rows of keys of n sentences from `from` on, in their order; parallel inside. */
gat_status part_rows_make(sparse_rows *out, const gat_relations *model, gat_relation_part part,
                          const sentence_source *source, int64_t from, int64_t n, gat_error *err);

/* logits (n, labels) of sentences from `from` on, calibrated; parallel inside. */
gat_status part_logits(float *logit, const gat_relations *model, gat_relation_part part, const sentence_source *source,
                       int64_t from, int64_t n, gat_error *err);

#endif

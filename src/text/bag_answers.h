/* A model of relations asked about pairs: all sentences of a file that name the two, together. */
#ifndef GAT_TEXT_BAG_ANSWERS_H
#define GAT_TEXT_BAG_ANSWERS_H

#include "text/relation_model.h"

/* GAT_EUSAGE: the model was not trained for it. */
gat_status bags_evaluate(gat_bag_evaluation *out, const gat_relations *model, const char *path, gat_error *err);

/* Tells every pair in the order of its first sentence to options->on_pair; a fault in the file is reported after the pairs that stand
 * before it were answered. */
gat_status bags_extract(const gat_relations *model, const char *path, const gat_extract_options *options,
                        gat_error *err);

#endif

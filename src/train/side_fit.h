/* Puts an embedding model beside a trained path model: two weights a directed relation, fitted by the softmax loss to the
 * questions of valid, which neither has learned from. */
#ifndef GAT_TRAIN_SIDE_FIT_H
#define GAT_TRAIN_SIDE_FIT_H

#include "io/dataset.h"
#include "model/kg_model.h"

/* Both models have their views. GAT_EUSAGE: not a path model and an embedding model of these data, or there is one
 * already; GAT_EDATA: no facts in valid; both leave everything as it was. Else *side is taken and NULL; the path model's
 * view is made anew and its probabilities are fitted again. */
gat_status side_attach(gat_model *model, gat_model **side, const gat_dataset *data, gat_side_report *report,
                       gat_error *err);

#endif

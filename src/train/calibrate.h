/* Probabilities of a trained model, fitted to the facts of valid. */
#ifndef GAT_TRAIN_CALIBRATE_H
#define GAT_TRAIN_CALIBRATE_H

#include "io/dataset.h"
#include "model/kg_model.h"

/* Without facts in valid, or no right answer among the best ones, the model stays without. The model has its view and
 * the entity numbers of the data. */
gat_status calibrate_model(gat_model *model, const gat_dataset *data, gat_error *err);

#endif

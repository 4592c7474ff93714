/* Several decoders that answer as one. The scores of DistMult and ComplEx are sums over columns, so that decoders trained
 * apart, laid side by side in the rows of one table, are a decoder of so many times the width; with the relations divided
 * by their number its score is the mean of theirs. Whatever asks a model asks such a one without knowing. */
#ifndef GAT_MODEL_MEMBERS_H
#define GAT_MODEL_MEMBERS_H

#include "model/kg_model.h"

/* GAT_EUSAGE: several members of a kind of model or with a decoder that cannot be joined. */
gat_status members_check(const gat_config *config, gat_error *err);

/* Seed of a member, from 0; the first one has that of the configuration. */
uint64_t member_seed(uint64_t seed, int64_t member);

/* The model, of one member until now, becomes the join of `count`: block (count, params.size) has their parameters. What it
 * had for training is gone; model_finish has to follow. After a failure the model is only fit to be freed. */
gat_status members_join(gat_model *model, const float *block, int64_t count, gat_error *err);

#endif

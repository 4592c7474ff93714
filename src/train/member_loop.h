/* Members of a model, trained one after the other (model/members.h). Each is a training of its own, from first values to its
 * kept epoch, with random numbers of its own. */
#ifndef GAT_TRAIN_MEMBER_LOOP_H
#define GAT_TRAIN_MEMBER_LOOP_H

#include "train/trainer.h"

gat_status members_init(gat_trainer *trainer, gat_error *err);

/* Epochs that the present member may take. A time limit that cuts the first one short does so to all. */
int64_t member_epochs(const gat_trainer *trainer);

/* Seconds that have to be left for one more epoch, when the longest took so many: the first member leaves the others time for
 * as many epochs as it takes. */
double member_time_needed(const gat_trainer *trainer, double longest);

/* The present member ends; *more: another one follows, and stands at its beginning. */
void member_end(bool *more, gat_trainer *trainer);

/* Takes up the member that a checkpoint stands in. */
void member_resume(gat_trainer *trainer);

/* The model, whose parameters are the last member's, becomes the join of all that were finished, and is validated. */
gat_status members_finish(gat_trainer *trainer, gat_error *err);

#endif

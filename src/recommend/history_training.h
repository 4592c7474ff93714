/* Training of the attention over histories: steps of some users, a part of whose histories is hidden and asked for. After every
 * epoch the lists for valid are measured; the best epoch is kept. A checkpoint after every epoch makes a stopped run go on to the
 * same end. */
#ifndef GAT_RECOMMEND_HISTORY_TRAINING_H
#define GAT_RECOMMEND_HISTORY_TRAINING_H

#include "recommend/history_net.h"
#include "recommend/list_measure.h"

typedef struct history_lessons {
    const histories *h;
    const wanted_items *valid;
    const gat_recommend_config *config;
    const gat_recommend_inputs *inputs;
    uint64_t identity[2]; /* of data and options, for the checkpoint */
} history_lessons;

typedef struct training_end {
    int64_t epochs, best_epoch;
} training_end;

/* net is drawn already; ends with the best epoch's parameters. */
gat_status history_training(training_end *end, history_net *net, const history_lessons *lessons, gat_error *err);

/* (users, D + 1) <- the states of histories, from encoded nodes (nodes,D). */
gat_status history_states(float *out, const history_net *net, const float *encoded, const rec_history *list, int64_t n,
                          gat_error *err);

/* encoded (nodes,D) and targets (I, D + 1) <- the net as it is. */
gat_status history_net_evaluate(float *encoded, float *targets, const history_net *net, gat_error *err);

/* Visible and hidden items of a history in an epoch: the order of both, and how many are visible. */
int64_t history_hide(int64_t *order, int64_t n, double share, uint64_t seed, int64_t epoch, int32_t user);

/* Scores of all items for a state. */
void history_scores(float *scores, const float *state, const float *targets, int64_t items, int64_t width);

#endif

/* Training of LightGCN until valid gets no better. */
#ifndef GAT_RECOMMEND_LIGHT_TRAINING_H
#define GAT_RECOMMEND_LIGHT_TRAINING_H

#include "recommend/history_training.h"
#include "recommend/light_graph.h"

/* (U,D), (I,D), (I,D); for gat_free. carry: see light_graph.h. */
typedef struct light_result {
    float *users, *items, *carry;
} light_result;

void light_result_clear(light_result *result);

gat_status light_training(light_result *out, training_end *end, const history_lessons *lessons, gat_error *err);

#endif

/* Attention of all that a question has reached to all of it, after a layer; path_layer.h has the formula. */
#ifndef GAT_PATH_PATH_GLOBAL_H
#define GAT_PATH_PATH_GLOBAL_H

#include "path/path_question.h"

/* The last states of layer l attend to each other, in place. */
gat_status path_global_forward(path_scratch *scratch, const path_net *net, const path_forms *forms, int l,
                               gat_error *err);

/* dstate (rows,D): slopes after, becomes those before. Adds to shared (shared_size). */
gat_status path_global_backward(float *dstate, float *shared, path_scratch *scratch, const path_net *net,
                                const path_forms *forms, int l, gat_error *err);

#endif

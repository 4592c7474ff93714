/* made (B,made_size) = z (B,D) M + m, what the relations of a batch of questions make of the model. The bits of a row
 * do not depend on the others. */
#ifndef GAT_PATH_PATH_MADE_H
#define GAT_PATH_PATH_MADE_H

#include "path/path_net.h"

/* z (B,D) <- the vectors of the relations. */
void path_made_forward(float *made, float *z, const path_net *net, const int32_t *relation, int64_t b);

/* Adds to the gradients of net->params. dz (B,D) holds what else depends on z and is changed; scratch:
 * path_made_scratch floats. */
void path_made_backward(float *dz, float *scratch, const float *dmade, const float *z, const path_net *net,
                        const int32_t *relation, int64_t b);
int64_t path_made_scratch(const path_net *net, int64_t b);

#endif

/* A 3 x 3 convolution over one-channel pictures, without padding: y (B,C,P) from x (B,H,W), P = (H-2) (W-2) places. A
 * picture's bits do not depend on the others. */
#ifndef GAT_KERNELS_CONV_H
#define GAT_KERNELS_CONV_H

#include <stdint.h>

enum { CONV_SIDE = 3, CONV_TAPS = CONV_SIDE * CONV_SIDE };

typedef struct conv_shape {
    int64_t pictures, height, width, channels;
} conv_shape;

static inline int64_t conv_places(const conv_shape *s)
{
    return (s->height - CONV_SIDE + 1) * (s->width - CONV_SIDE + 1);
}

/* filter (C,9), bias (C); scratch: conv_scratch floats, for backward too. */
void conv_forward(float *y, float *scratch, const float *x, const float *filter, const float *bias,
                  const conv_shape *shape);
void conv_backward(float *dx, float *dfilter, float *dbias, float *scratch, const float *dy, const float *x,
                   const float *filter, const conv_shape *shape);
int64_t conv_scratch(const conv_shape *shape);

#endif

/* From beliefs to the share of answers that are right: the best monotone fit to the answers for held-back links, by pooling
 * adjacent violators (Ayer et al. 1955), straight between the pools. Pools are shrunk towards the mean of all, so that a
 * few right answers are not certainty. */
#ifndef GAT_ALIGN_CALIBRATION_H
#define GAT_ALIGN_CALIBRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct calibration_point {
    double belief;
    bool right;
} calibration_point;

/* Confidence at beliefs in ascending order; none: confidence is the belief. */
typedef struct calibration {
    double *belief, *confidence;
    int64_t count;
} calibration;

/* points are sorted. */
gat_status calibration_fit(calibration *out, calibration_point *points, int64_t count, gat_error *err);
void calibration_clear(calibration *calibration);

/* confidence (count) <- that of each of the points, which are sorted, by a fit to the other four fifths of them. */
gat_status calibration_cross_fit(double *confidence, calibration_point *points, int64_t count, gat_error *err);

/* Mean distance between confidence and share of right answers over ten bins of confidence (expected calibration error). */
double calibration_error(const double *confidence, const calibration_point *points, int64_t count);

/* Moves the fit to another run over the same entities: a belief becomes the one that as large a share of the answers stays
 * below. from, to: beliefs of the answers of either run, which are sorted; nothing happens where one is empty. */
void calibration_carry(calibration *calibration, double *from, int64_t num_from, double *to, int64_t num_to);

double calibration_apply(const calibration *calibration, double belief);

#endif

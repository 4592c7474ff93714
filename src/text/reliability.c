#include "text/reliability.h"

#include <math.h>

void reliability_add(reliability *r, double p, bool right)
{
    int bin = p >= 1 ? RELIABILITY_BINS - 1 : p > 0 ? (int)(p * RELIABILITY_BINS) : 0; /* what is no number, too */
    r->count[bin]++;
    r->right[bin] += right;
    r->sum[bin] += p;
}

double reliability_error(const reliability *r)
{
    double error = 0;
    int64_t all = 0;
    for (int b = 0; b < RELIABILITY_BINS; b++) {
        error += fabs((double)r->right[b] - r->sum[b]);
        all += r->count[b];
    }
    return all ? error / (double)all : 0;
}

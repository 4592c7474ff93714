/* Axes with round ticks, and curves between them. */
#ifndef GAT_PLOT_CHART_H
#define GAT_PLOT_CHART_H

#include <stdint.h>

#include "plot/svg.h"

/* Where values lie in the picture. */
typedef struct chart {
    svg *picture;
    double left, top, width, height; /* of the field between the axes */
    double low[2], high[2];          /* values at its edges: x, y */
} chart;

/* Widens low and high to round numbers and draws grid, ticks and names. low < high, or one value, which gets room. */
void chart_axes(chart *c, const char *x_name, const char *y_name);

/* A curve through count points (x[i], y[i]); NaN is left out. hue: 0 to 3. label stands in the legend's line `hue`. */
gat_status chart_curve(const chart *c, const double *x, const double *y, int64_t count, int hue, const char *label,
                       gat_error *err);

#endif

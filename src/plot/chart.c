#include "plot/chart.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"

enum { TICKS = 5 };

/* 1, 2 or 5 times a power of ten, for about TICKS steps. */
static double step_of(double span)
{
    double power = pow(10, floor(log10(span / TICKS))), rest = span / TICKS / power;
    return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
}

static double place(const chart *c, int axis, double value)
{
    double share = (value - c->low[axis]) / (c->high[axis] - c->low[axis]);
    return axis ? c->top + c->height * (1 - share) : c->left + c->width * share;
}

/* Ticks at whole multiples of the step: i runs over them, so that no error adds up. */
static void draw_axis(chart *c, int axis)
{
    char text[32];
    if (!(c->high[axis] > c->low[axis])) c->low[axis] -= .5, c->high[axis] += .5;
    double step = step_of(c->high[axis] - c->low[axis]);
    double first = floor(c->low[axis] / step), last = ceil(c->high[axis] / step);
    c->low[axis] = first * step;
    c->high[axis] = last * step;
    for (double i = first; i <= last; i++) {
        double at = place(c, axis, i * step);
        snprintf(text, sizeof text, "%.6g", i * step);
        if (axis) {
            svg_line(c->picture, "grid", c->left, at, c->left + c->width, at, 1);
            svg_text(c->picture, "small", c->left - 6, at + 3, "end", 0, text);
        } else {
            svg_line(c->picture, "grid", at, c->top, at, c->top + c->height, 1);
            svg_text(c->picture, "small", at, c->top + c->height + 16, "middle", 0, text);
        }
    }
}

void chart_axes(chart *c, const char *x_name, const char *y_name)
{
    draw_axis(c, 0);
    draw_axis(c, 1);
    svg_line(c->picture, "axis", c->left, c->top + c->height, c->left + c->width, c->top + c->height, 1);
    svg_line(c->picture, "axis", c->left, c->top, c->left, c->top + c->height, 1);
    svg_text(c->picture, "small", c->left + c->width, c->top + c->height + 32, "end", 0, x_name);
    svg_text(c->picture, "small", c->left, c->top - 8, "start", 0, y_name);
}

gat_status chart_curve(const chart *c, const double *x, const double *y, int64_t count, int hue, const char *label,
                       gat_error *err)
{
    char class[8];
    long kept = 0;
    double *points = gat_alloc(2 * count, sizeof *points);
    if (!points) return error_nomem(err);
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(y[i])) continue;
        points[2 * kept] = place(c, 0, x[i]);
        points[2 * kept++ + 1] = place(c, 1, y[i]);
    }
    snprintf(class, sizeof class, "c%d", hue % 4);
    svg_polyline(c->picture, class, points, kept);
    if (kept == 1) svg_line(c->picture, class, points[0] - 3, points[1], points[0] + 3, points[1], 3);
    double at = c->top + 4 + 16 * hue;
    svg_line(c->picture, class, c->left + c->width - 120, at, c->left + c->width - 100, at, 2);
    svg_text(c->picture, "small", c->left + c->width - 94, at + 4, "start", 20, label);
    gat_free(points);
    return GAT_OK;
}

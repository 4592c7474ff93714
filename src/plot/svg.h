/* A picture being drawn: elements are appended, the file is written whole at the end. Coordinates are pixels from the top
 * left. A failed allocation is remembered and told by svg_save. */
#ifndef GAT_PLOT_SVG_H
#define GAT_PLOT_SVG_H

#include "base/status.h"

typedef struct svg svg;

/* title: what screen readers say. NULL: out of memory; the functions below take NULL. */
svg *svg_new(double width, double height, const char *title);
void svg_free(svg *s);

/* Writes the file; frees nothing. */
gat_status svg_save(const svg *s, const char *path, gat_error *err);

/* class: of the style sheet in svg.c, which knows light and dark. */
void svg_line(svg *s, const char *class, double x1, double y1, double x2, double y2, double width);
void svg_rect(svg *s, const char *class, double x, double y, double width, double height, double opacity);
void svg_circle(svg *s, const char *class, double x, double y, double radius);

/* The same with a tooltip, which is escaped. */
void svg_dot(svg *s, const char *class, double x, double y, double radius, const char *tooltip);

/* Characters of a text, as svg_text counts them. */
int svg_letters(const char *text);

/* anchor: "start", "middle" or "end". The text is escaped, and cut to `most` characters (0: not); whole, it is the tooltip. */
void svg_text(svg *s, const char *class, double x, double y, const char *anchor, int most, const char *text);

/* count points (x, y). */
void svg_polyline(svg *s, const char *class, const double *points, long count);

#endif

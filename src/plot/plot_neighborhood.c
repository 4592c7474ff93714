#include <math.h>
#include <stdio.h>

#include "plot/plot.h"
#include "plot/svg.h"

enum { WIDTH = 940, HEIGHT = 620, RADIUS = 260, MOST = 60 };

static const char *name_of(const gat_model *model, const char *entity)
{
    const char *text = gat_model_entity_text(model, entity);
    return text ? text : entity;
}

typedef struct point {
    double x, y;
} point;

static const point middle = {WIDTH / 2., HEIGHT / 2. + 12};

/* Where the i-th of count stands: the first half on the right, the others on the left, on an ellipse at equal distances from
 * top to bottom, so that names do not meet. share: of the way from the middle. */
static point place(int64_t i, int64_t count, double share)
{
    int64_t right = (count + 1) / 2, half = i < right ? right : count - right, k = i < right ? i : i - right;
    double y = ((double)k + .5) / (double)half * 2 - 1, x = sqrt(1.04 - y * y);
    return (point){middle.x + share * 1.1 * RADIUS * (i < right ? x : -x), middle.y + share * RADIUS * y};
}

static void draw_edge(svg *s, const gat_neighbor *n, int64_t i, int64_t count, double heaviest)
{
    point end = place(i, count, 1), label = place(i, count, .68);
    char text[200];
    double share = heaviest > 0 ? fabs(n->weight) / heaviest : 0;
    svg_line(s, "edge", middle.x, middle.y, end.x, end.y, .6 + 5 * share);
    snprintf(text, sizeof text, "%s%s%s", n->outgoing == 0 ? "\xe2\x86\x90 " : "", n->relation,
             n->outgoing > 0 ? " \xe2\x86\x92" : "");
    svg_text(s, "label", label.x, label.y, "middle", 24, text);
}

static void draw_node(svg *s, const gat_model *model, const gat_neighbor *n, int64_t i, int64_t count)
{
    point at = place(i, count, 1);
    char weight[32];
    bool right = at.x > middle.x;
    svg_circle(s, "node", at.x, at.y, 5);
    svg_text(s, "", at.x + (right ? 9 : -9), at.y + 4, right ? "start" : "end", 22, name_of(model, n->entity));
    snprintf(weight, sizeof weight, "%.3f", n->weight);
    svg_text(s, "small", at.x + (right ? 9 : -9), at.y + 17, right ? "start" : "end", 0, weight);
}

gat_status plot_neighborhood(const gat_model *model, const char *entity, gat_neighbor_order order, int64_t top,
                             const char *path, gat_error *err)
{
    gat_neighbor *list = NULL;
    int64_t count = 0;
    gat_status st = gat_neighbors(&list, &count, model, entity, order, 1, top < MOST ? top : MOST, NULL, err);
    if (st) return st;
    svg *s = svg_new(WIDTH, HEIGHT, name_of(model, entity));
    double heaviest = count ? fabs(list[0].weight) : 0;
    for (int64_t i = 0; i < count; i++) draw_edge(s, &list[i], i, count, heaviest);
    for (int64_t i = 0; i < count; i++) draw_node(s, model, &list[i], i, count);
    svg_circle(s, "self", middle.x, middle.y, 8);
    st = svg_save(s, path, err);
    svg_free(s);
    gat_free_list(list);
    return st;
}

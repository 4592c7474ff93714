/* Points of a plane, the largest communities in colours of their own. Points with fewer facts are drawn first, so that hubs lie
 * on top; names are written from the largest hub on, where there is room. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "plot/plot.h"
#include "plot/svg.h"

enum {
    WIDTH = 940,
    HEIGHT = 700,
    LEFT = 16,
    TOP = 44,
    FIELD = 640,
    LEGEND = 690,
    COLOURS = 7,
    MOST_NAMES = 40,
    NAME = 22,
    NAME_BYTES = 100
};
static const double LETTER = 5.6, LINE = 12, LARGEST_DOT = 7, SMALLEST_DOT = 1.6;

/* What values are mapped with, the same for both axes, and where names stand already. */
typedef struct map_picture {
    svg *s;
    const gat_model *model;
    const gat_map_point *point;
    int64_t count;
    double low[2], scale, most_facts;
    double box[MOST_NAMES][4]; /* left, top, right, bottom */
    int names;
} map_picture;

static void fit(map_picture *m)
{
    double low[2] = {0}, high[2] = {0};
    for (int64_t i = 0; i < m->count; i++) {
        const double at[2] = {m->point[i].x, m->point[i].y};
        for (int k = 0; k < 2; k++) {
            if (!i || at[k] < low[k]) low[k] = at[k];
            if (!i || at[k] > high[k]) high[k] = at[k];
        }
        m->most_facts = fmax(m->most_facts, (double)m->point[i].facts);
    }
    double widest = fmax(high[0] - low[0], high[1] - low[1]);
    m->scale = widest > 0 ? FIELD / widest : 1;
    for (int k = 0; k < 2; k++) m->low[k] = (low[k] + high[k] - FIELD / m->scale) / 2;
}

static double x_of(const map_picture *m, const gat_map_point *p) { return LEFT + (p->x - m->low[0]) * m->scale; }
static double y_of(const map_picture *m, const gat_map_point *p) { return TOP + FIELD - (p->y - m->low[1]) * m->scale; }

static const char *name_of(const map_picture *m, const gat_map_point *p)
{
    const char *text = gat_model_entity_text(m->model, p->entity);
    return text ? text : p->entity;
}

/* Up to where a list of names or an explanation goes on. */
static const char *short_name(char name[NAME_BYTES], const map_picture *m, const gat_map_point *p)
{
    const char *whole = name_of(m, p);
    size_t length = strcspn(whole, ",:;(");
    if (!length || length >= NAME_BYTES) return whole;
    memcpy(name, whole, length);
    name[length] = 0;
    return name;
}

static void colour_of(char class[8], int32_t community)
{
    snprintf(class, 8, "f%d", community < 0 ? 0 : community < COLOURS ? community : COLOURS);
}

static void draw_dot(const map_picture *m, const gat_map_point *p)
{
    char class[8];
    double share = m->most_facts > 0 ? sqrt((double)p->facts / m->most_facts) : 0;
    colour_of(class, p->community);
    svg_dot(m->s, class, x_of(m, p), y_of(m, p), SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * share, name_of(m, p));
}

static bool meets(const double *a, const double *b) { return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]; }

static void draw_name(map_picture *m, const gat_map_point *p)
{
    char text[NAME_BYTES];
    const char *name = short_name(text, m, p);
    double x = x_of(m, p), y = y_of(m, p), half = LETTER * fmin(svg_letters(name), NAME + 1) / 2,
           *box = m->box[m->names];
    x = fmin(fmax(x, LEFT + half), LEFT + FIELD - half);
    const double mine[4] = {x - half, y - LINE - 6, x + half, y - 4};
    for (int i = 0; i < m->names; i++)
        if (meets(mine, m->box[i])) return;
    memcpy(box, mine, sizeof mine);
    m->names++;
    svg_text(m->s, "label", x, y - 7, "middle", NAME, name);
}

/* A line for each colour: the hub of the community, and how many points it has. */
static void draw_legend(const map_picture *m)
{
    int64_t points[COLOURS + 1] = {0};
    const gat_map_point *hub[COLOURS + 1] = {NULL};
    char class[8], text[40], name[NAME_BYTES];
    if (!m->count || m->point[0].community < 0) {
        svg_text(m->s, "small", LEGEND, TOP + 20, "start", 0, "communities need igraph");
        return;
    }
    for (int64_t i = 0; i < m->count; i++) {
        int32_t c = m->point[i].community < COLOURS ? m->point[i].community : COLOURS;
        points[c]++;
        if (!hub[c]) hub[c] = &m->point[i];
    }
    svg_text(m->s, "", LEGEND, TOP + 4, "start", 0, "communities, by their hubs");
    for (int c = 0; c <= COLOURS; c++) {
        double y = TOP + 32 + 34 * c;
        if (!hub[c]) continue;
        colour_of(class, c);
        svg_circle(m->s, class, LEGEND + 6, y - 4, 6);
        svg_text(m->s, "", LEGEND + 20, y, "start", 30, c < COLOURS ? short_name(name, m, hub[c]) : "all others");
        snprintf(text, sizeof text, "%lld entities", (long long)points[c]);
        svg_text(m->s, "small", LEGEND + 20, y + 13, "start", 0, text);
    }
}

gat_status plot_map(const gat_model *model, const gat_map_options *options, const char *path, gat_error *err)
{
    map_picture m = {.model = model};
    gat_map_point *points = NULL;
    char title[100];
    gat_status st = gat_map(&points, &m.count, model, options, err);
    if (st) return st;
    m.point = points;
    snprintf(title, sizeof title, "%lld entities by their embeddings (%s)", (long long)m.count,
             options->method == GAT_MAP_UMAP ? "UMAP" : "PCA");
    m.s = svg_new(WIDTH, HEIGHT, title);
    fit(&m);
    for (int64_t i = m.count; i-- > 0;) draw_dot(&m, &points[i]);
    for (int64_t i = 0; i < m.count && m.names < MOST_NAMES && i < 4 * MOST_NAMES; i++) draw_name(&m, &points[i]);
    draw_legend(&m);
    st = svg_save(m.s, path, err);
    svg_free(m.s);
    gat_free_list(points);
    return st;
}

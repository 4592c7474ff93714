#include <stdio.h>

#include "plot/plot.h"
#include "plot/svg.h"

enum { CELL = 44, ROW = 22, LEFT = 330, TOP = 70 };

/* most: the largest weight, drawn full. */
static void draw_row(svg *s, const gat_head_attention *a, int64_t i, const char *name, double most)
{
    const gat_neighbor *n = &a->neighbor[i];
    char text[300], value[16];
    double y = TOP + ROW * (double)i;
    snprintf(text, sizeof text, "%s%s%s %.200s", n->outgoing ? "" : "\xe2\x86\x90 ", n->relation,
             n->outgoing ? " \xe2\x86\x92" : "", name);
    svg_text(s, "", LEFT - 8, y + 15, "end", 42, text);
    for (int h = 0; h < a->heads; h++) {
        double weight = (double)a->weight[i * a->heads + h];
        svg_rect(s, "cell", LEFT + CELL * h, y, CELL - 2, ROW - 2, most > 0 ? .8 * weight / most : 0);
        snprintf(value, sizeof value, "%.2f", weight);
        svg_text(s, "small", LEFT + CELL * h + (CELL - 2) / 2., y + 14, "middle", 0, value);
    }
}

gat_status plot_attention(const gat_model *model, const char *entity, int64_t top, const char *path, gat_error *err)
{
    gat_head_attention *a = NULL;
    char text[300];
    double most = 0;
    gat_status st = gat_attention_of(&a, model, entity, top, NULL, err);
    if (st) return st;
    snprintf(text, sizeof text, "Attention of %.200s to its facts, by head", entity);
    svg *s = svg_new(LEFT + CELL * a->heads + 20, TOP + ROW * (double)a->count + 20, text);
    for (int64_t i = 0; i < a->count * a->heads; i++) most = a->weight[i] > (float)most ? (double)a->weight[i] : most;
    for (int h = 0; h < a->heads; h++) {
        snprintf(text, sizeof text, "%d", h + 1);
        svg_text(s, "small", LEFT + CELL * h + CELL / 2., TOP - 8, "middle", 0, text);
    }
    for (int64_t i = 0; i < a->count; i++) {
        const char *name = gat_model_entity_text(model, a->neighbor[i].entity);
        draw_row(s, a, i, name ? name : a->neighbor[i].entity, most);
    }
    st = svg_save(s, path, err);
    svg_free(s);
    gat_head_attention_free(a);
    return st;
}

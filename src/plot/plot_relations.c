#include <stdio.h>

#include "base/error.h"
#include "plot/plot.h"
#include "plot/svg.h"

enum { ROW = 20, LEFT = 300, WIDTH = 300, TOP = 60 };

static void draw_bar(svg *s, const gat_relation_ranking *r, int64_t i)
{
    char text[64];
    double y = TOP + ROW * (double)i, mrr = r->both.realistic.mrr;
    svg_text(s, "", LEFT - 8, y + 13, "end", 40, r->name);
    svg_rect(s, "bar", LEFT, y + 2, WIDTH * mrr, ROW - 5, 1);
    snprintf(text, sizeof text, "%.3f  (%lld)", mrr, (long long)r->both.queries);
    svg_text(s, "small", LEFT + WIDTH * mrr + 6, y + 13, "start", 0, text);
}

gat_status plot_relations(const gat_evaluation *e, int64_t top, const char *path, gat_error *err)
{
    int64_t count = e->num_relations < top ? e->num_relations : top;
    svg *s = svg_new(LEFT + WIDTH + 120, TOP + ROW * (double)count + 20, "MRR by relation (questions)");
    for (int64_t i = 0; i < count; i++) draw_bar(s, &e->relation[i], i);
    gat_status st = svg_save(s, path, err);
    svg_free(s);
    return st;
}

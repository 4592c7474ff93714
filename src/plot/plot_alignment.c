#include <math.h>

#include "base/error.h"
#include "plot/chart.h"
#include "plot/plot.h"

gat_status plot_alignment(const gat_alignment *alignment, const char *path, gat_error *err)
{
    gat_align_report r;
    double confidence[GAT_ALIGN_LEVELS], precision[GAT_ALIGN_LEVELS], recall[GAT_ALIGN_LEVELS];
    gat_alignment_report(&r, alignment);
    if (!r.held_links) return error_set(err, GAT_EUSAGE, "the alignment was made without links to hold back");
    for (int i = 0; i < GAT_ALIGN_LEVELS; i++) {
        const gat_align_level *l = &r.levels[i];
        confidence[i] = l->confidence;
        precision[i] = l->answers ? (double)l->right / (double)l->answers : NAN;
        recall[i] = (double)l->right / (double)r.held_links;
    }
    svg *picture = svg_new(640, 380, "Held-back links by least confidence");
    chart c = {.picture = picture, .left = 60, .top = 60, .width = 560, .height = 260, .high = {1, 1}};
    chart_axes(&c, "least confidence", "share");
    gat_status st = chart_curve(&c, confidence, precision, GAT_ALIGN_LEVELS, 0, "right among answers", err);
    if (!st) st = chart_curve(&c, confidence, recall, GAT_ALIGN_LEVELS, 1, "links found", err);
    if (!st) st = svg_save(picture, path, err);
    svg_free(picture);
    return st;
}

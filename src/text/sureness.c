#include "text/sureness.h"

#include "base/error.h"
#include "base/memory.h"

gat_status sureness_fit(gat_relations *m, const float *p, const uint8_t *truth, int64_t n, gat_error *err)
{
    const answer_rule rule = answer_rule_of(m, GAT_PART_ALL);
    uint8_t said[LABEL_MOST];
    if (m->several) return GAT_OK;
    calibration_point *points = gat_alloc(n, sizeof *points);
    if (!points) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) {
        const float *row = p + i * rule.labels;
        answers_of(said, row, &rule, NULL);
        for (int32_t l = 0; l < rule.labels; l++)
            if (said[l]) points[i] = (calibration_point){(double)row[l], truth[i * rule.labels + l] != 0};
    }
    calibration_clear(&m->sureness);
    gat_status st = calibration_fit(&m->sureness, points, n, err);
    /* As a file keeps them. */
    for (int64_t i = 0; !st && i < m->sureness.count; i++) {
        m->sureness.belief[i] = (double)(float)m->sureness.belief[i];
        m->sureness.confidence[i] = (double)(float)m->sureness.confidence[i];
    }
    gat_free(points);
    return st;
}

gat_status sureness_fit_linear(gat_relations *m, const float *held_out, const uint8_t *truth, int64_t n, gat_error *err)
{
    int32_t labels = relations_labels(m);
    float *p = gat_alloc(n * labels, sizeof *p);
    if (!p) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) {
        logits_apply(p + i * labels, &m->part[GAT_PART_ALL].calibration, held_out + i * label_stride(labels), labels);
        probabilities(p + i * labels, p + i * labels, labels, m->several);
    }
    gat_status st = sureness_fit(m, p, truth, n, err);
    gat_free(p);
    return st;
}

#include "text/part_rows.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { BLOCK = 512 };

sentence_view source_view(const sentence_source *source, const gat_relations *m, int64_t index)
{
    return sentence_view_of(source->list, index, source->forms, m->vectors.words ? &m->vectors : NULL);
}

/* Text and graph have length 1 each, whatever the number of their features. */
gat_status part_features(feature_row *row, const gat_relations *m, gat_relation_part part,
                         const sentence_source *source, int64_t index, gat_error *err)
{
    sentence_view v = source_view(source, m, index);
    row->count = 0;
    gat_status st = part == GAT_PART_GRAPH ? GAT_OK : features_of_text(row, &v, err);
    if (st || part == GAT_PART_TEXT || !m->kg.entities) return st;
    int64_t from = row->count;
    features_of_graph(row, &m->kg, &v);
    return feature_row_finish(row, from, 1, err);
}

gat_status part_rows_make(sparse_rows *out, const gat_relations *m, gat_relation_part part,
                          const sentence_source *source, int64_t from, int64_t count, gat_error *err)
{
    gat_status st = GAT_OK;
    feature_row *rows = gat_calloc(BLOCK, sizeof *rows);
    if (!rows) return error_nomem(err);
    for (int64_t at = 0; !st && at < count; at += BLOCK) {
        int64_t n = count - at < BLOCK ? count - at : BLOCK;
#pragma omp parallel for schedule(dynamic, 16)
        for (int64_t i = 0; i < n; i++) {
            gat_status own = part_features(&rows[i], m, part, source, from + at + i, NULL);
            if (own) {
#pragma omp critical
                st = own;
            }
        }
        if (st) st = error_nomem(err);
        for (int64_t i = 0; !st && i < n; i++) st = sparse_rows_add(out, &rows[i], err);
    }
    for (int64_t i = 0; i < BLOCK; i++) feature_row_clear(&rows[i]);
    gat_free(rows);
    return st;
}

/* Unknown features weigh nothing. */
static void logits_of(float *logit, const linear_part *p, const feature_row *row, int32_t labels)
{
    float margin[LABEL_MOST] = {0};
    int32_t stride = label_stride(labels);
    for (int64_t i = 0; i < row->count; i++) {
        int32_t column = feature_find(&p->table, row->data[i].key);
        if (column < 0) continue;
        const float *w = p->w + (int64_t)column * stride;
        float x = row->data[i].value;
        for (int32_t l = 0; l < stride; l++) margin[l] += x * w[l];
    }
    logits_apply(logit, &p->calibration, margin, labels);
}

gat_status part_logits(float *logit, const gat_relations *m, gat_relation_part part, const sentence_source *source,
                       int64_t from, int64_t n, gat_error *err)
{
    int32_t labels = relations_labels(m);
    int64_t threads = parallel_threads();
    gat_status st = GAT_OK;
    feature_row *rows = gat_calloc(threads, sizeof *rows);
    if (!rows) return error_nomem(err);
#pragma omp parallel for schedule(dynamic, 16)
    for (int64_t i = 0; i < n; i++) {
        feature_row *row = &rows[parallel_thread()];
        gat_status own = part_features(row, m, part, source, from + i, NULL);
        if (!own) logits_of(logit + i * labels, &m->part[part], row, labels);
        else {
#pragma omp critical
            st = own;
        }
    }
    for (int64_t i = 0; i < threads; i++) feature_row_clear(&rows[i]);
    gat_free(rows);
    return st ? error_nomem(err) : GAT_OK;
}

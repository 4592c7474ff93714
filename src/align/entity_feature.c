#include "align/entity_feature.h"

#include <string.h>

#include "align/vector_top.h"
#include "base/error.h"
#include "base/memory.h"

void entity_feature_clear(entity_feature *f)
{
    for (int k = 0; k < 2; k++) {
        name_vectors_clear(&f->sparse[k]);
        gat_free(f->dense[k]);
    }
    *f = (entity_feature){0};
}

similarity_term entity_feature_term(const entity_feature *f, const pair_matrix *best)
{
    similarity_term term = {.weight = f->weight, .best = best, .width = f->width};
    for (int k = 0; k < 2; k++) {
        if (f->dense[0]) term.dense[k] = f->dense[k];
        else term.names[k] = &f->sparse[k];
    }
    return term;
}

gat_status entity_feature_best(pair_matrix **out, const entity_feature *f, const int8_t *block_a, const int8_t *block_b,
                               int top, gat_error *err)
{
    const name_vectors *a = &f->sparse[0], *b = &f->sparse[1];
    if (!f->dense[0]) return name_vectors_best(out, a, b, block_a, block_b, top, err);
    return vector_top(out, f->dense[0], f->dense[1], f->width, f->width, block_a, block_b, a->count, b->count, top,
                      err);
}

/* ---- the mean of several --------------------------------------------------------------------------------- */

static bool has(const entity_feature *f, int side, int32_t x)
{
    const name_vectors *v = &f->sparse[side];
    if (!f->dense[side]) return v->start[x] < v->start[x + 1];
    for (int64_t i = 0; i < f->width; i++)
        if (f->dense[side][x * f->width + i] < 0 || f->dense[side][x * f->width + i] > 0) return true;
    return false;
}

static float cosine(const entity_feature *f, int32_t x, int32_t y)
{
    if (!f->dense[0]) return name_vectors_dot(&f->sparse[0], x, &f->sparse[1], y);
    similarity_term term = entity_feature_term(f, NULL);
    return similarity_term_value(&term, NULL, x, y);
}

static float mean_of(const entity_feature *features, int count, int32_t x, int32_t y)
{
    float sum = 0, weight = 0;
    for (int k = 0; k < count; k++) {
        if (!has(&features[k], 0, x) || !has(&features[k], 1, y)) continue;
        sum += features[k].weight * cosine(&features[k], x, y);
        weight += features[k].weight;
    }
    return weight > 0 ? sum / weight : 0;
}

/* The columns of row x in all tables, ascending, each once; returns their number. next (count): where the tables stand. */
static int64_t merge_row(int32_t *columns, int64_t *next, pair_matrix *const *best, int count, int32_t x)
{
    int64_t found = 0;
    for (int k = 0; k < count; k++) next[k] = best[k]->start[x];
    for (;;) {
        int32_t least = INT32_MAX;
        for (int k = 0; k < count; k++)
            if (next[k] < best[k]->start[x + 1] && best[k]->column[next[k]] < least) least = best[k]->column[next[k]];
        if (least == INT32_MAX) return found;
        for (int k = 0; k < count; k++) next[k] += next[k] < best[k]->start[x + 1] && best[k]->column[next[k]] == least;
        columns[found++] = least;
    }
}

gat_status entity_features_mean(pair_matrix **out, const entity_feature *features, pair_matrix *const *best, int count,
                                gat_error *err)
{
    int64_t most = 0, next[MOST_TERMS];
    for (int k = 0; k < count; k++) most += pair_matrix_count(best[k]);
    gat_status st = pair_matrix_new(out, best[0]->rows, best[0]->columns, most, err);
    if (st) return st;
    pair_matrix *m = *out;
    for (int32_t x = 0; x < m->rows; x++)
        m->start[x + 1] = m->start[x] + merge_row(m->column + m->start[x], next, best, count, x);
#pragma omp parallel for schedule(dynamic, 32)
    for (int32_t x = 0; x < m->rows; x++)
        for (int64_t e = m->start[x]; e < m->start[x + 1]; e++) m->value[e] = mean_of(features, count, x, m->column[e]);
    return GAT_OK;
}

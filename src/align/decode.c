#include "align/decode.h"

#include <string.h>

#include "align/one_to_one.h"
#include "align/row_top.h"
#include "base/error.h"
#include "base/memory.h"

enum { CSLS_NEIGHBORS = 10 };

static const float TIE_WEIGHT = 1e-6f;

static const char *const names[GAT_NUM_DECODES] = {"sinkhorn", "cosine", "csls", "one-to-one"};

const char *gat_decode_name(gat_align_decode decode) { return names[decode]; }

int gat_decode_by_name(const char *name)
{
    for (int i = 0; i < GAT_NUM_DECODES; i++)
        if (!strcmp(names[i], name)) return i;
    return -1;
}

/* ---- candidates ------------------------------------------------------------------------------------------ */

static gat_status restrict_to(pair_matrix **out, const pair_matrix *m, const uint8_t *asked, const uint8_t *may_answer,
                              gat_error *err)
{
    gat_status st = pair_matrix_new(out, m->rows, m->columns, pair_matrix_count(m), err);
    int64_t at = 0;
    for (int32_t x = 0; !st && x < m->rows; x++) {
        for (int64_t e = m->start[x]; asked[x] && e < m->start[x + 1]; e++)
            if (may_answer[m->column[e]]) {
                (*out)->column[at] = m->column[e];
                (*out)->value[at++] = m->value[e];
            }
        (*out)->start[x + 1] = at;
    }
    return st;
}

/* Mean of the ten best of count values, fewer where there are fewer. */
static float mean_of_best(row_item *items, const float *value, int64_t count)
{
    row_top top = {.items = items, .capacity = CSLS_NEIGHBORS};
    float sum = 0;
    for (int64_t i = 0; i < count; i++) row_top_add(&top, value[i], (int32_t)i);
    row_top_sort_values(&top);
    for (int32_t i = 0; i < top.count; i++) sum += top.items[i].value;
    return top.count ? sum / (float)top.count : 0;
}

static gat_status apply_csls(pair_matrix *m, gat_error *err)
{
    pair_columns c = {0};
    row_item items[CSLS_NEIGHBORS];
    float *row = gat_alloc(m->rows, sizeof *row), *column = gat_alloc(m->columns, sizeof *column);
    float *value = gat_alloc(pair_matrix_count(m), sizeof *value);
    gat_status st = row && column && value ? pair_columns_init(&c, m, err) : error_nomem(err);
    if (!st) {
        for (int64_t e = 0; e < pair_matrix_count(m); e++) value[e] = m->value[c.entry[e]];
        for (int32_t x = 0; x < m->rows; x++)
            row[x] = mean_of_best(items, m->value + m->start[x], m->start[x + 1] - m->start[x]);
        for (int32_t y = 0; y < m->columns; y++)
            column[y] = mean_of_best(items, value + c.start[y], c.start[y + 1] - c.start[y]);
        for (int32_t x = 0; x < m->rows; x++)
            for (int64_t e = m->start[x]; e < m->start[x + 1]; e++)
                m->value[e] = 2 * m->value[e] - row[x] - column[m->column[e]];
    }
    pair_columns_clear(&c);
    gat_free(row);
    gat_free(column);
    gat_free(value);
    return st;
}

/* Beliefs far below 1 end in ties at 0; the score puts such candidates in order. */
static void break_ties(pair_matrix *m, const pair_matrix *score)
{
    for (int32_t x = 0; x < m->rows; x++)
        for (int64_t e = m->start[x]; e < m->start[x + 1]; e++) {
            int64_t s = pair_matrix_find(score, x, m->column[e]);
            if (s >= 0) m->value[e] += TIE_WEIGHT * score->value[s];
        }
}

gat_status decode_values(pair_matrix **out, gat_align_decode decode, const pair_matrix *score,
                         const pair_matrix *belief, const uint8_t *asked, const uint8_t *may_answer, gat_error *err)
{
    bool scored = decode == GAT_DECODE_COSINE || decode == GAT_DECODE_CSLS;
    gat_status st = restrict_to(out, scored ? score : belief, asked, may_answer, err);
    if (!st && !scored) break_ties(*out, score);
    if (!st && decode == GAT_DECODE_CSLS) st = apply_csls(*out, err);
    return st;
}

/* ---- answers --------------------------------------------------------------------------------------------- */

static gat_status mutual_best(int64_t *entry, const pair_matrix *m, gat_error *err)
{
    int64_t *best = gat_alloc(m->columns, sizeof *best);
    if (!best) return error_nomem(err);
    for (int32_t y = 0; y < m->columns; y++) best[y] = -1;
    for (int64_t e = 0; e < pair_matrix_count(m); e++)
        if (best[m->column[e]] < 0 || m->value[e] > m->value[best[m->column[e]]]) best[m->column[e]] = e;
    for (int32_t x = 0; x < m->rows; x++) {
        int64_t e = pair_matrix_best(m, x);
        entry[x] = e >= 0 && best[m->column[e]] == e ? e : -1;
    }
    gat_free(best);
    return GAT_OK;
}

gat_status decode_answers(int64_t *entry, gat_align_decode decode, const pair_matrix *values, gat_error *err)
{
    return decode == GAT_DECODE_ONE_TO_ONE ? one_to_one(entry, values, err) : mutual_best(entry, values, err);
}

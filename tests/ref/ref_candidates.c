#include "ref/ref_candidates.h"

#include <math.h>
#include <stdbool.h>

static bool among(const int32_t *list, int64_t first, int64_t end, int64_t i)
{
    for (int64_t at = first; at < end; at++)
        if (list[at] == i) return true;
    return false;
}

/* How many entities candidate i stands for in row j; 0: masked. */
static double stands_for(const gat_rows *rows, const gat_candidates *c, int64_t j, int64_t i, const ref_loss *l)
{
    bool answer = among(rows->answer, rows->first[j], rows->first[j + 1], i);
    if (among(c->masked, c->masked_first[j], c->masked_first[j + 1], i)) return 0;
    return answer && l->kind == GAT_LOSS_BCE ? 1 : exp(-(double)c->log_chance[i]);
}

static double weight_of(const ref_loss *l, int64_t i) { return l->answer_weight ? (double)l->answer_weight[i] : 1; }

/* Sums over the candidates of a row, each as many times as it stands for. */
typedef struct row_sums {
    double exps, other_exps, scores, softplus; /* other: without the row's own answers */
    double weight, answers;                    /* of the answers: weights, and weighted scores */
    double filtered;
} row_sums;

static row_sums sums_of(const double *q, const double *x, const gat_rows *rows, const gat_candidates *c, int64_t j,
                        int64_t d, const ref_loss *l)
{
    row_sums t = {0};
    for (int64_t i = 0; i < c->count; i++) {
        double many = stands_for(rows, c, j, i, l), s = ref_compare(q + j * d, x + i * d, d, l->compare);
        if (many <= 0) continue;
        bool answer = among(rows->answer, rows->first[j], rows->first[j + 1], i);
        t.exps += many * exp(s);
        t.scores += many * s;
        t.softplus += many * (fmax(s, 0) + log1p(exp(-fabs(s))));
        double corrected = l->kind == GAT_LOSS_BCE ? s : s - (double)c->log_chance[i];
        if (answer) t.weight += weight_of(l, i), t.answers += weight_of(l, i) * corrected;
        else t.other_exps += many * exp(s);
    }
    for (int64_t at = rows->first[j]; at < rows->first[j + 1]; at++) {
        int32_t i = rows->answer[at];
        double s = ref_compare(q + j * d, x + i * d, d, l->compare) - (double)c->log_chance[i];
        t.filtered += weight_of(l, rows->answer[at]) * (log(exp(s) + t.other_exps) - s);
    }
    return t;
}

static double row_loss(const double *q, const double *x, const gat_rows *rows, const gat_candidates *c, int64_t j,
                       int64_t d, const ref_loss *l)
{
    row_sums t = sums_of(q, x, rows, c, j, d, l);
    double rest = l->smoothing / (double)c->num_entities;
    if (l->kind == GAT_LOSS_FILTERED_CE) return t.filtered;
    if (l->kind == GAT_LOSS_BCE) return t.softplus - rest * t.scores - (1 - l->smoothing) * t.answers;
    if (!l->whole) return t.weight * log(t.exps) - t.answers;
    return t.weight * log(t.exps) - (1 - l->smoothing) * t.answers - t.weight * rest * t.scores;
}

double ref_candidates(const double *q, const double *x, const gat_rows *rows, const gat_candidates *c, int64_t d,
                      const ref_loss *l)
{
    double loss = 0;
    for (int64_t j = 0; j < rows->count; j++) loss += row_loss(q, x, rows, c, j, d, l);
    return loss / l->total;
}

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
static double stands_for(const gat_rows *rows, const gat_candidates *c, int64_t j, int64_t i)
{
    if (among(c->masked, c->masked_first[j], c->masked_first[j + 1], i)) return 0;
    return among(rows->answer, rows->first[j], rows->first[j + 1], i) ? 1 : exp(-(double)c->log_chance[i]);
}

static double row_loss(const double *q, const double *x, const gat_rows *rows, const gat_candidates *c, int64_t j,
                       int64_t d, const ref_loss *l)
{
    double sum = 0, all = 0, positive = 0, binary = 0, count = (double)(rows->first[j + 1] - rows->first[j]);
    for (int64_t i = 0; i < c->count; i++) {
        double many = stands_for(rows, c, j, i), s = many > 0 ? ref_compare(q + j * d, x + i * d, d, l->compare) : 0;
        bool answer = among(rows->answer, rows->first[j], rows->first[j + 1], i);
        sum += many * exp(s);
        all += many * s;
        binary += many * (fmax(s, 0) + log1p(exp(-fabs(s))));
        if (answer) positive += s;
    }
    double rest = l->smoothing / (double)c->num_entities;
    if (l->kind == GAT_LOSS_BCE) return binary - rest * all - (1 - l->smoothing) * positive;
    if (!l->whole) return count * log(sum) - positive;
    return count * log(sum) - (1 - l->smoothing) * positive - count * rest * all;
}

double ref_candidates(const double *q, const double *x, const gat_rows *rows, const gat_candidates *c, int64_t d,
                      const ref_loss *l)
{
    double loss = 0;
    for (int64_t j = 0; j < rows->count; j++) loss += row_loss(q, x, rows, c, j, d, l);
    return loss / l->total;
}

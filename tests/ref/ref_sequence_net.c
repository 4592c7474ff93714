#include "ref/ref_sequence_net.h"

#include <math.h>
#include <string.h>

#include "ref/ref_layers.h"

enum { MOST_WIDTH = 16, MOST_LENGTH = 32 };

/* The rows of one sequence. */
typedef struct rows {
    double x[MOST_LENGTH][MOST_WIDTH], k[MOST_LENGTH][MOST_WIDTH], v[MOST_LENGTH][MOST_WIDTH];
} rows;

/* What the row at place p reads from itself and those before it. */
static void read_before(double *out, const rows *s, const double *q, int64_t p, int64_t d, int64_t heads)
{
    int64_t f = d / heads;
    for (int64_t h = 0; h < heads; h++) {
        double sum = 0, *to = out + h * f;
        memset(to, 0, (size_t)f * sizeof *to);
        for (int64_t j = 0; j <= p; j++) {
            double dot = 0;
            for (int64_t c = h * f; c < (h + 1) * f; c++) dot += q[c] * s->k[j][c];
            double e = exp(dot / sqrt((double)f));
            sum += e;
            for (int64_t c = 0; c < f; c++) to[c] += e * s->v[j][h * f + c];
        }
        for (int64_t c = 0; c < f; c++) to[c] /= sum;
    }
}

static void one_row(rows *s, const ref_sequence_net *r, const sequence_layer *l, int64_t p)
{
    const double *const *w = r->param;
    int64_t d = r->net->shape.dim, up = sequence_hidden(&r->net->shape);
    double y[MOST_WIDTH], z[MOST_WIDTH], qkv[3 * MOST_WIDTH], wide[2 * MOST_WIDTH];
    ref_norm(y, s->x[p], w[l->gain1], w[l->bias1], 1, d);
    ref_linear(qkv, y, w[l->qkv], w[l->qkv_b], 1, d, 3 * d);
    memcpy(s->k[p], qkv + d, (size_t)d * sizeof *qkv);
    memcpy(s->v[p], qkv + 2 * d, (size_t)d * sizeof *qkv);
    read_before(y, s, qkv, p, d, r->net->shape.heads);
    ref_linear(z, y, w[l->out], w[l->out_b], 1, d, d);
    for (int64_t c = 0; c < d; c++) s->x[p][c] += z[c];
    ref_norm(y, s->x[p], w[l->gain2], w[l->bias2], 1, d);
    ref_linear(wide, y, w[l->up], w[l->up_b], 1, d, up);
    for (int64_t c = 0; c < up; c++) wide[c] = wide[c] > 0 ? wide[c] : 0;
    ref_linear(z, wide, w[l->down], w[l->down_b], 1, up, d);
    for (int64_t c = 0; c < d; c++) s->x[p][c] += z[c];
}

/* What rows first .. row of a sequence, whose norms are y, add to the logit of column j by being pointed at. */
static double pointed(const ref_sequence_net *r, double (*qk)[2 * MOST_WIDTH], int64_t first, int64_t row, int32_t j)
{
    int64_t d = r->net->shape.dim;
    double sum = 0;
    for (int64_t i = first; i <= row; i++)
        for (int64_t c = 0; c < d && r->batch->name[i] == j; c++)
            sum += qk[row - first][c] * qk[i - first][d + c] / sqrt((double)d);
    return sum;
}

static double row_loss(const ref_sequence_net *r, const double *y, double (*qk)[2 * MOST_WIDTH], int64_t first,
                       int64_t row)
{
    const sequence_net *n = r->net;
    const sequence_batch *b = r->batch;
    int64_t d = n->shape.dim;
    double sum = 0, right = 0;
    for (int32_t j = b->low[row]; j < b->high[row]; j++) {
        double s = r->param[n->logit_b][j];
        for (int64_t c = 0; c < d; c++) s += y[c] * r->param[n->table][j * d + c];
        s += pointed(r, qk, first, row, j);
        sum += exp(s);
        if (j == b->target[row]) right = s;
    }
    return log(sum) - right;
}

double ref_sequence_net_loss(const ref_sequence_net *r)
{
    const sequence_batch *b = r->batch;
    int64_t d = r->net->shape.dim;
    double loss = 0;
    for (int64_t g = 0; g < b->count; g++) {
        rows s = {.x = {{0}}};
        int64_t n = b->first[g + 1] - b->first[g];
        for (int64_t p = 0; p < n; p++)
            for (int k = 0; k < SEQUENCE_BAG; k++)
                for (int64_t c = 0; c < d; c++)
                    s.x[p][c] += r->param[r->net->table][b->column[SEQUENCE_BAG * (b->first[g] + p) + k] * d + c];
        for (int l = 0; l < r->net->shape.layers; l++)
            for (int64_t p = 0; p < n; p++) one_row(&s, r, &r->net->layer[l], p);
        double y[MOST_LENGTH][MOST_WIDTH], qk[MOST_LENGTH][2 * MOST_WIDTH];
        for (int64_t p = 0; p < n; p++) {
            ref_norm(y[p], s.x[p], r->param[r->net->gain], r->param[r->net->bias], 1, d);
            ref_linear(qk[p], y[p], r->param[r->net->pointer], r->param[r->net->pointer_b], 1, d, 2 * d);
        }
        for (int64_t p = 0; p < n; p++) loss += row_loss(r, y[p], qk, b->first[g], b->first[g] + p);
    }
    return loss;
}

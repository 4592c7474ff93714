#include "ref/ref_score.h"

#include <complex.h>
#include <math.h>

static double complex at(const double *x, int64_t i, int64_t half) { return x[i] + x[i + half] * I; }

static void put(double *x, int64_t i, int64_t half, double complex z)
{
    x[i] = creal(z);
    x[i + half] = cimag(z);
}

static void compose_row(double *q, const double *x, const double *r, int64_t d, gat_decoder decoder)
{
    int64_t half = d / 2;
    if (decoder == GAT_DECODER_DISTMULT)
        for (int64_t i = 0; i < d; i++) q[i] = x[i] * r[i];
    if (decoder == GAT_DECODER_TRANSE)
        for (int64_t i = 0; i < d; i++) q[i] = x[i] + r[i];
    for (int64_t i = 0; decoder == GAT_DECODER_RESCAL && i < d; i++) {
        q[i] = 0;
        for (int64_t k = 0; k < d; k++) q[i] += r[i * d + k] * x[k];
    }
    if (decoder == GAT_DECODER_COMPLEX)
        for (int64_t i = 0; i < half; i++) put(q, i, half, at(x, i, half) * at(r, i, half));
    if (decoder == GAT_DECODER_ROTATE)
        for (int64_t i = 0; i < half; i++) put(q, i, half, at(x, i, half) * cexp(r[i] * I));
}

void ref_compose(double *q, const double *x, const double *r, const int32_t *entity, const int32_t *relation, int64_t b,
                 int64_t d, gat_decoder decoder)
{
    int64_t width = decoder == GAT_DECODER_ROTATE ? d / 2 : decoder == GAT_DECODER_RESCAL ? d * d : d;
    for (int64_t j = 0; j < b; j++) compose_row(q + j * d, x + entity[j] * d, r + relation[j] * width, d, decoder);
}

double ref_fact_score(const double *h, const double *r, const double *t, int64_t d, gat_decoder decoder)
{
    int64_t half = d / 2;
    double sum = 0;
    if (decoder == GAT_DECODER_DISTMULT)
        for (int64_t i = 0; i < d; i++) sum += h[i] * r[i] * t[i];
    if (decoder == GAT_DECODER_COMPLEX)
        for (int64_t i = 0; i < half; i++) sum += creal(at(h, i, half) * at(r, i, half) * conj(at(t, i, half)));
    for (int64_t i = 0; decoder == GAT_DECODER_RESCAL && i < d; i++)
        for (int64_t k = 0; k < d; k++) sum += t[i] * r[i * d + k] * h[k];
    if (decoder == GAT_DECODER_DISTMULT || decoder == GAT_DECODER_COMPLEX || decoder == GAT_DECODER_RESCAL) return sum;
    if (decoder == GAT_DECODER_TRANSE)
        for (int64_t i = 0; i < d; i++) sum += pow(h[i] + r[i] - t[i], 2);
    if (decoder == GAT_DECODER_ROTATE)
        for (int64_t i = 0; i < half; i++) sum += pow(cabs(at(h, i, half) * cexp(r[i] * I) - at(t, i, half)), 2);
    return -sqrt(sum);
}

double ref_compare(const double *q, const double *x, int64_t d, gat_comparator compare)
{
    double dot = 0, square = 0;
    for (int64_t i = 0; i < d; i++) {
        dot += q[i] * x[i];
        square += (q[i] - x[i]) * (q[i] - x[i]);
    }
    return compare == GAT_COMPARE_DOT ? dot : -sqrt(square);
}

static double softmax_row(const double *q, const double *x, const int32_t *answer, int64_t answers, int64_t n,
                          int64_t d, const ref_loss *l)
{
    double sum = 0, spread = 0, loss = 0, smoothing = l->whole ? l->smoothing : 0;
    for (int64_t i = 0; i < n; i++) {
        double s = ref_compare(q, x + i * d, d, l->compare);
        sum += exp(s);
        spread += smoothing / (double)n * s;
    }
    for (int64_t a = 0; a < answers; a++)
        loss += (l->answer_weight ? (double)l->answer_weight[answer[a]] : 1) *
                (log(sum) - (1 - smoothing) * ref_compare(q, x + answer[a] * d, d, l->compare) - spread);
    return loss;
}

static double filtered_row(const double *q, const double *x, const int32_t *answer, int64_t answers, int64_t n,
                           int64_t d, const ref_loss *l)
{
    double others = 0, loss = 0;
    for (int64_t i = 0; i < n; i++) {
        bool other = true;
        for (int64_t a = 0; a < answers; a++) other = other && answer[a] != i;
        if (other) others += exp(ref_compare(q, x + i * d, d, l->compare));
    }
    for (int64_t a = 0; a < answers; a++) {
        double s = ref_compare(q, x + answer[a] * d, d, l->compare);
        loss += (l->answer_weight ? (double)l->answer_weight[answer[a]] : 1) * (log(exp(s) + others) - s);
    }
    return loss;
}

static double sigmoid_row(const double *q, const double *x, const int32_t *answer, int64_t answers, int64_t n,
                          int64_t d, const ref_loss *l)
{
    double loss = 0;
    for (int64_t i = 0; i < n; i++) {
        double s = ref_compare(q, x + i * d, d, l->compare), target = l->smoothing / (double)n;
        for (int64_t a = 0; a < answers; a++)
            if (answer[a] == i) target += 1 - l->smoothing;
        double yes = -log1p(exp(-s)), no = -log1p(exp(s));
        loss -= target * yes + (1 - target) * no;
    }
    return loss;
}

double ref_one_vs_all(const double *q, const double *x, const gat_rows *rows, int64_t n, int64_t d, const ref_loss *l)
{
    static double (*const row_loss[GAT_NUM_LOSSES])(const double *, const double *, const int32_t *, int64_t, int64_t,
                                                    int64_t,
                                                    const ref_loss *) = {softmax_row, sigmoid_row, filtered_row};
    double loss = 0;
    for (int64_t j = 0; j < rows->count; j++) {
        const int32_t *answer = rows->answer + rows->first[j];
        int64_t answers = rows->first[j + 1] - rows->first[j];
        loss += row_loss[l->kind](q + j * d, x, answer, answers, n, d, l);
    }
    return loss / l->total;
}

double ref_regularize(const double *x, const float *weight, double cubes, double squares, int64_t n, int64_t d,
                      bool moduli)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < (moduli ? d / 2 : d); j++) {
            double size = moduli ? cabs(at(x + i * d, j, d / 2)) : fabs(x[i * d + j]);
            sum += (double)weight[i] * (cubes * pow(size, 3) + squares * pow(size, 2));
        }
    return sum;
}

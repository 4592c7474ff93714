/* Rows of a batch may share an entity or a relation, so gradients are added in row order, by blocks of columns of which each
 * belongs to one thread. */
#include "kernels/compose.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"

static const char *const names[GAT_NUM_DECODERS] = {"distmult", "complex", "transe", "rotate",
                                                    "rescal",   "tucker",  "conve"};

const char *decoder_name(gat_decoder decoder) { return names[decoder]; }

int decoder_by_name(const char *name)
{
    for (int i = 0; i < GAT_NUM_DECODERS; i++)
        if (!strcmp(names[i], name)) return i;
    return -1;
}

gat_comparator decoder_comparator(gat_decoder decoder)
{
    return decoder == GAT_DECODER_TRANSE || decoder == GAT_DECODER_ROTATE ? GAT_COMPARE_DISTANCE : GAT_COMPARE_DOT;
}

bool decoder_is_complex(gat_decoder decoder) { return decoder == GAT_DECODER_COMPLEX || decoder == GAT_DECODER_ROTATE; }

int64_t decoder_relation_width(gat_decoder decoder, int64_t d)
{
    return decoder == GAT_DECODER_ROTATE ? d / 2 : decoder == GAT_DECODER_RESCAL ? d * d : d;
}

/* Columns from .. to of a row; of a complex one, the same in both halves. */
typedef struct columns {
    int64_t from, to;
} columns;

enum { COLUMNS = 64 };

static columns column_block(int64_t n, int64_t c)
{
    return (columns){c * COLUMNS, c * COLUMNS + COLUMNS < n ? c * COLUMNS + COLUMNS : n};
}

static void complex_multiply(float *q, const float *x, const float *r, int64_t half)
{
    for (int64_t i = 0; i < half; i++) {
        q[i] = x[i] * r[i] - x[i + half] * r[i + half];
        q[i + half] = x[i] * r[i + half] + x[i + half] * r[i];
    }
}

/* dx += dq conj(r); dr += dq conj(x). */
static void complex_multiply_backward(float *dx, float *dr, const float *dq, const float *x, const float *r,
                                      int64_t half, columns at)
{
    for (int64_t i = at.from; i < at.to; i++) {
        float re = dq[i], im = dq[i + half];
        dx[i] += re * r[i] + im * r[i + half];
        dx[i + half] += im * r[i] - re * r[i + half];
        dr[i] += re * x[i] + im * x[i + half];
        dr[i + half] += im * x[i] - re * x[i + half];
    }
}

static void rotate(float *q, const float *x, const float *angle, int64_t half)
{
    for (int64_t i = 0; i < half; i++) {
        float c = cosf(angle[i]), s = sinf(angle[i]);
        q[i] = x[i] * c - x[i + half] * s;
        q[i + half] = x[i] * s + x[i + half] * c;
    }
}

static void rotate_backward(float *dx, float *dangle, const float *dq, const float *x, const float *angle, int64_t half,
                            columns at)
{
    for (int64_t i = at.from; i < at.to; i++) {
        float c = cosf(angle[i]), s = sinf(angle[i]), re = dq[i], im = dq[i + half];
        dx[i] += re * c + im * s;
        dx[i + half] += im * c - re * s;
        dangle[i] += re * (-x[i] * s - x[i + half] * c) + im * (x[i] * c - x[i + half] * s);
    }
}

static void compose_row(float *q, const float *x, const float *r, int64_t d, gat_decoder decoder)
{
    switch (decoder) {
    case GAT_DECODER_DISTMULT:
        for (int64_t i = 0; i < d; i++) q[i] = x[i] * r[i];
        break;
    case GAT_DECODER_COMPLEX: complex_multiply(q, x, r, d / 2); break;
    case GAT_DECODER_ROTATE: rotate(q, x, r, d / 2); break;
    default:
        for (int64_t i = 0; i < d; i++) q[i] = x[i] + r[i];
    }
}

static void compose_row_backward(float *dx, float *dr, const float *dq, const float *x, const float *r, int64_t d,
                                 gat_decoder decoder, columns at)
{
    switch (decoder) {
    case GAT_DECODER_DISTMULT:
        for (int64_t i = at.from; i < at.to; i++) dx[i] += dq[i] * r[i];
        for (int64_t i = at.from; i < at.to; i++) dr[i] += dq[i] * x[i];
        break;
    case GAT_DECODER_COMPLEX: complex_multiply_backward(dx, dr, dq, x, r, d / 2, at); break;
    case GAT_DECODER_ROTATE: rotate_backward(dx, dr, dq, x, r, d / 2, at); break;
    default:
        for (int64_t i = at.from; i < at.to; i++) dx[i] += dq[i], dr[i] += dq[i];
    }
}

void compose_forward(float *q, const float *x, const float *r, const int32_t *entity, const int32_t *relation,
                     int64_t b, int64_t d, gat_decoder decoder)
{
    int64_t width = decoder_relation_width(decoder, d);
#pragma omp parallel for schedule(static)
    for (int64_t j = 0; j < b; j++) compose_row(q + j * d, x + entity[j] * d, r + relation[j] * width, d, decoder);
}

void compose_backward(float *dx, float *dr, const float *dq, const float *x, const float *r, const int32_t *entity,
                      const int32_t *relation, int64_t b, int64_t d, gat_decoder decoder)
{
    int64_t width = decoder_relation_width(decoder, d), n = decoder_is_complex(decoder) ? d / 2 : d;
#pragma omp parallel for schedule(static)
    for (int64_t c = 0; c < chunk_count(n, COLUMNS); c++)
        for (int64_t j = 0; j < b; j++)
            compose_row_backward(dx + entity[j] * d, dr + relation[j] * width, dq + j * d, x + entity[j] * d,
                                 r + relation[j] * width, d, decoder, column_block(n, c));
}

bool decoder_has_pairs(gat_decoder decoder)
{
    return decoder == GAT_DECODER_DISTMULT || decoder == GAT_DECODER_COMPLEX;
}

/* z = conj(h) t over complex numbers, h t over real ones. */
static void pair_row(float *z, const float *h, const float *t, int64_t d, gat_decoder decoder)
{
    int64_t half = d / 2;
    if (decoder == GAT_DECODER_DISTMULT) {
        for (int64_t i = 0; i < d; i++) z[i] = h[i] * t[i];
        return;
    }
    for (int64_t i = 0; i < half; i++) {
        z[i] = h[i] * t[i] + h[i + half] * t[i + half];
        z[i + half] = h[i] * t[i + half] - h[i + half] * t[i];
    }
}

static void pair_row_backward(float *dh, float *dt, const float *dz, const float *h, const float *t, int64_t d,
                              gat_decoder decoder, columns at)
{
    int64_t half = d / 2;
    if (decoder == GAT_DECODER_DISTMULT) {
        for (int64_t i = at.from; i < at.to; i++) dh[i] += dz[i] * t[i];
        for (int64_t i = at.from; i < at.to; i++) dt[i] += dz[i] * h[i];
        return;
    }
    for (int64_t i = at.from; i < at.to; i++) {
        float re = dz[i], im = dz[i + half], hr = h[i], hi = h[i + half], tr = t[i], ti = t[i + half];
        dh[i] += re * tr + im * ti;
        dh[i + half] += re * ti - im * tr;
        dt[i] += re * hr - im * hi;
        dt[i + half] += re * hi + im * hr;
    }
}

void pair_forward(float *z, const float *x, const int32_t *head, const int32_t *tail, int64_t b, int64_t d,
                  gat_decoder decoder)
{
#pragma omp parallel for schedule(static)
    for (int64_t j = 0; j < b; j++) pair_row(z + j * d, x + head[j] * d, x + tail[j] * d, d, decoder);
}

void pair_backward(float *dx, const float *dz, const float *x, const int32_t *head, const int32_t *tail, int64_t b,
                   int64_t d, gat_decoder decoder)
{
    int64_t n = decoder_is_complex(decoder) ? d / 2 : d;
#pragma omp parallel for schedule(static)
    for (int64_t c = 0; c < chunk_count(n, COLUMNS); c++)
        for (int64_t j = 0; j < b; j++)
            pair_row_backward(dx + head[j] * d, dx + tail[j] * d, dz + j * d, x + head[j] * d, x + tail[j] * d, d,
                              decoder, column_block(n, c));
}

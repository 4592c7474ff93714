/* Layer normalisation, row by row; gradients of gain and bias are summed per fixed part. */

enum { NORM_ROWS = 64 };

static void norm_forward(float *y, float *mean_rstd, const float *x, const float *gain, const float *bias, int64_t n,
                         int64_t d)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        const float *xi = x + i * d;
        float *yi = y + i * d, sum = 0, square = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t j = 0; j < d; j++) sum += xi[j];
        float mean = sum / (float)d;
#pragma omp simd reduction(+ : square)
        for (int64_t j = 0; j < d; j++) square += (xi[j] - mean) * (xi[j] - mean);
        float rstd = 1 / sqrtf(square / (float)d + 1e-12f);
#pragma omp simd
        for (int64_t j = 0; j < d; j++) yi[j] = (xi[j] - mean) * rstd * gain[j] + bias[j];
        mean_rstd[2 * i] = mean;
        mean_rstd[2 * i + 1] = rstd;
    }
}

static void norm_backward_row(float *dx, float *dgain, float *dbias, const float *dy, const float *x,
                              const float *mean_rstd, const float *gain, int64_t d)
{
    float mean = mean_rstd[0], rstd = mean_rstd[1], sum = 0, along = 0;
#pragma omp simd reduction(+ : sum, along)
    for (int64_t j = 0; j < d; j++) {
        float g = dy[j] * gain[j], hat = (x[j] - mean) * rstd;
        sum += g;
        along += g * hat;
        dgain[j] += dy[j] * hat;
        dbias[j] += dy[j];
    }
    sum /= (float)d;
    along /= (float)d;
#pragma omp simd
    for (int64_t j = 0; j < d; j++) dx[j] += rstd * (dy[j] * gain[j] - sum - (x[j] - mean) * rstd * along);
}

static void norm_backward(float *dx, float *dgain, float *dbias, float *scratch, const float *dy, const float *x,
                          const float *mean_rstd, const float *gain, int64_t n, int64_t d)
{
    memset(scratch, 0, (size_t)(2 * KERNEL_PARTS * d) * sizeof *scratch);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        float *pg = scratch + 2 * p * d, *pb = pg + d;
        for (int64_t i = part_start(n, KERNEL_PARTS, p), end = part_start(n, KERNEL_PARTS, p + 1); i < end; i++)
            norm_backward_row(dx + i * d, pg, pb, dy + i * d, x + i * d, mean_rstd + 2 * i, gain, d);
    }
    parts_reduce(dgain, scratch, KERNEL_PARTS, 2 * d, d);
    parts_reduce(dbias, scratch + d, KERNEL_PARTS, 2 * d, d);
}

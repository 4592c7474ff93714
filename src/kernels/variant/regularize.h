/* Weighted powers of rows in one pass: weight * (cubes * sum |x|^3 + squares * sum |x|^2), whose gradient is
 * weight * (3 cubes |x| + 2 squares) x. */

static double regularize_reals(float *dx, const float *x, float cubes, float squares, int64_t d)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < d; j++) {
        float size = x[j] < 0 ? -x[j] : x[j];
        sum += size * size * (cubes * size + squares);
        dx[j] += (3 * cubes * size + 2 * squares) * x[j];
    }
    return (double)sum;
}

static double regularize_moduli(float *dx, const float *x, float cubes, float squares, int64_t half)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < half; j++) {
        float square = x[j] * x[j] + x[j + half] * x[j + half], size = sqrtf(square);
        float slope = 3 * cubes * size + 2 * squares;
        sum += square * (cubes * size + squares);
        dx[j] += slope * x[j];
        dx[j + half] += slope * x[j + half];
    }
    return (double)sum;
}

static double regularize(float *dx, const float *x, const float *weight, float cubes, float squares, int64_t n,
                         int64_t d, bool moduli)
{
    double part[KERNEL_PARTS] = {0}, total = 0;
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < KERNEL_PARTS; p++)
        for (int64_t i = part_start(n, KERNEL_PARTS, p), end = part_start(n, KERNEL_PARTS, p + 1); i < end; i++) {
            float w = weight[i];
            if (w == 0) continue;
            part[p] += moduli ? regularize_moduli(dx + i * d, x + i * d, w * cubes, w * squares, d / 2)
                              : regularize_reals(dx + i * d, x + i * d, w * cubes, w * squares, d);
        }
    for (int p = 0; p < KERNEL_PARTS; p++) total += part[p];
    return total;
}

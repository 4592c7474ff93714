/* The nuclear 3-norm of tensor factorisation (Lacroix et al. 2018): lambda * weight * sum |x|^3, whose gradient is
 * 3 lambda weight |x| x. */

static double n3_row(float *dx, const float *x, float scale, int64_t d, bool moduli)
{
    float sum = 0;
    if (!moduli) {
#pragma omp simd reduction(+ : sum)
        for (int64_t j = 0; j < d; j++) {
            float size = x[j] < 0 ? -x[j] : x[j];
            sum += size * size * size;
            dx[j] += 3 * scale * size * x[j];
        }
        return scale * sum;
    }
    int64_t half = d / 2;
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < half; j++) {
        float square = x[j] * x[j] + x[j + half] * x[j + half], size = sqrtf(square);
        sum += square * size;
        dx[j] += 3 * scale * size * x[j];
        dx[j + half] += 3 * scale * size * x[j + half];
    }
    return scale * sum;
}

static double n3(float *dx, const float *x, const float *weight, float lambda, int64_t n, int64_t d, bool moduli)
{
    double part[KERNEL_PARTS] = {0}, total = 0;
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < KERNEL_PARTS; p++)
        for (int64_t i = part_start(n, KERNEL_PARTS, p), end = part_start(n, KERNEL_PARTS, p + 1); i < end; i++)
            if (weight[i] != 0) part[p] += n3_row(dx + i * d, x + i * d, lambda * weight[i], d, moduli);
    for (int p = 0; p < KERNEL_PARTS; p++) total += part[p];
    return total;
}

/* One dot product per node and attention head: the two halves of the additive score. */

static void head_dot_forward(float *s, const float *v, const float *a, int64_t n, int h, int f)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        for (int j = 0; j < h; j++) {
            const float *vi = v + (i * h + j) * f, *aj = a + j * f;
            float sum = 0;
#pragma omp simd reduction(+ : sum)
            for (int c = 0; c < f; c++) sum += vi[c] * aj[c];
            s[i * h + j] = sum;
        }
    }
}

static void head_dot_backward(float *dv, float *da, float *scratch, const float *ds, const float *v, const float *a,
                              int64_t n, int h, int f)
{
    int64_t width = (int64_t)h * f;
    memset(scratch, 0, (size_t)(KERNEL_PARTS * width) * sizeof *scratch);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        float *sum = scratch + p * width;
        for (int64_t i = part_start(n, KERNEL_PARTS, p), end = part_start(n, KERNEL_PARTS, p + 1); i < end; i++) {
            for (int j = 0; j < h; j++) {
                const float *vi = v + (i * h + j) * f, *aj = a + j * f;
                float *dvi = dv + (i * h + j) * f, *sj = sum + j * f, g = ds[i * h + j];
#pragma omp simd
                for (int c = 0; c < f; c++) {
                    dvi[c] += g * aj[c];
                    sj[c] += g * vi[c];
                }
            }
        }
    }
    parts_reduce(da, scratch, KERNEL_PARTS, width, width);
}

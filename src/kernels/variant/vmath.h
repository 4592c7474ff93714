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

/* The machine's widest vector; loads and stores at any address. */
#if defined __AVX512F__
enum { VEC_BYTES = 64 };
#elif defined __AVX__
enum { VEC_BYTES = 32 };
#else
enum { VEC_BYTES = 16 };
#endif
typedef float vec __attribute__((vector_size(VEC_BYTES), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(VEC_BYTES)));

enum { VEC_LANES = VEC_BYTES / sizeof(float) };

static inline vec vec_load(const float *p) { return *(const vec *)p; }
static inline void vec_store(float *p, vec x) { *(vec *)p = x; }
static inline void vec_add(float *p, vec x) { vec_store(p, vec_load(p) + x); }
static inline vec vec_abs(vec x) { return (vec)((ivec)x & 0x7fffffff); }

/* w with its sign turned where x has one: w sgn(x). */
static inline vec vec_turn(vec w, vec x) { return (vec)((ivec)w ^ ((ivec)x & INT32_MIN)); }

/* tanh |x| as above / below, both polynomials in x^2: a least-maximum fit on [0,8], where tanh ends for a float. */
static inline vec tanh_fraction(vec *below, vec x)
{
    vec size = vec_abs(x), end = (vec){0} + 8.0f;
    ivec beyond = size > end;
    size = (vec)(((ivec)size & ~beyond) | ((ivec)end & beyond));
    vec x2 = size * size;
    vec p = x2 * 1.1310210e-5f + 2.9388264e-3f;
    p = p * x2 + 1.2913640e-1f;
    p = p * x2 + 9.9999936e-1f;
    vec q = x2 * 2.4238371e-7f + 2.3702823e-4f;
    q = q * x2 + 2.3763821e-2f;
    q = q * x2 + 4.6246739e-1f;
    *below = q * x2 + 1.0f;
    return p * size;
}

/* x (n) <- tanh, two with one division, which costs as much as the polynomials. Absolute error 5e-7. */
static inline void vec_tanh(vec *x, int n)
{
    for (int i = 0; i < n; i += 2) {
        int j = i + 1 < n ? i + 1 : i;
        vec below, below_j, above = tanh_fraction(&below, x[i]), above_j = tanh_fraction(&below_j, x[j]);
        vec part = 1 / (below * below_j);
        x[j] = vec_turn(above_j * (below * part), x[j]);
        if (j > i) x[i] = vec_turn(above * (below_j * part), x[i]);
    }
}

/* Halves are added to halves: a fixed order. */
static inline float vec_sum(vec x)
{
    typedef float quarter __attribute__((vector_size(16)));
#if defined __AVX512F__
    typedef float half __attribute__((vector_size(32)));
    half h = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) +
             __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    quarter q = __builtin_shufflevector(h, h, 0, 1, 2, 3) + __builtin_shufflevector(h, h, 4, 5, 6, 7);
#elif defined __AVX__
    quarter q = __builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7);
#else
    quarter q = x;
#endif
    q += __builtin_shufflevector(q, q, 2, 3, 2, 3);
    q += __builtin_shufflevector(q, q, 1, 1, 1, 1);
    return q[0];
}

/* Relational reflection, see reflection.h. Backward goes by node for alpha, by kind for u and logits, and by neighbour for h.
 * With g = dout[i],
 *     dlogit = alpha (<g, message> - <g, out[i]>),
 *     du     = -2 alpha (<h, u> g + <g, u> h),
 *     dh[j]  = sum over edges alpha (g - 2 <g, u> u). */

static float reflect_dot(const float *x, const float *y, int64_t d)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t c = 0; c < d; c++) sum += x[c] * y[c];
    return sum;
}

/* y += a x + b u. */
static void reflect_add(float *y, float a, const float *x, float b, const float *u, int64_t d)
{
#pragma omp simd
    for (int64_t c = 0; c < d; c++) y[c] += a * x[c] + b * u[c];
}

static const float *reflect_u(const gat_reflection *a, int64_t e) { return a->u + a->edges->kinds.place[e] * a->width; }

static void reflect_softmax(float *alpha, const gat_reflection *a, int64_t from, int64_t to)
{
    float top = -INFINITY, sum = 0;
    for (int64_t e = from; e < to; e++) {
        float s = a->logit[a->edges->kinds.place[e] * a->logit_stride];
        top = s > top ? s : top;
    }
    for (int64_t e = from; e < to; e++) {
        alpha[e] = v_exp(a->logit[a->edges->kinds.place[e] * a->logit_stride] - top);
        sum += alpha[e];
    }
    for (int64_t e = from; e < to; e++) alpha[e] /= sum;
}

static void reflection_forward(float *out, float *alpha, const gat_reflection *a)
{
    const row_lists *l = &a->edges->hears;
    int64_t d = a->width;
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t i = 0; i < l->rows; i++) {
        float *to = out + i * d;
        memset(to, 0, (size_t)d * sizeof *to);
        reflect_softmax(alpha, a, l->start[i], l->start[i + 1]);
        for (int64_t e = l->start[i]; e < l->start[i + 1]; e++) {
            const float *h = a->h + l->place[e] * d, *u = reflect_u(a, e);
            reflect_add(to, alpha[e], h, -2 * alpha[e] * reflect_dot(h, u, d), u, d);
        }
    }
}

/* Edges of node i; onto[e] <- <h, u> and <g, u>. */
static void reflect_back_node(const gat_reflection_grad *g, const float *dout, const gat_reflection *a, int64_t i)
{
    int64_t d = a->width;
    for (int64_t e = a->edges->hears.start[i]; e < a->edges->hears.start[i + 1]; e++) {
        const float *u = reflect_u(a, e);
        g->onto[2 * e] = reflect_dot(a->h + a->edges->hears.place[e] * d, u, d);
        g->onto[2 * e + 1] = reflect_dot(dout + i * d, u, d);
    }
}

static void reflect_back_kind(const gat_reflection_grad *g, const float *dout, const float *out, const float *alpha,
                              const gat_reflection *a, int64_t k)
{
    int64_t d = a->width;
    for (int64_t b = a->edges->kinds.back_start[k]; b < a->edges->kinds.back_start[k + 1]; b++) {
        int64_t e = a->edges->kinds.back_row[b];
        const float *h = a->h + a->edges->hears.place[e] * d, *go = dout + a->edges->node[e] * d;
        float hu = g->onto[2 * e], gu = g->onto[2 * e + 1];
        float gain = reflect_dot(go, h, d) - 2 * hu * gu - reflect_dot(go, out + a->edges->node[e] * d, d);
        g->dlogit[k * a->logit_stride] += alpha[e] * gain;
        reflect_add(g->du + k * d, -2 * alpha[e] * hu, go, -2 * alpha[e] * gu, h, d);
    }
}

static void reflection_backward(const gat_reflection_grad *g, const float *dout, const float *out, const float *alpha,
                                const gat_reflection *a)
{
    const row_lists *l = &a->edges->hears;
    int64_t d = a->width;
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t i = 0; i < l->rows; i++) reflect_back_node(g, dout, a, i);
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t k = 0; k < a->edges->kinds.columns; k++) reflect_back_kind(g, dout, out, alpha, a, k);
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t j = 0; j < l->columns; j++)
        for (int64_t b = l->back_start[j]; b < l->back_start[j + 1]; b++) {
            int64_t e = l->back_entry[b];
            reflect_add(g->dh + j * d, alpha[e], dout + l->back_row[b] * d, -2 * alpha[e] * g->onto[2 * e + 1],
                        reflect_u(a, e), d);
        }
}

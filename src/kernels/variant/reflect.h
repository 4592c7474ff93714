/* Relational reflection, see reflection.h. Backward goes by node for edges and logits and by neighbour for h. With g = dout[i],
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

static void reflect_softmax(float *alpha, const gat_reflection *a, int64_t from, int64_t to)
{
    float top = -INFINITY, sum = 0;
    for (int64_t e = from; e < to; e++) {
        float s = a->logit[e * a->logit_stride];
        top = s > top ? s : top;
    }
    for (int64_t e = from; e < to; e++) {
        alpha[e] = v_exp(a->logit[e * a->logit_stride] - top);
        sum += alpha[e];
    }
    for (int64_t e = from; e < to; e++) alpha[e] /= sum;
}

static void reflection_forward(float *out, float *alpha, const gat_reflection *a)
{
    const row_lists *l = a->edges;
    int64_t d = a->width;
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t i = 0; i < l->rows; i++) {
        float *to = out + i * d;
        memset(to, 0, (size_t)d * sizeof *to);
        reflect_softmax(alpha, a, l->start[i], l->start[i + 1]);
        for (int64_t e = l->start[i]; e < l->start[i + 1]; e++) {
            const float *h = a->h + l->place[e] * d, *u = a->u + e * d;
            reflect_add(to, alpha[e], h, -2 * alpha[e] * reflect_dot(h, u, d), u, d);
        }
    }
}

/* Edges of node i; onto[e] <- <g, u[e]>. */
static void reflect_back_node(const gat_reflection_grad *g, const float *dout, const float *out, const float *alpha,
                              const gat_reflection *a, int64_t i)
{
    int64_t d = a->width;
    float with_out = reflect_dot(dout, out, d);
    for (int64_t e = a->edges->start[i]; e < a->edges->start[i + 1]; e++) {
        const float *h = a->h + a->edges->place[e] * d, *u = a->u + e * d;
        float hu = reflect_dot(h, u, d), gu = reflect_dot(dout, u, d), gh = reflect_dot(dout, h, d);
        g->onto[e] = gu;
        g->dlogit[e * a->logit_stride] += alpha[e] * (gh - 2 * hu * gu - with_out);
        reflect_add(g->du + e * d, -2 * alpha[e] * hu, dout, -2 * alpha[e] * gu, h, d);
    }
}

static void reflection_backward(const gat_reflection_grad *g, const float *dout, const float *out, const float *alpha,
                                const gat_reflection *a)
{
    const row_lists *l = a->edges;
    int64_t d = a->width;
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t i = 0; i < l->rows; i++) reflect_back_node(g, dout + i * d, out + i * d, alpha, a, i);
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t j = 0; j < l->columns; j++)
        for (int64_t b = l->back_start[j]; b < l->back_start[j + 1]; b++) {
            int64_t e = l->back_entry[b];
            reflect_add(g->dh + j * d, alpha[e], dout + l->back_row[b] * d, -2 * alpha[e] * g->onto[e], a->u + e * d,
                        d);
        }
}

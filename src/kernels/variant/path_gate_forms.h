/* Gates of every form and number of heads, see path_layer.h: plain loops over a few numbers. */
static const float FORM_SLOPE = .2f, FORM_TINY = 1e-6f;

/* What a head sees: places [from, to) of s, t and a. */
typedef struct gate_part {
    const float *s, *t, *a;
    int from, to;
} gate_part;

static float form_dot(const gate_part *p, const float *x, const float *y)
{
    float sum = 0;
    for (int c = p->from; c < p->to; c++) sum += x[c] * y[c];
    return sum;
}

static float form_linear(const gate_part *p)
{
    float sum = 0;
    for (int c = p->from; c < p->to; c++) sum += p->a[c] * (p->s[c] + p->t[c]);
    return sum;
}

static float gate_logit(const gate_part *p, gat_score form)
{
    float sum = 0;
    switch (form) {
    case GAT_SCORE_ADDITIVE: sum = form_linear(p); return sum > 0 ? sum : FORM_SLOPE * sum;
    case GAT_SCORE_DOT: return form_dot(p, p->s, p->t);
    case GAT_SCORE_SCALED_DOT: return form_dot(p, p->s, p->t) / sqrtf((float)(p->to - p->from));
    case GAT_SCORE_BILINEAR:
        for (int c = p->from; c < p->to; c++) sum += p->a[c] * p->s[c] * p->t[c];
        return sum;
    case GAT_SCORE_COSINE:
        return p->a[p->from] * form_dot(p, p->s, p->t) /
               sqrtf((form_dot(p, p->s, p->s) + FORM_TINY) * (form_dot(p, p->t, p->t) + FORM_TINY));
    case GAT_SCORE_MLP:
        for (int c = p->from; c < p->to; c++) sum += p->a[c] * v_tanh(p->s[c] + p->t[c]);
        return sum;
    default:
        for (int c = p->from; c < p->to; c++) sum += p->a[c] * fmaxf(p->s[c] + p->t[c], 0);
        return sum;
    }
}

/* Adds to the slopes ds, dt and da what a logit with slope `d` asks for. */
typedef struct gate_part_slopes {
    float *s, *t, *a;
} gate_part_slopes;

static void cosine_backward(const gate_part_slopes *g, const gate_part *p, float d)
{
    float ss = form_dot(p, p->s, p->s) + FORM_TINY, tt = form_dot(p, p->t, p->t) + FORM_TINY;
    float st = form_dot(p, p->s, p->t), n = 1 / sqrtf(ss * tt), scale = d * p->a[p->from] * n;
    g->a[p->from] += d * st * n;
    for (int c = p->from; c < p->to; c++) {
        g->s[c] += scale * (p->t[c] - p->s[c] * st / ss);
        g->t[c] += scale * (p->s[c] - p->t[c] * st / tt);
    }
}

/* s t, each number times `scale`, or times a (scale 0). */
static void product_backward(const gate_part_slopes *g, const gate_part *p, float d, float scale)
{
    for (int c = p->from; c < p->to; c++) {
        float w = d * (scale > 0 ? scale : p->a[c]);
        g->s[c] += w * p->t[c];
        g->t[c] += w * p->s[c];
        if (!(scale > 0)) g->a[c] += d * p->s[c] * p->t[c];
    }
}

/* a f(s + t). */
static void sum_backward(const gate_part_slopes *g, const gate_part *p, float d, gat_score form)
{
    for (int c = p->from; c < p->to; c++) {
        float x = p->s[c] + p->t[c], f = x, slope = 1;
        if (form == GAT_SCORE_MLP) f = v_tanh(x), slope = 1 - f * f;
        if (form == GAT_SCORE_DYNAMIC) f = x > 0 ? x : 0, slope = x > 0;
        float to = d * p->a[c] * slope;
        g->a[c] += d * f;
        g->s[c] += to;
        g->t[c] += to;
    }
}

static void gate_logit_backward(const gate_part_slopes *g, const gate_part *p, float d, gat_score form)
{
    switch (form) {
    case GAT_SCORE_ADDITIVE: sum_backward(g, p, form_linear(p) > 0 ? d : FORM_SLOPE * d, form); return;
    case GAT_SCORE_DOT: product_backward(g, p, d, 1); return;
    case GAT_SCORE_SCALED_DOT: product_backward(g, p, d, 1 / sqrtf((float)(p->to - p->from))); return;
    case GAT_SCORE_BILINEAR: product_backward(g, p, d, 0); return;
    case GAT_SCORE_COSINE: cosine_backward(g, p, d); return;
    default: sum_backward(g, p, d, form); return;
    }
}

static inline bool gate_is_usual(const path_weights *w) { return w->form == GAT_SCORE_DYNAMIC && w->heads == 1; }

/* The gates of one row: heads (runs,H), or NULL, and their means. */
static void gate_row_forms(float *gate, float *heads, const float *s, const int32_t *relation, int32_t runs,
                           const path_weights *w)
{
    int width = PATH_GATE / w->heads;
    for (int32_t r = 0; r < runs; r++) {
        float sum = 0;
        for (int h = 0; h < w->heads; h++) {
            gate_part p = {s, w->by_relation + (int64_t)relation[r] * PATH_GATE, w->a, h * width, (h + 1) * width};
            float open = v_sigmoid(gate_logit(&p, w->form));
            if (heads) heads[r * w->heads + h] = open;
            sum += open;
        }
        gate[r] = sum / (float)w->heads;
    }
}

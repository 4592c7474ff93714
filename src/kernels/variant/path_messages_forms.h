/* Messages of every form with any number of gates, see path_layer.h: the general way beside the fast one of
 * path_messages.h. */

/* m (D) <- the message before its gate. Not inlined: backward has to find the bits of forward again. */
__attribute__((noinline)) static void message_form(float *m, const float *x, const float *w, path_message form,
                                                   int64_t d)
{
    int64_t half = d / 2;
    switch (form) {
    case PATH_MESSAGE_ROTATION:
#pragma omp simd
        for (int64_t c = 0; c < half; c++) {
            m[c] = x[c] * w[c] - x[half + c] * w[half + c];
            m[half + c] = x[c] * w[half + c] + x[half + c] * w[c];
        }
        return;
    case PATH_MESSAGE_TRANSLATION:
#pragma omp simd
        for (int64_t c = 0; c < d; c++) m[c] = x[c] + w[c];
        return;
    default:
#pragma omp simd
        for (int64_t c = 0; c < d; c++) m[c] = x[c] * w[c];
    }
}

/* Adds to dx and dw (D). */
static void message_form_backward(float *dx, float *dw, const float *dm, const float *x, const float *w,
                                  path_message form, int64_t d)
{
    int64_t half = d / 2;
    switch (form) {
    case PATH_MESSAGE_ROTATION:
#pragma omp simd
        for (int64_t c = 0; c < half; c++) {
            float re = dm[c], im = dm[half + c];
            dx[c] += re * w[c] + im * w[half + c];
            dx[half + c] += im * w[c] - re * w[half + c];
            dw[c] += re * x[c] + im * x[half + c];
            dw[half + c] += im * x[c] - re * x[half + c];
        }
        return;
    case PATH_MESSAGE_TRANSLATION:
#pragma omp simd
        for (int64_t c = 0; c < d; c++) dx[c] += dm[c], dw[c] += dm[c];
        return;
    default:
#pragma omp simd
        for (int64_t c = 0; c < d; c++) dx[c] += dm[c] * w[c], dw[c] += dm[c] * x[c];
    }
}

static inline bool messages_are_usual(const path_weights *w)
{
    return w->message == PATH_MESSAGE_PRODUCT && w->aggregation == PATH_SUM && gate_is_usual(w);
}

/* m (D) *= the gates, each for its part. */
static void open_gates(float *m, const float *gates, int heads, int64_t d)
{
    int64_t part = d / heads;
    for (int h = 0; h < heads; h++)
#pragma omp simd
        for (int64_t c = h * part; c < (h + 1) * part; c++) m[c] *= gates[h];
}

/* The gates of a run at `place`. */
static const float *gates_of(const path_kept *kept, int64_t place, int heads)
{
    return kept->heads ? kept->heads + place * heads : kept->gate + place;
}

/* Sends one message along the edges of a run. */
static void send_message(float *sum, const float *message, const int32_t *target, int32_t edges, const path_weights *w,
                         int64_t d)
{
    int64_t wide = path_sums(w->aggregation, d);
    for (int32_t e = 0; e < edges; e++) {
        float *to = sum + target[e] * wide;
        if (w->aggregation == PATH_STATISTICS) statistics_add(to, message, d);
        else
            for (int64_t c = 0; c < d; c += VEC_LANES) vec_add(to + c, vec_load(message + c));
    }
}

/* dm (D) <- what the ends of the run's edges ask of its message, gates included. */
static void gather_slopes(float *dm, float *dsum, const float *sum, const float *message, const int32_t *target,
                          int32_t edges, const path_weights *w, int64_t d)
{
    int64_t wide = path_sums(w->aggregation, d);
    memset(dm, 0, (size_t)d * sizeof *dm);
    for (int32_t e = 0; e < edges; e++) {
        int64_t at = target[e] * wide;
        if (w->aggregation == PATH_STATISTICS) statistics_take(dm, dsum + at, sum + at, message, d);
        else
            for (int64_t c = 0; c < d; c += VEC_LANES) vec_add(dm + c, vec_load(dsum + at + c));
    }
}

static void messages_forward_forms(const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d)
{
    for (int64_t i = 0; i < walk->rows; i++) {
        const int32_t *target = walk->target + walk->first_edge[i];
        const int32_t *edge = walk->run_edge + walk->first_run[i], *relation = walk->run_relation + walk->first_run[i];
        for (int32_t r = 0; r < walk->runs[i]; r++) {
            float message[PATH_MAX_WIDTH];
            message_form(message, kept->x + i * d, w->relation + relation[r] * d, w->message, d);
            open_gates(message, gates_of(kept, walk->gate_place[i] + r, w->heads), w->heads, d);
            send_message(kept->sum, message, target, edge[r + 1] - edge[r], w, d);
            target += edge[r + 1] - edge[r];
        }
    }
}

/* Gates of a run: from dmessage (D) and the message before its gates to the slopes of s, t and a. */
static void run_gates_backward(float *dhidden, const path_slopes *g, const float *dmessage, const float *message,
                               const float *gates, const float *hidden, int32_t relation, const path_weights *w,
                               int64_t d)
{
    int width = PATH_GATE / w->heads;
    int64_t part = d / w->heads;
    const gate_part_slopes to = {dhidden, g->by_relation + (int64_t)relation * PATH_GATE, g->a};
    for (int h = 0; h < w->heads; h++) {
        const gate_part p = {hidden, w->by_relation + (int64_t)relation * PATH_GATE, w->a, h * width, (h + 1) * width};
        float along = 0;
        for (int64_t c = h * part; c < (h + 1) * part; c++) along += dmessage[c] * message[c];
        gate_logit_backward(&to, &p, along * gates[h] * (1 - gates[h]), w->form);
    }
}

static void messages_backward_row_forms(float *dx, const path_slopes *slopes, float *dsum, const path_kept *kept,
                                        const path_walk *walk, const path_weights *w, int64_t i, int64_t d)
{
    const int32_t *target = walk->target + walk->first_edge[i];
    const int32_t *edge = walk->run_edge + walk->first_run[i], *relation = walk->run_relation + walk->first_run[i];
    const float *x = kept->x + i * d, *hidden = kept->hidden + i * PATH_GATE;
    float dhidden[PATH_GATE] = {0};
    for (int32_t r = 0; r < walk->runs[i]; r++) {
        const float *wr = w->relation + relation[r] * d, *gates = gates_of(kept, walk->gate_place[i] + r, w->heads);
        float dmessage[PATH_MAX_WIDTH], message[PATH_MAX_WIDTH], gated[PATH_MAX_WIDTH];
        message_form(message, x, wr, w->message, d);
        memcpy(gated, message, (size_t)d * sizeof *gated);
        open_gates(gated, gates, w->heads, d);
        gather_slopes(dmessage, dsum, kept->sum, gated, target, edge[r + 1] - edge[r], w, d);
        target += edge[r + 1] - edge[r];
        if (w->state) run_gates_backward(dhidden, slopes, dmessage, message, gates, hidden, relation[r], w, d);
        open_gates(dmessage, gates, w->heads, d);
        message_form_backward(dx + i * d, slopes->relation + relation[r] * d, dmessage, x, wr, w->message, d);
    }
    if (w->state) gate_row_backward(dx + i * d, slopes, dhidden, x, w, d);
}

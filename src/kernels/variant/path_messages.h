/* Messages along the runs and their gradients, see path_layer.h. Loops over the width have a constant length where it
 * is one of the usual ones, so that a message stays in registers. */
enum { MESSAGE_AHEAD = 8 };

PATH_INLINE void messages_forward_width(float *sum, const float *gate, const float *x, const path_walk *walk,
                                        const path_weights *w, const int64_t d)
{
    for (int64_t i = 0; i < walk->rows; i++) {
        const int32_t *target = walk->target + walk->first_edge[i];
        const int32_t *edge = walk->run_edge + walk->first_run[i], *relation = walk->run_relation + walk->first_run[i];
        const float *g = gate + walk->gate_place[i], *xi = x + i * d;
        for (int32_t r = 0; r < walk->runs[i]; r++) {
            const float *wr = w->relation + relation[r] * d;
            float message[PATH_MAX_WIDTH];
            for (int64_t c = 0; c < d; c += VEC_LANES)
                vec_store(message + c, g[r] * vec_load(xi + c) * vec_load(wr + c));
            for (int32_t e = edge[r]; e < edge[r + 1]; e++) {
                float *to = sum + *target++ * d;
                for (int64_t c = 0; c < d; c += VEC_LANES) vec_add(to + c, vec_load(message + c));
            }
        }
    }
}

static void messages_forward(float *sum, const float *gate, const float *x, const path_walk *walk,
                             const path_weights *w, int64_t d)
{
    if (d == 32) messages_forward_width(sum, gate, x, walk, w, 32);
    else if (d == 64) messages_forward_width(sum, gate, x, walk, w, 64);
    else messages_forward_width(sum, gate, x, walk, w, d);
}

/* One row: its runs in order, then its gate. */
PATH_INLINE void messages_backward_row(float *dx, const path_slopes *slopes, const float *dsum, const path_kept *kept,
                                       const path_walk *walk, const path_weights *w, int64_t i, const int64_t d)
{
    const int32_t *target = walk->target + walk->first_edge[i];
    const int32_t *edge = walk->run_edge + walk->first_run[i], *relation = walk->run_relation + walk->first_run[i];
    const float *gate = kept->gate + walk->gate_place[i], *x = kept->x + i * d, *hidden = kept->hidden + i * PATH_GATE;
    float dhidden[PATH_GATE] = {0};
    for (int32_t r = 0; r < walk->runs[i]; r++) {
        const float *wr = w->relation + relation[r] * d;
        float *dwr = slopes->relation + relation[r] * d, dmessage[PATH_MAX_WIDTH];
        for (int64_t c = 0; c < d; c += VEC_LANES) vec_store(dmessage + c, (vec){0});
        for (int32_t e = edge[r]; e < edge[r + 1]; e++) {
            const float *from = dsum + *target++ * d;
            for (int64_t c = 0; c < d; c += VEC_LANES) vec_add(dmessage + c, vec_load(from + c));
        }
        vec along = {0};
        for (int64_t c = 0; c < d; c += VEC_LANES) {
            vec dm = vec_load(dmessage + c), xc = vec_load(x + c), wc = vec_load(wr + c);
            along += dm * xc * wc;
            vec_add(dx + i * d + c, gate[r] * dm * wc);
            vec_add(dwr + c, gate[r] * dm * xc);
        }
        if (w->state)
            gate_run_backward(dhidden, slopes, vec_sum(along) * gate[r] * (1 - gate[r]), hidden, relation[r], w);
    }
    if (w->state) gate_row_backward(dx + i * d, slopes, dhidden, x, w, d);
}

static void messages_backward(float *dx, const path_slopes *slopes, float *dsum, const path_kept *kept,
                              const path_walk *walk, const path_weights *w, int64_t d)
{
    for (int64_t i = 0; i < walk->rows; i++) {
        if (!messages_are_usual(w)) messages_backward_row_forms(dx, slopes, dsum, kept, walk, w, i, d);
        else if (d == 32) messages_backward_row(dx, slopes, dsum, kept, walk, w, i, 32);
        else if (d == 64) messages_backward_row(dx, slopes, dsum, kept, walk, w, i, 64);
        else messages_backward_row(dx, slopes, dsum, kept, walk, w, i, d);
    }
}

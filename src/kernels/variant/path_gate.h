/* Gates of the runs, see path_layer.h. */
enum { GATE_ROWS = 4 };

/* hidden (rows,G) = x (rows,D) S transposed + u: a few rows side by side hide the latency of each sum. */
PATH_INLINE void gate_hidden_rows(float *hidden, const float *x, const path_weights *w, const int rows, int64_t d)
{
    float s[GATE_ROWS][PATH_GATE];
    for (int r = 0; r < rows; r++) memcpy(s[r], w->query, sizeof s[r]);
    for (int64_t k = 0; k < d; k++)
        for (int r = 0; r < rows; r++)
#pragma omp simd
            for (int c = 0; c < PATH_GATE; c++) s[r][c] += x[r * d + k] * w->state_turned[k * PATH_GATE + c];
    for (int r = 0; r < rows; r++) memcpy(hidden + r * PATH_GATE, s[r], sizeof s[r]);
}

static void gate_hidden(float *hidden, const float *x, const path_weights *w, int64_t n, int64_t d)
{
    int64_t i = 0;
    for (; i + GATE_ROWS <= n; i += GATE_ROWS) gate_hidden_rows(hidden + i * PATH_GATE, x + i * d, w, GATE_ROWS, d);
    for (; i < n; i++) gate_hidden_rows(hidden + i * PATH_GATE, x + i * d, w, 1, d);
}

static void gates_forward_forms(float *gate, float *heads, const float *hidden, const path_walk *walk,
                                const path_weights *w)
{
    for (int64_t i = 0; i < walk->rows; i++) {
        int64_t place = walk->gate_place[i];
        gate_row_forms(gate + place, heads ? heads + place * w->heads : NULL, hidden + i * PATH_GATE,
                       walk->run_relation + walk->first_run[i], walk->runs[i], w);
    }
}

static void gates_forward(float *gate, float *heads, float *hidden, const float *x, const path_walk *walk,
                          const path_weights *w, int64_t d)
{
    int64_t gates = walk->gate_place[walk->rows];
    if (!w->state) {
        for (int64_t k = 0; k < gates; k++) gate[k] = 1;
        for (int64_t k = 0; heads && k < gates * w->heads; k++) heads[k] = 1;
        return;
    }
    gate_hidden(hidden, x, w, walk->rows, d);
    if (!gate_is_usual(w)) {
        gates_forward_forms(gate, heads, hidden, walk, w);
        return;
    }
    for (int64_t i = 0; i < walk->rows; i++) {
        const float *s = hidden + i * PATH_GATE;
        const int32_t *relation = walk->run_relation + walk->first_run[i];
        float *logit = gate + walk->gate_place[i];
        for (int32_t r = 0; r < walk->runs[i]; r++) {
            const float *t = w->by_relation + (int64_t)relation[r] * PATH_GATE;
            float sum = 0;
#pragma omp simd reduction(+ : sum)
            for (int c = 0; c < PATH_GATE; c++) {
                float h = s[c] + t[c];
                sum += (h > 0 ? h : 0) * w->a[c];
            }
            logit[r] = sum;
        }
    }
#pragma omp simd
    for (int64_t k = 0; k < gates; k++) gate[k] = v_sigmoid(gate[k]);
}

/* Adds what the logit of one run with slope dlogit asks for; dhidden (G) is of the row. */
PATH_INLINE void gate_run_backward(float *dhidden, const path_slopes *g, float dlogit, const float *hidden,
                                   int64_t relation, const path_weights *w)
{
    const float *t = w->by_relation + relation * PATH_GATE;
    float *dt = g->by_relation + relation * PATH_GATE;
#pragma omp simd
    for (int c = 0; c < PATH_GATE; c++) {
        float h = hidden[c] + t[c], open = h > 0 ? 1.0f : 0.0f;
        float dh = dlogit * w->a[c] * open;
        g->a[c] += dlogit * h * open;
        dt[c] += dh;
        dhidden[c] += dh;
    }
}

/* From the row's dhidden to its state and to S and u. */
PATH_INLINE void gate_row_backward(float *dx, const path_slopes *g, const float *dhidden, const float *x,
                                   const path_weights *w, const int64_t d)
{
    for (int c = 0; c < PATH_GATE; c++) g->query[c] += dhidden[c];
    for (int64_t k = 0; k < d; k += VEC_LANES) {
        vec sum = vec_load(dx + k), xk = vec_load(x + k);
        for (int c = 0; c < PATH_GATE; c++) {
            sum += dhidden[c] * vec_load(w->state + c * d + k);
            vec_add(g->state + c * d + k, dhidden[c] * xk);
        }
        vec_store(dx + k, sum);
    }
}

#include "path/path_forms.h"

#include "base/error.h"
#include "base/memory.h"

/* y (cols,rows) <- x (rows,cols) transposed. */
static const float *turn(float **y, const float *x, int64_t rows, int64_t cols)
{
    float *to = *y;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) to[j * rows + i] = x[i * cols + j];
    *y += rows * cols;
    return to;
}

/* Floats of all that is transposed. */
int64_t path_forms_floats(const path_net *m)
{
    int64_t d = m->shape.width, sums = path_net_sums(m) * path_scalings(m->shape.aggregation, d);
    int64_t global = m->shape.global == PATH_GLOBAL_NO ? 0 : 3 * d * d;
    return m->shape.layers * (d * (d + PATH_GATE) + sums + global) + d * path_hidden(m);
}

gat_status path_forms_init(path_forms *f, const path_net *m, gat_error *err)
{
    *f = (path_forms){0};
    f->turned = gat_alloc(path_forms_floats(m), sizeof *f->turned);
    if (!f->turned) return error_nomem(err);
    path_forms_fill(f, m);
    return GAT_OK;
}

void path_forms_clear(path_forms *f)
{
    gat_free(f->turned);
    *f = (path_forms){0};
}

static void fill_layer(path_weights *w, float **to, const path_net *m, const path_layer_params *in)
{
    const gat_params *p = m->params;
    int64_t d = m->shape.width;
    *w = (path_weights){.form = m->shape.form,
                        .message = m->shape.message,
                        .aggregation = m->shape.aggregation,
                        .heads = m->shape.heads > 1 ? (int)m->shape.heads : 1,
                        .state = m->shape.gate ? param_value(p, in->state) : NULL,
                        .by_relation = param_value(p, in->by_relation),
                        .a = param_value(p, in->a),
                        .w_state = param_value(p, in->w_state),
                        .w_sum = param_value(p, in->w_sum),
                        .bias = param_value(p, in->bias),
                        .gain = param_value(p, in->gain),
                        .shift = param_value(p, in->shift)};
    w->state_turned = turn(to, param_value(p, in->state), PATH_GATE, d);
    w->w_state_turned = turn(to, w->w_state, d, d);
    w->w_sum_turned = turn(to, w->w_sum, path_net_sums(m), path_scalings(m->shape.aggregation, d));
}

static void fill_global(path_global_weights *w, float **to, const path_net *m, const path_layer_params *in)
{
    int64_t d = m->shape.width;
    w->map = param_value(m->params, in->global);
    w->scale = param_value(m->params, in->global_scale);
    w->map_turned = *to;
    for (int i = 0; i < 3; i++) turn(to, w->map + i * d * d, d, d);
}

void path_forms_fill(path_forms *f, const path_net *m)
{
    const gat_params *p = m->params;
    float *to = f->turned;
    for (int64_t l = 0; l < m->shape.layers; l++) {
        fill_layer(&f->layer[l], &to, m, &m->layer[l]);
        if (path_attends_globally(&m->shape, l)) fill_global(&f->global[l], &to, m, &m->layer[l]);
    }
    f->scorer = (path_scorer){.hidden = param_value(p, m->hidden),
                              .v = param_value(p, m->score),
                              .c = param_value(p, m->score_bias),
                              .width = path_hidden(m)};
    f->scorer.hidden_turned = turn(&to, f->scorer.hidden, m->shape.width, path_hidden(m));
}

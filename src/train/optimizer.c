#include "train/optimizer.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

gat_status optim_init(gat_optim *o, const gat_model *m, gat_error *err)
{
    o->slots = m->config.optimizer == GAT_OPTIMIZER_ADAM ? 2 : 1;
    o->state = gat_calloc(o->slots * m->params.size, sizeof(float));
    return o->state ? GAT_OK : error_nomem(err);
}

void optim_restart(gat_optim *o, gat_model *m)
{
    memset(o->state, 0, (size_t)(o->slots * m->params.size) * sizeof *o->state);
    memset(m->params.grad, 0, (size_t)(m->params.size - m->params.grad_from) * sizeof(float));
    o->steps = 0;
}

void optim_clear(gat_optim *o)
{
    gat_free(o->state);
    *o = (gat_optim){0};
}

double optim_rate(const gat_config *c, int64_t epoch, double share)
{
    double at = (double)epoch + share, warm = c->warmup > 0 && at < c->warmup ? at / c->warmup : 1;
    double left = at < (double)c->epochs ? 1 - at / (double)c->epochs : 0;
    if (c->lr_schedule == GAT_SCHEDULE_CONSTANT) left = 1;
    if (c->lr_schedule == GAT_SCHEDULE_COSINE) left = 0.5 - 0.5 * cos(left * 3.14159265358979);
    return warm * left * pow(c->lr_decay, (double)epoch);
}

static const float EPS_ADAGRAD = 1e-10f, EPS_ADAM = 1e-8f, BETA1 = 0.9f, BETA2 = 0.999f;

/* Floats [from, to) of the block, whose gradients are there. */
static void step_range(gat_optim *o, gat_model *m, int64_t from, int64_t to, double rate)
{
    const gat_kernels *kn = kernels();
    float *x = m->params.value + from, *dx = m->params.grad + (from - m->params.grad_from), *first = o->state + from;
    float lr = (float)rate, decay = (float)m->config.weight_decay;
    if (o->slots == 1) kn->adagrad(x, first, dx, to - from, lr, EPS_ADAGRAD, decay);
    else kn->adam(x, first, first + m->params.size, dx, to - from, lr, BETA1, BETA2, EPS_ADAM, decay, o->steps);
}

/* All that has a gradient in the block: tables first, then the encoder. */
static void step_block(gat_optim *o, gat_model *m, double rate)
{
    int tables = m->relation + 1;
    int64_t from = m->params.grad_from,
            encoder = tables < m->params.count ? m->params.list[tables].offset : m->params.size;
    step_range(o, m, from, encoder, rate * m->config.lr);
    step_range(o, m, encoder, m->params.size, rate * m->config.encoder_lr);
    memset(m->params.grad, 0, (size_t)(m->params.size - from) * sizeof(float));
}

void optim_step(gat_optim *o, gat_model *m, double rate)
{
    o->steps++;
    step_block(o, m, rate);
}

void optim_step_rows(gat_optim *o, gat_model *m, const int32_t *row, const float *dx, int64_t n, double rate)
{
    const gat_kernels *kn = kernels();
    int64_t d = m->params.list[m->entity].cols;
    float *x = param_value(&m->params, m->entity), *first = o->state + m->params.list[m->entity].offset;
    float lr = (float)(rate * m->config.lr), decay = (float)m->config.weight_decay;
    o->steps++;
    if (o->slots == 1) kn->adagrad_rows(x, first, dx, row, n, d, lr, EPS_ADAGRAD, decay);
    else kn->adam_rows(x, first, first + m->params.size, dx, row, n, d, lr, BETA1, BETA2, EPS_ADAM, decay, o->steps);
    step_block(o, m, rate);
}

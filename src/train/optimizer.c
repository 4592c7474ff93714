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

void optim_clear(gat_optim *o)
{
    gat_free(o->state);
    *o = (gat_optim){0};
}

double optim_rate(const gat_config *c, int64_t epoch, double share)
{
    double at = (double)epoch + share, warm = c->warmup > 0 && at < c->warmup ? at / c->warmup : 1;
    return warm * pow(c->lr_decay, (double)epoch);
}

static void step_range(gat_optim *o, gat_model *m, int64_t from, int64_t to, float lr)
{
    const gat_config *c = &m->config;
    const gat_kernels *kn = kernels();
    float *x = m->params.value + from, *dx = m->params.grad + from, *first = o->state + from,
          decay = (float)c->weight_decay;
    if (o->slots == 1) kn->adagrad(x, first, dx, to - from, lr, 1e-10f, decay);
    else kn->adam(x, first, first + m->params.size, dx, to - from, lr, 0.9f, 0.999f, 1e-8f, decay, o->steps);
}

void optim_step(gat_optim *o, gat_model *m, double rate)
{
    int tables = m->relation + 1;
    int64_t encoder = tables < m->params.count ? m->params.list[tables].offset : m->params.size;
    o->steps++;
    step_range(o, m, 0, encoder, (float)(rate * m->config.lr));
    step_range(o, m, encoder, m->params.size, (float)(rate * m->config.encoder_lr));
    memset(m->params.grad, 0, (size_t)m->params.size * sizeof(float));
}

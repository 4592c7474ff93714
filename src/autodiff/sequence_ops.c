#include "autodiff/sequence_ops.h"

typedef struct causal_saved {
    gat_mat *out, *qkv;
    float *alpha;
    const causal_rows *rows;
    int heads;
} causal_saved;

static void causal_back(gat_tape *t, void *saved)
{
    causal_saved *s = saved;
    float *scratch = tape_floats(t, causal_weights(s->rows, s->heads));
    if (scratch)
        causal_backward(s->qkv->grad, scratch, s->out->grad, s->alpha, s->qkv->data, s->rows, s->out->cols, s->heads);
}

gat_mat *ad_causal(gat_tape *t, gat_mat *qkv, const causal_rows *rows, int heads)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *out = tape_mat(t, qkv->rows, qkv->cols / 3);
    float *alpha = tape_floats(t, causal_weights(rows, heads));
    causal_saved *s = tape_record(t, causal_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (causal_saved){out, qkv, alpha, rows, heads};
    causal_forward(out->data, alpha, qkv->data, rows, out->cols, heads);
    return out;
}

typedef struct pointer_saved {
    gat_mat *logit, *qk;
    const causal_rows *rows;
    const range_targets *targets;
    const int32_t *name;
} pointer_saved;

static void pointer_back(gat_tape *t, void *saved)
{
    pointer_saved *s = saved;
    float *scratch = tape_floats(t, causal_weights(s->rows, 1));
    if (scratch)
        pointer_backward(s->qk->grad, scratch, s->logit->grad, s->qk->data, s->rows, s->targets, s->name,
                         s->logit->cols, s->qk->cols / 2);
}

gat_mat *ad_pointer(gat_tape *t, gat_mat *logit, gat_mat *qk, const causal_rows *rows, const range_targets *targets,
                    const int32_t *name)
{
    if (tape_status(t, NULL)) return NULL;
    float *scratch = tape_floats(t, causal_weights(rows, 1));
    pointer_saved *s = tape_record(t, pointer_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (pointer_saved){logit, qk, rows, targets, name};
    pointer_forward(logit->data, scratch, qk->data, rows, targets, name, logit->cols, qk->cols / 2);
    return logit;
}

float *ad_range_loss(gat_tape *t, gat_mat *logit, const range_targets *targets, float scale)
{
    if (tape_status(t, NULL)) return NULL;
    float *loss = tape_floats(t, targets->rows);
    if (loss) range_loss(loss, logit->grad, logit->data, targets, logit->cols, scale);
    return loss;
}

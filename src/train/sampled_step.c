#include "train/sampled_step.h"

#include <string.h>

#include "autodiff/ops.h"
#include "base/error.h"
#include "base/memory.h"

/* What a step's stream is drawn for, beside the streams of encoder and decoder. */
enum { STREAM_CANDIDATES = 21, STREAM_EDGES = 22 };

gat_status sampled_step_init(sampled_step *s, const gat_model *m, const gat_filter *questions, gat_error *err)
{
    *s = (sampled_step){.blocks = gat_calloc(encoder_steps(&m->encoder, &m->config) + 1, sizeof *s->blocks)};
    if (!s->blocks) return error_nomem(err);
    return local_batch_init(&s->local, questions, m->num_seen, m->config.negatives, err);
}

void sampled_step_clear(sampled_step *s)
{
    gat_free(s->blocks);
    local_batch_clear(&s->local);
    *s = (sampled_step){0};
}

/* Rows of the table, with room for their gradients. */
static gat_mat *copy_rows(gat_tape *tape, const float *table, const node_set *nodes, int64_t d)
{
    gat_mat *x = tape_mat(tape, nodes->count, d);
    if (!x) return NULL;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < nodes->count; i++)
        memcpy(x->data + i * d, table + nodes->nodes[i] * d, (size_t)d * sizeof *table);
    return x;
}

static gat_status draw(sampled_step *s, gat_arena *arena, const gat_model *m, const gat_graph *graph,
                       const gat_batches *b, uint64_t stream, gat_error *err)
{
    gat_status st = local_batch_make(&s->local, b, (uint32_t)stream + STREAM_CANDIDATES, arena, err);
    if (st || !m->encoder.num_layers) return st;
    gat_sampling sampling = {m->config.fan_out, (uint32_t)stream + STREAM_EDGES, b->hidden};
    return blocks_cut(s->blocks, encoder_steps(&m->encoder, &m->config), &s->local.nodes, graph, &sampling, arena, err);
}

static float *local_weights(const local_batch *l, const float *weight, gat_tape *tape)
{
    float *local = weight ? tape_floats(tape, l->candidates.count) : NULL;
    for (int64_t i = 0; local && i < l->candidates.count; i++) local[i] = weight[l->nodes.nodes[i]];
    return local;
}

gat_mat *sampled_step_embeddings(sampled_step *s, gat_tape *tape, const gat_model *m, const gat_graph *graph,
                                 const gat_batches *batch, const float *answer_weight, uint64_t stream)
{
    gat_status st = draw(s, tape_arena(tape), m, graph, batch, stream, NULL);
    if (st) {
        tape_fail(tape, st);
        return NULL;
    }
    s->answer_weight = local_weights(&s->local, answer_weight, tape);
    s->embeddings = copy_rows(tape, param_value(&m->params, m->entity), &s->local.nodes, m->config.dim);
    return s->embeddings;
}

double sampled_step_loss(const sampled_step *s, gat_tape *tape, gat_mat *q, gat_mat *x, const gat_loss_options *how)
{
    const local_batch *l = &s->local;
    if (tape_status(tape, NULL)) return 0;
    gat_mat *candidates = ad_rows(tape, x, l->candidates.count);
    return l->negatives ? ad_loss_candidates(tape, q, candidates, &l->batch.rows, &l->candidates, how)
                        : ad_loss_one_vs_all(tape, q, candidates, &l->batch.rows, how);
}

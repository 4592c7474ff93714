/* What trained nets say: batches of sentences, one a thread. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "text/net_members.h"

enum { BATCH = 32 };

/* What the batches share. */
typedef struct round_of {
    const gat_relations *model;
    const net_members *members;
    const net_corpus *corpus;
    const sentence_source *source;
    int64_t from, n;
    float *p, *attention;
} round_of;

/* The share of a member's attention, to the words it belongs to. */
static void add_attention(const round_of *r, int64_t at, int64_t n, const float *weight)
{
    for (int64_t i = at, node = 0; i < at + n; i++) {
        int64_t first = r->source->list->data[r->from + i].first;
        for (int64_t k = r->corpus->node_start[i]; k < r->corpus->node_start[i + 1]; k++, node++)
            r->attention[first + r->corpus->token[k]] += weight[node] / (float)r->members->count;
    }
}

static gat_status answer_member(const round_of *r, const text_net *net, gat_tape *tape, const net_batch *batch,
                                int64_t at)
{
    int64_t labels = relations_labels(r->model);
    float p[LABEL_MOST];
    tape_restart(tape, false);
    float *weight = r->attention ? tape_floats(tape, batch->nodes) : NULL;
    gat_mat *logit = text_net_forward(tape, net, batch, 0, weight);
    if (!logit) return tape_status(tape, NULL) ? tape_status(tape, NULL) : GAT_ENOMEM;
    for (int64_t i = 0; i < batch->n; i++) {
        probabilities(p, logit->data + i * labels, (int32_t)labels, r->model->several);
        for (int64_t l = 0; l < labels; l++) r->p[(at + i) * labels + l] += p[l] / (float)r->members->count;
    }
    if (weight) add_attention(r, at, batch->n, weight);
    return GAT_OK;
}

static gat_status answer_batch(const round_of *r, gat_tape *tape, net_batch *batch, int64_t at)
{
    int64_t which[BATCH], n = r->n - at < BATCH ? r->n - at : BATCH;
    for (int64_t i = 0; i < n; i++) which[i] = at + i;
    const text_net *net = r->members->net;
    gat_status st = net_batch_take(batch, r->corpus, &r->model->vectors, net->shape.relations, which, n, 0, 0, NULL);
    for (int k = 0; !st && k < r->members->count; k++) st = answer_member(r, &net[k], tape, batch, at);
    return st;
}

static gat_status answer_all(const round_of *r)
{
    gat_status st = GAT_OK;
#pragma omp parallel
    {
        gat_tape *tape = tape_new(false);
        net_batch batch = {0};
#pragma omp for schedule(dynamic)
        for (int64_t at = 0; at < r->n; at += BATCH) {
            gat_status own = tape ? answer_batch(r, tape, &batch, at) : GAT_ENOMEM;
            if (own) {
#pragma omp critical
                st = own;
            }
        }
        net_batch_clear(&batch);
        tape_free(tape);
    }
    return st;
}

gat_status net_members_answer(float *p, float *attention, const gat_relations *model, const sentence_source *source,
                              int64_t from, int64_t n, gat_error *err)
{
    const net_members *m = model->members;
    net_corpus corpus = {0};
    int64_t size = n * relations_labels(model);
    float *sum = gat_calloc(size, sizeof *sum);
    gat_status st = sum ? net_corpus_make(&corpus, model, m->deprels, source, from, n, err) : error_nomem(err);
    if (!st) {
        net_corpus_name(&corpus, &m->atoms);
        const round_of r = {model, m, &corpus, source, from, n, sum, attention};
        st = answer_all(&r);
        if (st) error_nomem(err);
        for (int64_t i = 0; !st && i < size; i++) p[i] += (float)model->config.net_weight * (sum[i] - p[i]);
    }
    net_corpus_clear(&corpus);
    gat_free(sum);
    return st;
}

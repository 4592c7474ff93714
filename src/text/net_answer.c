/* What trained nets say: batches of sentences, one a thread. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/net_members.h"

enum { BATCH = 32 };

/* The share of a member's attention, to the words it belongs to. */
static void add_attention(const net_round *r, int64_t at, int64_t n, const float *weight)
{
    const net_corpus *c = r->from->corpus;
    for (int64_t i = at, node = 0; i < at + n; i++) {
        int64_t first = r->source->list->data[r->first + i].first;
        for (int64_t k = c->node_start[i]; k < c->node_start[i + 1]; k++, node++)
            r->attention[first + c->token[k]] += weight[node] / (float)r->count;
    }
}

static gat_status answer_member(const net_round *r, const text_net *net, gat_tape *tape, const net_batch *batch,
                                int64_t at)
{
    int64_t labels = net->shape.labels;
    float p[LABEL_MOST];
    tape_restart(tape, false);
    float *weight = r->attention ? tape_floats(tape, batch->nodes) : NULL;
    gat_mat *logit = text_net_forward(tape, net, batch, 0, weight, NULL);
    if (!logit) return tape_status(tape, NULL) ? tape_status(tape, NULL) : GAT_ENOMEM;
    for (int64_t i = 0; i < batch->n; i++) {
        probabilities(p, logit->data + i * labels, (int32_t)labels, r->model->several);
        for (int64_t l = 0; l < labels; l++) r->p[(at + i) * labels + l] += p[l] / (float)r->count;
    }
    if (weight) add_attention(r, at, batch->n, weight);
    return GAT_OK;
}

static gat_status answer_batch(const net_round *r, gat_tape *tape, net_batch *batch, int64_t at)
{
    int64_t which[BATCH], n = r->n - at < BATCH ? r->n - at : BATCH;
    for (int64_t i = 0; i < n; i++) which[i] = r->which ? r->which[at + i] : at + i;
    gat_status st = net_batch_take(batch, r->from, which, n, 0, NULL);
    for (int k = 0; !st && k < r->count; k++) st = answer_member(r, &r->net[k], tape, batch, at);
    return st;
}

gat_status net_round_answer(const net_round *r)
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
    const feature_table *features = &model->part[GAT_PART_ALL].table;
    net_corpus corpus = {0};
    sparse_rows wide = {0};
    const batch_source batches = {&corpus, &wide, &model->vectors, &model->config, m->net->shape.relations, 0, 0};
    float *mean = gat_calloc(n * relations_labels(model), sizeof *mean);
    gat_status st = mean ? net_corpus_make(&corpus, model, m->deprels, source, from, n, err) : error_nomem(err);
    if (!st) st = part_rows_make(&wide, model, GAT_PART_ALL, source, from, n, err);
    if (!st) {
        net_corpus_name(&corpus, m->atoms);
        sparse_rows_rename(&wide, features);
        const net_round round = {model, m->net, m->count, &batches, NULL, n, mean, attention, source, from};
        if ((st = net_round_answer(&round))) error_nomem(err);
    }
    const mixture_view view = {n, relations_labels(model), model->several};
    if (!st) net_mixture_apply(p, mean, &view, &m->mixture);
    sparse_rows_clear(&wide);
    net_corpus_clear(&corpus);
    gat_free(mean);
    return st;
}

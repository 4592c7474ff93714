/* One training step of ComplEx against all entities: queries of a batch, loss, gradients, Adam over both tables. The step is
 * the trainer's: the same tape and optimiser. CE has one answer a row, as triples are trained with it; BCE has all of them. */
#include "bench.h"
#include "bench_data.h"
#include "bench_model.h"
#include "peer_file.h"
#include "verify.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autodiff/ops.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "model/decoder.h"
#include "ref/differences.h"
#include "ref/ref_optim.h"
#include "ref/ref_score.h"
#include "train/optimizer.h"

enum { STREAM_ROWS = 0xba7c };

/* Steps of Adam may differ by so much of a learning rate: parameters near 1 are rounded to 1e-7. */
#define VERIFY_STEP 5e-4

typedef struct step_work {
    bench_work work;
    gat_model *model;
    gat_tape *tape;
    gat_optim optim;
    int64_t b;
    int32_t *entity, *relation, *answer; /* (B), (B), (answers) */
    int64_t *first;                      /* (B + 1) */
    gat_rows rows;
    double total;
} step_work;

static void gradients(step_work *w)
{
    gat_model *m = w->model;
    gat_decoder decoder = (gat_decoder)m->config.decoder;
    tape_reset(w->tape);
    gat_mat *x = ad_param(w->tape, &m->params, m->entity), *r = ad_param(w->tape, &m->params, m->relation);
    gat_mat *q = decoder_queries(w->tape, m, x, r, w->entity, w->relation, w->b, 0);
    gat_loss_options how = {.kind = (gat_loss)m->config.loss,
                            .compare = decoder_comparator(decoder),
                            .precision = (gat_precision)m->config.precision,
                            .total = w->total};
    ad_loss_one_vs_all(w->tape, q, x, &w->rows, &how);
    w->work.status = tape_backward(w->tape, NULL);
}

static void run(bench_work *work)
{
    step_work *w = (step_work *)work;
    gradients(w);
    optim_step(&w->optim, w->model, 1);
}

static void step_close(bench_work *work)
{
    step_work *w = (step_work *)work;
    model_free(w->model);
    tape_free(w->tape);
    optim_clear(&w->optim);
    gat_free(w->entity);
    gat_free(w->relation);
    gat_free(w->answer);
    gat_free(w->first);
    gat_free(w);
}

/* A batch of questions of the training facts. */
static gat_status take_rows(step_work *w, const bench_facts *facts, gat_error *err)
{
    gat_filter *questions = NULL;
    const gat_triples *lists[] = {&facts->train};
    int64_t answers = 0;
    gat_status st = filter_build(&questions, lists, 1, facts->num_relations, err);
    if (st) return st;
    const int32_t *answer = filter_answer_array(questions);
    w->entity = gat_alloc(w->b, sizeof *w->entity);
    w->relation = gat_alloc(w->b, sizeof *w->relation);
    w->first = gat_calloc(w->b + 1, sizeof *w->first);
    w->answer = gat_alloc(2 * facts->train.count, sizeof *w->answer);
    st = w->entity && w->relation && w->first && w->answer ? GAT_OK : error_nomem(err);
    for (int64_t j = 0; !st && j < w->b; j++) {
        gat_query q = filter_query(questions, random_below(1, STREAM_ROWS, (uint64_t)j, filter_num_queries(questions)));
        int64_t taken = w->model->config.loss == GAT_LOSS_CE ? 1 : q.count;
        w->entity[j] = q.entity, w->relation[j] = q.relation;
        memcpy(w->answer + answers, answer + q.first, (size_t)taken * sizeof *answer);
        w->first[j + 1] = answers += taken;
    }
    w->rows = (gat_rows){w->b, w->first, w->answer};
    w->total = (double)answers;
    filter_free(questions);
    return st;
}

static gat_status step_new(step_work **out, const bench_facts *facts, int64_t batch, const bench_entry *entry,
                           gat_error *err)
{
    char settings[100];
    *out = NULL;
    step_work *w = gat_calloc(1, sizeof *w);
    if (!w) return error_nomem(err);
    w->work = (bench_work){.run = run, .close = step_close};
    w->b = batch;
    snprintf(settings, sizeof settings, "dim=200 optimizer=adam lr=0.001 init=0.1 loss=%s precision=%s",
             entry->loss == GAT_LOSS_CE ? "ce" : "bce", entry->precision == GAT_PRECISION_BF16 ? "bf16" : "f32");
    gat_status st = bench_model_new(&w->model, facts, settings, err);
    if (!st) st = take_rows(w, facts, err);
    if (!st) st = optim_init(&w->optim, w->model, err);
    if (!st && !(w->tape = tape_new(true))) st = error_nomem(err);
    if (!st) *out = w;
    else step_close(&w->work);
    return st;
}

/* Shapes, then the rows. */
static gat_status step_ask(char *request, size_t size, bench_work *work, gat_error *err)
{
    const step_work *w = (step_work *)work;
    const gat_model *m = w->model;
    int32_t sizes[] = {m->num_seen, m->num_seen_relations, (int32_t)m->config.dim};
    bool softmax = m->config.loss == GAT_LOSS_CE;
    gat_status st = peer_file_start(request, size, softmax ? "one-vs-all ce" : "one-vs-all bce", err);
    if (!st) st = peer_file_ids(request, sizes, 3, err);
    if (!st) st = peer_file_ids(request, w->entity, w->b, err);
    if (!st) st = peer_file_ids(request, w->relation, w->b, err);
    if (!st) st = peer_file_offsets(request, w->first, w->b + 1, err);
    return st ? st : peer_file_ids(request, w->answer, w->first[w->b], err);
}

gat_status one_vs_all_open(bench_work **out, const bench_entry *entry, bench_data *data, gat_error *err)
{
    const bench_facts *facts;
    step_work *w;
    *out = NULL;
    gat_status st = data_facts(&facts, data, entry->graph, err);
    if (!st) st = step_new(&w, facts, 512, entry, err);
    if (st) return st;
    double d = (double)w->model->config.dim, n = facts->num_nodes;
    w->work.cost.product = entry->precision == GAT_PRECISION_BF16 ? LIMIT_BF16_PRODUCT : LIMIT_SGEMM;
    w->work.flops = w->work.cost.flops = 3 * 2 * (double)w->b * n * d;
    snprintf(w->work.data, sizeof w->work.data, "%.79s; %lld questions with %lld answers, dim %lld", facts->label,
             (long long)w->b, (long long)w->total, (long long)w->model->config.dim);
    w->work.ask = step_ask;
    *out = &w->work;
    return GAT_OK;
}

/* ---- the check ---- */

/* The two tables in both precisions. */
typedef struct step_reference {
    const step_work *w;
    tensor x, r;
    double *q;
} step_reference;

static double reference(void *context)
{
    step_reference *s = context;
    const step_work *w = s->w;
    int64_t d = w->model->config.dim, n = w->model->num_seen;
    ref_loss loss = {
        .kind = (gat_loss)w->model->config.loss, .compare = GAT_COMPARE_DOT, .total = w->total, .whole = true};
    ref_compose(s->q, s->x.ref, s->r.ref, w->entity, w->relation, w->b, d, GAT_DECODER_COMPLEX);
    return ref_one_vs_all(s->q, s->x.ref, &w->rows, n, d, &loss);
}

static tensor table_of(const gat_model *m, int index)
{
    tensor t = tensor_normal(param_size(&m->params, index), 1, 1);
    memcpy(t.x, param_value(&m->params, index), (size_t)t.count * sizeof(float));
    tensor_sync(&t);
    return t;
}

static void take_gradient(tensor *t, const gat_model *m, int index)
{
    for (int64_t i = 0; i < t->count; i++) t->grad[i] = param_grad(&m->params, index)[i] + GRADIENT_START;
}

/* ref becomes what one step of Adam makes of it with the model's gradients. */
static void reference_adam(tensor *t, const gat_model *m, int index)
{
    for (int64_t i = 0; i < t->count; i++) {
        double first = 0, second = 0;
        ref_adam(&t->ref[i], &first, &second, (double)param_grad(&m->params, index)[i], m->config.lr, 0.9, 0.999, 1e-8,
                 m->config.weight_decay, 1);
    }
}

/* Largest difference between the tables, in steps. */
static double step_error(const tensor *t, const gat_model *m, int index)
{
    double worst = 0;
    for (int64_t i = 0; i < t->count; i++)
        worst = fmax(worst, fabs((double)param_value(&m->params, index)[i] - t->ref[i]));
    return worst / m->config.lr;
}

static gat_status compare(step_reference *s, step_work *w, const bench_entry *entry, gat_error *err)
{
    gat_model *m = w->model;
    double most = entry->precision == GAT_PRECISION_BF16 ? VERIFY_BF16 : VERIFY_GRADIENTS;
    tensor_differentiate(&s->x, reference, s, 8);
    tensor_differentiate(&s->r, reference, s, 8);
    gradients(w);
    take_gradient(&s->x, m, m->entity);
    take_gradient(&s->r, m, m->relation);
    gat_status st = verify(tensor_error(&s->x), most, entry, "gradient of the entities", err);
    if (!st) st = verify(tensor_error(&s->r), most, entry, "gradient of the relations", err);
    reference_adam(&s->x, m, m->entity);
    reference_adam(&s->r, m, m->relation);
    optim_step(&w->optim, m, 1);
    if (!st) st = verify(step_error(&s->x, m, m->entity), VERIFY_STEP, entry, "step of the entities", err);
    return st ? st : verify(step_error(&s->r, m, m->relation), VERIFY_STEP, entry, "step of the relations", err);
}

gat_status one_vs_all_check(const bench_entry *entry, gat_error *err)
{
    bench_facts facts = {.num_nodes = 300, .num_relations = 3};
    step_work *w = NULL;
    gat_status st = power_law_facts(&facts.train, 900, facts.num_nodes, facts.num_relations, 0.5, 1, err);
    if (!st) st = step_new(&w, &facts, 9, entry, err);
    if (!st) {
        step_reference s = {.w = w, .q = gat_calloc(w->b * w->model->config.dim, sizeof(double))};
        s.x = table_of(w->model, w->model->entity);
        s.r = table_of(w->model, w->model->relation);
        st = s.q ? compare(&s, w, entry, err) : error_nomem(err);
        tensor_free(&s.x);
        tensor_free(&s.r);
        gat_free(s.q);
        step_close(&w->work);
    }
    triples_clear(&facts.train);
    return st;
}

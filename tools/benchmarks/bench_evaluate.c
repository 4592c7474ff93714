/* Filtered ranking of test facts, both directions, by the ranker that `gatkit evaluate` uses. The check ranks with whole
 * numbers, where float is exact: ranks and ties must agree to the last candidate. */
#include "bench.h"
#include "bench_data.h"
#include "bench_model.h"
#include "peer_file.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "model/ranker.h"
#include "ref/ref_score.h"

#define INIT 0.1 /* standard deviation of the tables */
enum { PLANT_PASSES = 5 };

typedef struct rank_work {
    bench_work work;
    const bench_facts *facts;
    gat_model *model;
    gat_filter *known;
    gat_rank *ranks; /* (facts, 2) */
    gat_precision precision;
} rank_work;

static void run(bench_work *work)
{
    rank_work *w = (rank_work *)work;
    const gat_triples *test = &w->facts->test;
    const rank_way way = {.precision = w->precision};
    gat_status st = rank_facts(w->ranks, w->model->view, test->data, test->count, w->known, &way, NULL);
    if (st) work->status = st;
}

static void rank_close(bench_work *work)
{
    rank_work *w = (rank_work *)work;
    model_free(w->model);
    filter_free(w->known);
    gat_free(w->ranks);
    gat_free(w);
}

static gat_status rank_new(rank_work **out, const bench_facts *facts, gat_precision precision, gat_error *err)
{
    *out = NULL;
    rank_work *w = gat_calloc(1, sizeof *w);
    if (!w) return error_nomem(err);
    const gat_triples *lists[] = {&facts->train, &facts->valid, &facts->test};
    w->work = (bench_work){.run = run, .close = rank_close};
    w->facts = facts;
    w->precision = precision;
    w->ranks = gat_calloc(2 * facts->test.count, sizeof *w->ranks);
    gat_status st = w->ranks ? filter_build(&w->known, lists, 3, facts->num_relations, err) : error_nomem(err);
    if (!st) st = bench_model_new(&w->model, facts, "dim=200 init=0.1", err);
    if (!st) *out = w;
    else rank_close(&w->work);
    return st;
}

/* The two questions of a fact. */
static gat_query question(gat_triple f, bool tail, int32_t num_relations, int32_t *answer)
{
    *answer = tail ? f.tail : f.head;
    return (gat_query){.entity = tail ? f.head : f.tail, .relation = tail ? f.relation : f.relation + num_relations};
}

/* Entity, relation and answer of every question, and the answers already known to it, for the peer. */
typedef struct questions {
    int32_t *entity, *relation, *answer, *known;
    int64_t *first, count;
} questions;

static void questions_clear(questions *q)
{
    gat_free(q->entity);
    gat_free(q->relation);
    gat_free(q->answer);
    gat_free(q->known);
    gat_free(q->first);
}

static gat_status questions_list(questions *q, const rank_work *w, gat_error *err)
{
    const gat_triples *test = &w->facts->test;
    int64_t total = 0, known, capacity = 0;
    q->count = 2 * test->count;
    q->entity = gat_alloc(q->count, sizeof *q->entity);
    q->relation = gat_alloc(q->count, sizeof *q->relation);
    q->answer = gat_alloc(q->count, sizeof *q->answer);
    q->first = gat_calloc(q->count + 1, sizeof *q->first);
    if (!q->entity || !q->relation || !q->answer || !q->first) return error_nomem(err);
    for (int64_t i = 0; i < q->count; i++) {
        gat_query asked = question(test->data[i / 2], i % 2 == 0, w->facts->num_relations, &q->answer[i]);
        q->entity[i] = asked.entity, q->relation[i] = asked.relation;
        const int32_t *others = filter_answers(w->known, asked.entity, asked.relation, &known);
        if (total + known > capacity) {
            int64_t more = 2 * (total + known);
            int32_t *grown = gat_regrow(q->known, capacity, more, sizeof *grown);
            if (!grown) return error_nomem(err);
            q->known = grown, capacity = more;
        }
        for (int64_t k = 0; k < known; k++) q->known[total++] = others[k];
        q->first[i + 1] = total;
    }
    return GAT_OK;
}

static gat_status rank_ask(char *request, size_t size, bench_work *work, gat_error *err)
{
    const rank_work *w = (rank_work *)work;
    int32_t sizes[] = {w->facts->num_nodes, w->facts->num_relations, (int32_t)w->model->config.dim};
    questions q = {0};
    gat_status st = questions_list(&q, w, err);
    if (!st) st = peer_file_start(request, size, "evaluate", err);
    if (!st) st = peer_file_ids(request, sizes, 3, err);
    if (!st) st = peer_file_ids(request, q.entity, q.count, err);
    if (!st) st = peer_file_ids(request, q.relation, q.count, err);
    if (!st) st = peer_file_ids(request, q.answer, q.count, err);
    if (!st) st = peer_file_offsets(request, q.first, q.count + 1, err);
    if (!st) st = peer_file_ids(request, q.known, q.first[q.count], err);
    questions_clear(&q);
    return st;
}

/* Moves an answer along its question's vector until its score is so many standard deviations above that of any candidate. */
static void plant_answer(float *x, const float *query, int64_t d, double deviations)
{
    double score = 0, square = 1e-12;
    for (int64_t j = 0; j < d; j++) {
        score += (double)x[j] * (double)query[j];
        square += (double)query[j] * (double)query[j];
    }
    double step = (deviations * INIT * sqrt(square) - score) / square;
    for (int64_t j = 0; j < d; j++) x[j] += (float)step * query[j];
}

/* Lets answers rank about where a trained model puts them, 300 on average: how long bf16 takes depends on how many candidates
 * come near the answer. A question's vector moves with its entity, hence several passes. */
static gat_status plant(rank_work *w, gat_error *err)
{
    gat_model *m = w->model;
    int64_t d = m->config.dim;
    questions q = {0};
    gat_status st = questions_list(&q, w, err);
    float *query = st ? NULL : gat_alloc(q.count * d, sizeof *query), *x = param_value(&m->params, m->entity);
    if (!st && !query) st = error_nomem(err);
    for (int pass = 0; !st && pass < PLANT_PASSES; pass++) {
        compose_forward(query, x, param_value(&m->params, m->relation), q.entity, q.relation, q.count, d,
                        GAT_DECODER_COMPLEX);
        for (int64_t i = 0; i < q.count; i++)
            plant_answer(x + q.answer[i] * d, query + i * d, d, 2 + 6 * (double)random_uniform(1, 3, (uint64_t)i));
    }
    if (!st) st = view_refresh(m->view, err);
    gat_free(query);
    questions_clear(&q);
    return st;
}

gat_status evaluate_open(bench_work **out, const bench_entry *entry, bench_data *data, gat_error *err)
{
    const bench_facts *facts;
    rank_work *w;
    *out = NULL;
    gat_status st = data_facts(&facts, data, entry->graph, err);
    if (!st) st = rank_new(&w, facts, entry->precision, err);
    if (st) return st;
    st = plant(w, err);
    if (st) {
        rank_close(&w->work);
        return st;
    }
    double d = (double)w->model->config.dim;
    w->work.items = (double)facts->test.count, w->work.item = "triples";
    w->work.cost.product = entry->precision == GAT_PRECISION_BF16 ? LIMIT_BF16_PRODUCT : LIMIT_SGEMM;
    w->work.flops = w->work.cost.flops = 2 * w->work.items * 2 * facts->num_nodes * d;
    snprintf(w->work.data, sizeof w->work.data, "%.79s; %lld test triples both ways, dim %lld", facts->label,
             (long long)facts->test.count, (long long)w->model->config.dim);
    w->work.ask = rank_ask;
    *out = &w->work;
    return GAT_OK;
}

/* ---- the check ---- */

static void fill_whole(gat_model *m, int index, uint64_t stream)
{
    float *x = param_value(&m->params, index);
    for (int64_t i = 0; i < param_size(&m->params, index); i++)
        x[i] = (float)(random_below(1, stream, (uint64_t)i, 3) - 1);
}

static void to_double(double *to, const gat_model *m, int index)
{
    for (int64_t i = 0; i < param_size(&m->params, index); i++) to[i] = (double)param_value(&m->params, index)[i];
}

/* Counted one candidate after the other. */
static gat_rank plain_rank(gat_query asked, int32_t answer, const rank_work *w, double *q, const double *x,
                           const double *r)
{
    gat_rank rank = {0};
    int64_t d = w->model->config.dim;
    ref_compose(q, x, r, &asked.entity, &asked.relation, 1, d, GAT_DECODER_COMPLEX);
    double own = ref_compare(q, x + answer * d, d, GAT_COMPARE_DOT);
    for (int32_t i = 0; i < w->facts->num_nodes; i++) {
        if (i == answer || filter_contains(w->known, asked.entity, asked.relation, i)) continue;
        double score = ref_compare(q, x + i * d, d, GAT_COMPARE_DOT);
        rank.above += score > own;
        rank.equal += score >= own && score <= own;
    }
    return rank;
}

static gat_status compare(rank_work *w, double *q, double *x, double *r, const bench_entry *entry, gat_error *err)
{
    gat_model *m = w->model;
    fill_whole(m, m->entity, 1);
    fill_whole(m, m->relation, 2);
    to_double(x, m, m->entity);
    to_double(r, m, m->relation);
    gat_status st = view_refresh(m->view, err);
    if (st) return st;
    run(&w->work);
    int64_t ties = 0;
    for (int64_t i = 0; i < 2 * w->facts->test.count; i++) {
        int32_t answer;
        gat_query asked = question(w->facts->test.data[i / 2], i % 2 == 0, w->facts->num_relations, &answer);
        gat_rank right = plain_rank(asked, answer, w, q, x, r);
        ties += right.equal;
        if (right.above != w->ranks[i].above || right.equal != w->ranks[i].equal)
            return error_set(err, GAT_EFAILED,
                             "%s: question %lld has %d candidates above and %d equal, the reference %d and %d",
                             entry->name, (long long)i, w->ranks[i].above, w->ranks[i].equal, right.above, right.equal);
    }
    return ties ? GAT_OK : error_set(err, GAT_EFAILED, "%s: the check has no ties", entry->name);
}

gat_status evaluate_check(const bench_entry *entry, gat_error *err)
{
    bench_facts facts = {.num_nodes = 500, .num_relations = 3};
    rank_work *w = NULL;
    gat_status st = power_law_facts(&facts.train, 2000, facts.num_nodes, facts.num_relations, 0.5, 1, err);
    if (!st) st = power_law_facts(&facts.test, 40, facts.num_nodes, facts.num_relations, 0.5, 2, err);
    if (!st) st = rank_new(&w, &facts, entry->precision, err);
    if (!st) {
        const gat_params *p = &w->model->params;
        double *q = gat_calloc(w->model->config.dim, sizeof *q);
        double *x = gat_calloc(param_size(p, w->model->entity), sizeof *x);
        double *r = gat_calloc(param_size(p, w->model->relation), sizeof *r);
        st = q && x && r ? compare(w, q, x, r, entry, err) : error_nomem(err);
        gat_free(q);
        gat_free(x);
        gat_free(r);
        rank_close(&w->work);
    }
    triples_clear(&facts.train);
    triples_clear(&facts.test);
    return st;
}

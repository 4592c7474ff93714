#include "train/batch.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

enum { STREAM_ORDER = 0x0de5 };

static gat_status allocate_facts(gat_batches *b, int64_t capacity, gat_error *err)
{
    b->answer_capacity = capacity;
    b->answer = gat_calloc(capacity, sizeof *b->answer);
    b->fact_head = gat_calloc(capacity, sizeof *b->fact_head);
    b->fact_relation = gat_calloc(capacity, sizeof *b->fact_relation);
    b->fact_first = gat_calloc(capacity + 1, sizeof *b->fact_first);
    if (!b->answer || !b->fact_head || !b->fact_relation || !b->fact_first) return error_nomem(err);
    for (int64_t i = 0; i <= capacity; i++) b->fact_first[i] = i;
    return GAT_OK;
}

static void free_facts(gat_batches *b)
{
    gat_free(b->answer);
    gat_free(b->fact_head);
    gat_free(b->fact_relation);
    gat_free(b->fact_first);
    b->answer = b->fact_head = b->fact_relation = NULL;
    b->fact_first = NULL;
}

gat_status batches_init(gat_batches *b, const gat_filter *questions, const gat_graph *graph, int64_t num_entities,
                        int64_t num_relations, int64_t batch, gat_error *err)
{
    *b = (gat_batches){
        .questions = questions, .graph = graph, .num_entities = num_entities, .num_relations = num_relations};
    filter_queries(questions, &b->num_rows);
    b->batch = batch < b->num_rows ? batch : b->num_rows;
    b->order = gat_calloc(b->num_rows, sizeof *b->order);
    b->hidden = graph ? gat_calloc(graph->num_edges, 1) : NULL;
    b->entity = gat_calloc(b->batch, sizeof *b->entity);
    b->relation = gat_calloc(b->batch, sizeof *b->relation);
    b->first = gat_calloc(b->batch + 1, sizeof *b->first);
    b->entity_weight = gat_calloc(num_entities, sizeof *b->entity_weight);
    b->relation_weight = gat_calloc(2 * num_relations, sizeof *b->relation_weight);
    bool ok = b->order && (b->hidden || !graph) && b->entity && b->relation && b->first && b->entity_weight &&
              b->relation_weight;
    return ok ? allocate_facts(b, 4 * b->batch, err) : error_nomem(err);
}

void batches_clear(gat_batches *b)
{
    gat_free(b->order);
    gat_free(b->hidden);
    gat_free(b->entity);
    gat_free(b->relation);
    gat_free(b->first);
    free_facts(b);
    gat_free(b->entity_weight);
    gat_free(b->relation_weight);
    *b = (gat_batches){0};
}

int64_t batches_count(const gat_batches *b) { return b->batch ? chunk_count(b->num_rows, b->batch) : 0; }

void batches_shuffle(gat_batches *b, uint64_t seed, int64_t epoch)
{
    for (int64_t i = 0; i < b->num_rows; i++) b->order[i] = i;
    random_shuffle(b->order, b->num_rows, seed, random_stream(STREAM_ORDER, (uint64_t)epoch, 0));
}

static void hide(const gat_batches *b, int32_t fact)
{
    if (!b->hidden) return;
    b->hidden[b->graph->fact_edges[2 * (int64_t)fact]] = 1;
    b->hidden[b->graph->fact_edges[2 * (int64_t)fact + 1]] = 1;
}

/* Room for the facts of rows [begin, end) of the epoch. */
static gat_status reserve(gat_batches *b, const gat_query *questions, int64_t begin, int64_t end, gat_error *err)
{
    int64_t facts = 0;
    for (int64_t i = begin; i < end; i++) facts += questions[b->order[i]].count;
    if (facts <= b->answer_capacity) return GAT_OK;
    free_facts(b);
    return allocate_facts(b, 2 * facts, err);
}

/* Row j of the batch is question q. Factors of the regulariser: entity and relation once per answer, each answer once. */
static void add_row(gat_batches *b, int64_t j, const gat_query *q)
{
    const int32_t *answers = filter_answer_array(b->questions) + q->first,
                  *facts = filter_fact_ids(b->questions) + q->first;
    b->entity[j] = q->entity;
    b->relation[j] = q->relation;
    b->first[j + 1] = b->first[j] + q->count;
    b->entity_weight[q->entity] += (float)q->count;
    b->relation_weight[q->relation] += (float)q->count;
    for (int64_t i = 0; i < q->count; i++) {
        b->answer[b->first[j] + i] = answers[i];
        b->fact_head[b->first[j] + i] = q->entity;
        b->fact_relation[b->first[j] + i] = q->relation;
        b->entity_weight[answers[i]] += 1;
        hide(b, facts[i]);
    }
}

gat_status batches_take(gat_batches *b, int64_t step, gat_error *err)
{
    int64_t count, begin = step * b->batch, end = begin + b->batch < b->num_rows ? begin + b->batch : b->num_rows;
    const gat_query *questions = filter_queries(b->questions, &count);
    if (b->hidden) memset(b->hidden, 0, (size_t)b->graph->num_edges);
    memset(b->entity_weight, 0, (size_t)b->num_entities * sizeof *b->entity_weight);
    memset(b->relation_weight, 0, (size_t)(2 * b->num_relations) * sizeof *b->relation_weight);
    gat_status st = reserve(b, questions, begin, end, err);
    if (st) return st;
    for (int64_t i = begin; i < end; i++) add_row(b, i - begin, &questions[b->order[i]]);
    b->rows = (gat_rows){end - begin, b->first, b->answer};
    b->total = (double)b->first[end - begin];
    return GAT_OK;
}

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
    b->fact = gat_calloc(capacity, sizeof *b->fact);
    b->fact_head = gat_calloc(capacity, sizeof *b->fact_head);
    b->fact_relation = gat_calloc(capacity, sizeof *b->fact_relation);
    b->fact_first = gat_calloc(capacity + 1, sizeof *b->fact_first);
    if (!b->answer || !b->fact || !b->fact_head || !b->fact_relation || !b->fact_first) return error_nomem(err);
    for (int64_t i = 0; i <= capacity; i++) b->fact_first[i] = i;
    return GAT_OK;
}

static void free_facts(gat_batches *b)
{
    gat_free(b->answer);
    gat_free(b->fact);
    gat_free(b->fact_head);
    gat_free(b->fact_relation);
    gat_free(b->fact_first);
    b->answer = b->fact = b->fact_head = b->fact_relation = NULL;
    b->fact_first = NULL;
}

/* The rows that questions with many answers need beyond their first. */
static gat_status split_questions(gat_batches *b, gat_error *err)
{
    int64_t more = 0;
    b->num_questions = filter_num_queries(b->questions);
    for (int64_t q = 0; q < b->num_questions; q++) more += (filter_query(b->questions, q).count - 1) / b->most_answers;
    b->num_rows = b->num_questions + more;
    b->rest = gat_alloc(more, sizeof *b->rest);
    if (!b->rest) return error_nomem(err);
    for (int64_t q = 0, at = 0; q < b->num_questions; q++)
        for (int64_t begin = b->most_answers; begin < filter_query(b->questions, q).count; begin += b->most_answers)
            b->rest[at++] = (batch_rest){(int32_t)begin, q};
    return GAT_OK;
}

gat_status batches_init(gat_batches *b, const gat_filter *questions, const gat_graph *graph, int64_t num_entities,
                        int64_t num_relations, int64_t batch, int64_t most_answers, gat_error *err)
{
    *b = (gat_batches){.questions = questions,
                       .graph = graph,
                       .num_entities = num_entities,
                       .num_relations = num_relations,
                       .most_answers = most_answers ? most_answers : INT32_MAX};
    gat_status st = split_questions(b, err);
    if (st) return st;
    b->batch = batch < b->num_rows ? batch : b->num_rows;
    b->order = gat_calloc(b->num_rows, sizeof *b->order);
    b->hidden = graph ? gat_calloc(graph->num_edges, 1) : NULL;
    b->asked = gat_calloc(b->batch, sizeof *b->asked);
    b->entity = gat_calloc(b->batch, sizeof *b->entity);
    b->relation = gat_calloc(b->batch, sizeof *b->relation);
    b->first = gat_calloc(b->batch + 1, sizeof *b->first);
    b->entity_weight = gat_calloc(num_entities, sizeof *b->entity_weight);
    b->relation_weight = gat_calloc(2 * num_relations, sizeof *b->relation_weight);
    bool ok = b->order && (b->hidden || !graph) && b->asked && b->entity && b->relation && b->first &&
              b->entity_weight && b->relation_weight;
    return ok ? allocate_facts(b, 4 * b->batch, err) : error_nomem(err);
}

void batches_clear(gat_batches *b)
{
    gat_free(b->rest);
    gat_free(b->order);
    gat_free(b->hidden);
    gat_free(b->asked);
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

static void set_hidden(const gat_batches *b, int32_t fact, uint8_t value)
{
    if (!b->hidden) return;
    b->hidden[b->graph->fact_edges[2 * (int64_t)fact]] = value;
    b->hidden[b->graph->fact_edges[2 * (int64_t)fact + 1]] = value;
}

/* The part of a question that a row of the epoch asks. */
static gat_query part_of(const gat_batches *b, int64_t row, gat_query *whole)
{
    int64_t rest = row - b->num_questions, begin = rest < 0 ? 0 : b->rest[rest].begin;
    *whole = filter_query(b->questions, rest < 0 ? row : b->rest[rest].question);
    gat_query part = *whole;
    part.first += begin;
    int64_t count = whole->count - begin;
    part.count = (int32_t)(count < b->most_answers ? count : b->most_answers);
    return part;
}

/* Room for the facts of rows [begin, end) of the epoch. */
static gat_status reserve(gat_batches *b, int64_t begin, int64_t end, gat_error *err)
{
    int64_t facts = 0;
    gat_query whole;
    for (int64_t i = begin; i < end; i++) facts += part_of(b, b->order[i], &whole).count;
    if (facts <= b->answer_capacity) return GAT_OK;
    free_facts(b);
    return allocate_facts(b, 2 * facts, err);
}

/* Row j of the batch is row `row` of the epoch. Factors of the regulariser: entity and relation once per answer, each
 * answer once. */
static void add_row(gat_batches *b, int64_t j, int64_t row)
{
    gat_query q = part_of(b, row, &b->asked[j]);
    const int32_t *answers = filter_answer_array(b->questions) + q.first,
                  *facts = filter_fact_ids(b->questions) + q.first;
    b->entity[j] = q.entity;
    b->relation[j] = q.relation;
    b->first[j + 1] = b->first[j] + q.count;
    b->entity_weight[q.entity] += (float)q.count;
    b->relation_weight[q.relation] += (float)q.count;
    for (int64_t i = 0, at = b->first[j]; i < q.count; i++, at++) {
        b->answer[at] = answers[i];
        b->fact[at] = facts[i];
        b->fact_head[at] = q.entity;
        b->fact_relation[at] = q.relation;
        b->entity_weight[answers[i]] += 1;
        set_hidden(b, facts[i], 1);
    }
}

/* What the last batch has left in arrays as long as the graph. */
static void forget_batch(gat_batches *b)
{
    for (int64_t i = 0; i < (int64_t)b->total; i++) {
        b->entity_weight[b->answer[i]] = b->entity_weight[b->fact_head[i]] = 0;
        if (!b->hides_more) set_hidden(b, b->fact[i], 0);
    }
    if (b->hides_more && b->hidden) memset(b->hidden, 0, (size_t)b->graph->num_edges);
    memset(b->relation_weight, 0, (size_t)(2 * b->num_relations) * sizeof *b->relation_weight);
    b->total = 0;
}

gat_status batches_take(gat_batches *b, int64_t step, gat_error *err)
{
    int64_t begin = step * b->batch, end = begin + b->batch < b->num_rows ? begin + b->batch : b->num_rows;
    forget_batch(b);
    gat_status st = reserve(b, begin, end, err);
    if (st) return st;
    for (int64_t i = begin; i < end; i++) add_row(b, i - begin, b->order[i]);
    b->rows = (gat_rows){end - begin, b->first, b->answer};
    b->total = (double)b->first[end - begin];
    return GAT_OK;
}

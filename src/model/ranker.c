/* Questions are sorted, so that those of several facts stand together and become one row of a block. */
#include "model/ranker.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "eval/near_rank.h"
#include "kernels/bf16.h"
#include "model/decoder.h"
#include "model/embedding_view.h"

/* What a fact asks in one of its two directions. */
typedef struct asked {
    int32_t entity, relation, answer;
    int64_t place; /* of its rank */
} asked;

/* One block of questions and the room it is answered in. */
typedef struct block {
    int32_t entity[RANKER_ROWS], relation[RANKER_ROWS];
    const asked *first[RANKER_ROWS + 1]; /* of each question; those of question i end where i + 1 begins */
    int64_t count;
    float *scores;
} block;

/* The same for embeddings in bf16, every fact by itself. */
typedef struct near_block {
    int32_t entity[RANKER_ROWS], relation[RANKER_ROWS];
    near_question question[RANKER_ROWS];
    gat_rank ranks[RANKER_ROWS];
    float *query;
    near_index index;
} near_block;

static int compare_asked(const void *a, const void *b)
{
    const asked *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Both directions of all facts, sorted. NULL: out of memory. */
static asked *make_questions(const gat_triple *facts, int64_t count, int32_t num_relations)
{
    asked *list = gat_alloc(2 * count, sizeof *list);
    for (int64_t i = 0; list && i < count; i++) {
        gat_triple f = facts[i];
        list[2 * i] = (asked){f.head, f.relation, f.tail, 2 * i};
        list[2 * i + 1] = (asked){f.tail, f.relation + num_relations, f.head, 2 * i + 1};
    }
    if (list) qsort(list, (size_t)(2 * count), sizeof *list, compare_asked);
    return list;
}

/* Takes at most `rows` different questions; returns what is left of the list. */
static const asked *fill(block *b, const asked *list, const asked *end, int64_t rows)
{
    for (b->count = 0; list < end; list++) {
        bool fresh =
            !b->count || list->entity != b->entity[b->count - 1] || list->relation != b->relation[b->count - 1];
        if (fresh && b->count == rows) break;
        if (!fresh) continue;
        b->entity[b->count] = list->entity;
        b->relation[b->count] = list->relation;
        b->first[b->count++] = list;
    }
    b->first[b->count] = list;
    return list;
}

static gat_status rank_block(gat_rank *ranks, const block *b, const model_view *v, const gat_filter *known,
                             gat_error *err)
{
    gat_status st = view_score(b->scores, v, b->entity, b->relation, b->count, err);
    if (st) return st;
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t i = 0; i < b->count; i++) {
        int64_t num_known;
        const int32_t *others = filter_answers(known, b->entity[i], b->relation[i], &num_known);
        for (const asked *a = b->first[i]; a < b->first[i + 1]; a++)
            ranks[a->place] =
                rank_filtered(b->scores + i * v->num_entities, v->num_candidates, a->answer, others, num_known);
    }
    return GAT_OK;
}

static gat_status check_stop(const rank_way *way, gat_error *err)
{
    bool stop = way->should_stop && way->should_stop(way->context);
    return stop ? error_set(err, GAT_EINTERRUPTED, "interrupted") : GAT_OK;
}

static gat_status rank_all(gat_rank *ranks, const model_view *v, const asked *list, const asked *end,
                           const gat_filter *known, const rank_way *way, gat_error *err)
{
    int64_t rows = RANKER_SCORES / (v->num_entities + 1);
    rows = rows < 8 ? 8 : rows > RANKER_ROWS ? RANKER_ROWS : rows;
    if (rows > end - list) rows = end - list;
    block *b = gat_alloc(1, sizeof *b);
    if (b) b->scores = gat_alloc(rows * v->num_entities, sizeof(float));
    gat_status st = b && b->scores ? GAT_OK : error_nomem(err);
    while (!st && list < end) {
        list = fill(b, list, end, rows);
        st = check_stop(way, err);
        if (!st) st = rank_block(ranks, b, v, known, err);
    }
    if (b) gat_free(b->scores);
    gat_free(b);
    return st;
}

/* bf16 pays where the processor has it and the score is a product. NULL: it does not. */
static const embedding_view *wants_near(const model_view *v, gat_precision precision)
{
    const embedding_view *e = embedding_view_of(v);
    bool pays = e && precision == GAT_PRECISION_BF16 && bf16_kernels()->native &&
                decoder_comparator((gat_decoder)v->model->config.decoder) == GAT_COMPARE_DOT;
    return pays ? e : NULL;
}

/* *done: where the numbers allow it. */
static gat_status rank_near_block(gat_rank *ranks, bool *done, near_block *b, const embedding_view *v,
                                  const asked *list, int64_t count, const gat_filter *known, gat_error *err)
{
    for (int64_t i = 0; i < count; i++) {
        b->entity[i] = list[i].entity;
        b->relation[i] = list[i].relation;
        b->question[i].answer = list[i].answer;
        b->question[i].known = filter_answers(known, list[i].entity, list[i].relation, &b->question[i].num_known);
    }
    gat_status st = embedding_queries(b->query, v, b->entity, b->relation, count, err);
    if (st) return st;
    *done = near_ranks(b->ranks, &b->index, b->query, b->question, count);
    for (int64_t i = 0; *done && i < count; i++) ranks[list[i].place] = b->ranks[i];
    return GAT_OK;
}

static gat_status rank_near(gat_rank *ranks, const embedding_view *v, const asked *list, const asked *end,
                            const gat_filter *known, const rank_way *way, gat_error *err)
{
    near_block *b = gat_calloc(1, sizeof *b);
    if (b) b->query = gat_alloc(RANKER_ROWS * v->dim, sizeof(float));
    gat_status st = b && b->query ? GAT_OK : error_nomem(err);
    if (!st) st = near_index_build(&b->index, v->encoded, v->base.num_candidates, v->dim, err);
    for (int64_t count; !st && list < end; list += count) {
        bool done;
        count = end - list < RANKER_ROWS ? end - list : RANKER_ROWS;
        st = check_stop(way, err);
        if (!st) st = rank_near_block(ranks, &done, b, v, list, count, known, err);
        if (!st && !done) st = rank_all(ranks, &v->base, list, list + count, known, way, err);
    }
    if (b) near_index_clear(&b->index), gat_free(b->query);
    gat_free(b);
    return st;
}

gat_status rank_facts(gat_rank *ranks, const model_view *v, const gat_triple *facts, int64_t count,
                      const gat_filter *known, const rank_way *way, gat_error *err)
{
    asked *list = make_questions(facts, count, v->model->num_seen_relations);
    if (!list) return error_nomem(err);
    const embedding_view *near = wants_near(v, way->precision);
    gat_status st = near ? rank_near(ranks, near, list, list + 2 * count, known, way, err)
                         : rank_all(ranks, v, list, list + 2 * count, known, way, err);
    gat_free(list);
    return st;
}

gat_status rank_means(gat_ranking *out, const model_view *v, const gat_triples *facts, const gat_filter *known,
                      gat_precision precision, gat_error *err)
{
    *out = (gat_ranking){0};
    gat_rank *ranks = gat_alloc(2 * facts->count, sizeof *ranks);
    if (!ranks) return error_nomem(err);
    const rank_way way = {.precision = precision};
    gat_status st = rank_facts(ranks, v, facts->data, facts->count, known, &way, err);
    gat_rank_sums sums = {0};
    for (int64_t i = 0; !st && i < 2 * facts->count; i++) rank_sums_add(&sums, ranks[i]);
    if (!st) *out = rank_sums_means(&sums);
    gat_free(ranks);
    return st;
}

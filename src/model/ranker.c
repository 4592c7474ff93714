#include "model/ranker.h"

#include "base/error.h"
#include "base/memory.h"
#include "eval/near_rank.h"
#include "kernels/bf16.h"
#include "model/decoder.h"

/* One block of questions and the room it is answered in. */
typedef struct block {
    int32_t entity[RANKER_ROWS], relation[RANKER_ROWS];
    near_question question[RANKER_ROWS];
    int64_t count;
    float *scores, *query;
    near_index *near; /* NULL: all in f32 */
} block;

static void fill(block *b, const gat_triple *facts, int64_t first, int64_t end, int32_t num_relations,
                 const gat_filter *known)
{
    b->count = end - first;
    for (int64_t i = first; i < end; i++) {
        gat_triple f = facts[i / 2];
        bool tail = i % 2 == 0;
        int32_t entity = tail ? f.head : f.tail, relation = tail ? f.relation : f.relation + num_relations;
        near_question *question = &b->question[i - first];
        b->entity[i - first] = entity;
        b->relation[i - first] = relation;
        question->answer = tail ? f.tail : f.head;
        question->known = filter_answers(known, entity, relation, &question->num_known);
    }
}

static gat_status rank_block(gat_rank *ranks, const block *b, const model_view *v, gat_error *err)
{
    gat_status st = view_queries(b->query, v, b->entity, b->relation, b->count, err);
    if (st || (b->near && near_ranks(ranks, b->near, b->query, b->question, b->count))) return st;
    view_score_queries(b->scores, b->query, v, b->count);
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t i = 0; i < b->count; i++) {
        const near_question *question = &b->question[i];
        ranks[i] = rank_filtered(b->scores + i * v->num_entities, v->num_entities, question->answer, question->known,
                                 question->num_known);
    }
    return GAT_OK;
}

/* bf16 pays where the processor has it and the score is a product. */
static bool wants_near(const model_view *v, gat_precision precision)
{
    return precision == GAT_PRECISION_BF16 && bf16_kernels()->native &&
           decoder_comparator((gat_decoder)v->model->config.decoder) == GAT_COMPARE_DOT;
}

static gat_status rank_blocks(gat_rank *ranks, block *b, int64_t rows, const model_view *v, const gat_triple *facts,
                              int64_t count, const gat_filter *known, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t first = 0; !st && first < 2 * count; first += rows) {
        int64_t end = first + rows < 2 * count ? first + rows : 2 * count;
        fill(b, facts, first, end, v->model->num_seen_relations, known);
        st = rank_block(ranks + first, b, v, err);
    }
    return st;
}

gat_status rank_facts(gat_rank *ranks, const model_view *v, const gat_triple *facts, int64_t count,
                      const gat_filter *known, gat_precision precision, gat_error *err)
{
    int64_t rows = RANKER_SCORES / (v->num_entities + 1);
    rows = rows < 8 ? 8 : rows > RANKER_ROWS ? RANKER_ROWS : rows;
    near_index near;
    block *b = gat_calloc(1, sizeof *b);
    if (b) b->scores = gat_alloc(rows * v->num_entities, sizeof(float));
    if (b) b->query = gat_alloc(rows * v->dim, sizeof(float));
    gat_status st = b && b->scores && b->query ? GAT_OK : error_nomem(err);
    if (!st && wants_near(v, precision)) {
        st = near_index_build(&near, v->encoded, v->num_entities, v->dim, err);
        if (!st) b->near = &near;
    }
    if (!st) st = rank_blocks(ranks, b, rows, v, facts, count, known, err);
    if (b && b->near) near_index_clear(b->near);
    if (b) gat_free(b->scores), gat_free(b->query);
    gat_free(b);
    return st;
}

gat_status rank_means(gat_ranking *out, const model_view *v, const gat_triples *facts, const gat_filter *known,
                      gat_precision precision, gat_error *err)
{
    *out = (gat_ranking){0};
    gat_rank *ranks = gat_alloc(2 * facts->count, sizeof *ranks);
    if (!ranks) return error_nomem(err);
    gat_status st = rank_facts(ranks, v, facts->data, facts->count, known, precision, err);
    gat_rank_sums sums = {0};
    for (int64_t i = 0; !st && i < 2 * facts->count; i++) rank_sums_add(&sums, ranks[i]);
    if (!st) *out = rank_sums_means(&sums);
    gat_free(ranks);
    return st;
}

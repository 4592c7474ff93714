#include "model/ranker.h"

#include "base/error.h"
#include "base/memory.h"

/* One block of questions and the room it is answered in. */
typedef struct block {
    int32_t entity[RANKER_ROWS], relation[RANKER_ROWS], answer[RANKER_ROWS];
    int64_t count;
    float *scores, *query;
} block;

static void fill(block *b, const gat_triple *facts, int64_t first, int64_t end, int32_t num_relations)
{
    b->count = end - first;
    for (int64_t i = first; i < end; i++) {
        gat_triple f = facts[i / 2];
        bool tail = i % 2 == 0;
        b->entity[i - first] = tail ? f.head : f.tail;
        b->relation[i - first] = tail ? f.relation : f.relation + num_relations;
        b->answer[i - first] = tail ? f.tail : f.head;
    }
}

static gat_status rank_block(gat_rank *ranks, const block *b, const model_view *v, const gat_filter *known,
                             gat_error *err)
{
    gat_status st = view_score(b->scores, b->query, v, b->entity, b->relation, b->count, err);
    if (st) return st;
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t i = 0; i < b->count; i++) {
        int64_t num_known;
        const int32_t *others = filter_answers(known, b->entity[i], b->relation[i], &num_known);
        ranks[i] = rank_filtered(b->scores + i * v->num_entities, v->num_entities, b->answer[i], others, num_known);
    }
    return GAT_OK;
}

gat_status rank_facts(gat_rank *ranks, const model_view *v, const gat_triple *facts, int64_t count,
                      const gat_filter *known, gat_error *err)
{
    int64_t rows = RANKER_SCORES / (v->num_entities + 1);
    rows = rows < 8 ? 8 : rows > RANKER_ROWS ? RANKER_ROWS : rows;
    block *b = gat_calloc(1, sizeof *b);
    if (b) b->scores = gat_alloc(rows * v->num_entities, sizeof(float));
    if (b) b->query = gat_alloc(rows * v->dim, sizeof(float));
    gat_status st = b && b->scores && b->query ? GAT_OK : error_nomem(err);
    for (int64_t first = 0; !st && first < 2 * count; first += rows) {
        int64_t end = first + rows < 2 * count ? first + rows : 2 * count;
        fill(b, facts, first, end, v->model->num_seen_relations);
        st = rank_block(ranks + first, b, v, known, err);
    }
    if (b) gat_free(b->scores), gat_free(b->query);
    gat_free(b);
    return st;
}

gat_status rank_means(gat_ranking *out, const model_view *v, const gat_triples *facts, const gat_filter *known,
                      gat_error *err)
{
    *out = (gat_ranking){0};
    gat_rank *ranks = gat_alloc(2 * facts->count, sizeof *ranks);
    if (!ranks) return error_nomem(err);
    gat_status st = rank_facts(ranks, v, facts->data, facts->count, known, err);
    gat_rank_sums sums = {0};
    for (int64_t i = 0; !st && i < 2 * facts->count; i++) rank_sums_add(&sums, ranks[i]);
    if (!st) *out = rank_sums_means(&sums);
    gat_free(ranks);
    return st;
}

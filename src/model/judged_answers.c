#include "model/judged_answers.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

enum { BLOCK_ROWS = 32, BLOCK_SCORES = 1 << 23 };

/* Everything that a question is judged with. */
typedef struct judge {
    const model_view *view;
    const gat_filter *right;
    int32_t entity[BLOCK_ROWS], relation[BLOCK_ROWS];
    int64_t rows;         /* of a block */
    float *scores;        /* (rows, N) */
    judged_answer *items; /* (questions, JUDGED_ANSWERS) */
    int32_t *found;       /* (questions) */
} judge;

static bool contains(const gat_filter *f, int32_t entity, int32_t relation, int32_t answer)
{
    int64_t count;
    const int32_t *list = filter_answers(f, entity, relation, &count);
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (list[middle] < answer) low = middle + 1;
        else high = middle;
    }
    return low < count && list[low] == answer;
}

/* Keeps the best answers in order; of equal scores the smaller id. */
static int32_t insert(judged_answer *items, float *values, int32_t found, float value, bool right)
{
    int32_t at = found < JUDGED_ANSWERS ? found : JUDGED_ANSWERS - 1;
    for (; at > 0 && values[at - 1] < value; at--) {
        values[at] = values[at - 1];
        items[at] = items[at - 1];
    }
    values[at] = value;
    items[at] = (judged_answer){.right = right};
    return found < JUDGED_ANSWERS ? found + 1 : JUDGED_ANSWERS;
}

static int32_t judge_row(judged_answer *items, const judge *j, const float *s, int32_t entity, int32_t relation)
{
    float values[JUDGED_ANSWERS];
    int32_t found = 0;
    int64_t num_known;
    const int32_t *known = filter_answers(j->view->known, entity, relation, &num_known);
    for (int32_t i = 0; i < j->view->num_candidates; i++) {
        if (found == JUDGED_ANSWERS && !(s[i] > values[found - 1])) continue;
        if (contains(j->view->known, entity, relation, i)) continue;
        found = insert(items, values, found, s[i], contains(j->right, entity, relation, i));
    }
    answer_mass mass = answer_mass_of(s, j->view->num_candidates, known, num_known);
    for (int32_t k = 0; k < found; k++) {
        items[k].odds = answer_odds(mass, values[k], true);
        items[k].place = k && !(values[k] < values[k - 1]) ? items[k - 1].place : k;
        items[k].heads = relation >= j->view->model->num_seen_relations;
    }
    return found;
}

/* Questions [from, from + count) of those asked. */
static gat_status judge_block(judge *j, int64_t from, int64_t count, gat_error *err)
{
    int64_t n = j->view->num_entities;
    gat_status st = view_score(j->scores, j->view, j->entity, j->relation, count, err);
    if (st) return st;
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t i = 0; i < count; i++)
        j->found[from + i] =
            judge_row(j->items + (from + i) * JUDGED_ANSWERS, j, j->scores + i * n, j->entity[i], j->relation[i]);
    return GAT_OK;
}

/* Questions are those of the filter of all facts, in its order, at even distances. */
static gat_status judge_all(judge *j, int64_t asked, gat_error *err)
{
    int64_t all = filter_num_queries(j->right);
    gat_status st = GAT_OK;
    for (int64_t from = 0; !st && from < asked; from += j->rows) {
        int64_t count = asked - from < j->rows ? asked - from : j->rows;
        for (int64_t i = 0; i < count; i++) {
            gat_query q = filter_query(j->right, (from + i) * all / asked);
            j->entity[i] = q.entity;
            j->relation[i] = q.relation;
        }
        st = judge_block(j, from, count, err);
    }
    return st;
}

/* Answers found, one question after the other. */
static void close_up(judged_list *out, judge *j, int64_t asked)
{
    out->count = 0;
    for (int64_t i = 0; i < asked; i++)
        for (int32_t k = 0; k < j->found[i]; k++) j->items[out->count++] = j->items[i * JUDGED_ANSWERS + k];
    out->items = j->items;
    j->items = NULL;
}

gat_status judge_answers(judged_list *out, const model_view *view, const gat_triples *facts, gat_error *err)
{
    judge j = {.view = view};
    gat_filter *right = NULL;
    *out = (judged_list){0};
    if (!facts->count) return GAT_OK;
    gat_status st = filter_build(&right, &facts, 1, view->model->num_seen_relations, err);
    if (st) return st;
    int64_t all = filter_num_queries(right), most = 2 * JUDGED_FACTS, fit = JUDGED_SCORES / view->num_entities + 1;
    most = most < fit ? most : fit;
    int64_t asked = all < most ? all : most;
    j.right = right;
    j.rows = BLOCK_SCORES / view->num_entities + 1;
    j.rows = j.rows < BLOCK_ROWS ? j.rows : BLOCK_ROWS;
    j.scores = gat_alloc(j.rows * view->num_entities, sizeof *j.scores);
    j.items = gat_alloc(asked * JUDGED_ANSWERS, sizeof *j.items);
    j.found = gat_alloc(asked, sizeof *j.found);
    st = j.scores && j.items && j.found ? judge_all(&j, asked, err) : error_nomem(err);
    if (!st) close_up(out, &j, asked);
    filter_free(right);
    gat_free(j.scores);
    gat_free(j.items);
    gat_free(j.found);
    return st;
}

void judged_clear(judged_list *list)
{
    gat_free(list->items);
    *list = (judged_list){0};
}

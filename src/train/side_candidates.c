#include "train/side_candidates.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { ROWS = 32 };

typedef struct collector {
    side_candidates *to;
    const model_view *paths;
    const side_view *side;
    const gat_filter *right;
    float *scores[2]; /* (ROWS, N) */
    uint8_t *mark;    /* (N): 1: known, 2: right */
} collector;

/* A heap with the least of the best on top: x (count) at position i sinks. */
static void sink(float *x, int64_t count, int64_t i)
{
    for (int64_t child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && x[child + 1] < x[child]) child++;
        if (!(x[child] < x[i])) return;
        float swap = x[i];
        x[i] = x[child], x[child] = swap;
    }
}

/* The SIDE_BESTth best of the scores that are not marked as known. */
static float least_of_best(const collector *c, const float *s, int64_t n)
{
    float best[SIDE_BEST];
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        if (c->mark[i] == 1) continue;
        if (count < SIDE_BEST) {
            best[count++] = s[i];
            for (int64_t k = SIDE_BEST / 2 - 1; count == SIDE_BEST && k >= 0; k--) sink(best, count, k);
        } else if (s[i] > best[0]) {
            best[0] = s[i];
            sink(best, count, 0);
        }
    }
    return count < SIDE_BEST ? -INFINITY : best[0];
}

static void mark(collector *c, const gat_filter *f, int32_t entity, int32_t relation, uint8_t as)
{
    int64_t count;
    const int32_t *list = filter_answers(f, entity, relation, &count);
    for (int64_t i = 0; i < count; i++)
        if (c->mark[list[i]] != 1) c->mark[list[i]] = as;
}

static gat_status push(side_candidates *to, side_candidate one, gat_error *err)
{
    if (to->count == to->capacity) {
        int64_t capacity = 2 * to->capacity + 1024;
        side_candidate *list = gat_regrow(to->candidate, to->count, capacity, sizeof *list);
        if (!list) return error_nomem(err);
        to->candidate = list;
        to->capacity = capacity;
    }
    to->candidate[to->count++] = one;
    return GAT_OK;
}

/* Whether a candidate with these scores counts; *ties: how many may yet that equal the last of the best. */
static bool matters(float a, float b, const float least[2], int64_t *ties)
{
    if (a > least[0] || b > least[1]) return true;
    return (a >= least[0] || b >= least[1]) && (*ties)-- > 0;
}

static gat_status take_question(collector *c, int64_t row, int32_t entity, int32_t relation, gat_error *err)
{
    int64_t n = c->paths->num_entities, ties = SIDE_TIES;
    const float *a = c->scores[0] + row * n, *b = c->scores[1] + row * n;
    side_question *q = &c->to->question[c->to->num_questions];
    memset(c->mark, 0, (size_t)n);
    mark(c, c->paths->known, entity, relation, 1);
    mark(c, c->right, entity, relation, 2);
    const float least[2] = {least_of_best(c, a, n), least_of_best(c, b, n)};
    *q = (side_question){.relation = relation, .first = c->to->count};
    gat_status st = GAT_OK;
    bool any = false;
    for (int64_t i = 0; !st && i < n; i++) {
        if (c->mark[i] == 1 || (c->mark[i] != 2 && !matters(a[i], b[i], least, &ties))) continue;
        any |= c->mark[i] == 2;
        st = push(c->to, (side_candidate){{a[i], b[i]}, c->mark[i] == 2}, err);
    }
    if (!any) c->to->count = q->first; /* its answers are known already */
    q->count = (int32_t)(c->to->count - q->first);
    c->to->num_questions += any;
    return st;
}

static gat_status collect_block(collector *c, int64_t from, int64_t count, int64_t asked, gat_error *err)
{
    int32_t entity[ROWS], relation[ROWS];
    for (int64_t i = 0; i < count; i++) {
        gat_query q = filter_query(c->right, (from + i) * filter_num_queries(c->right) / asked);
        entity[i] = q.entity;
        relation[i] = q.relation;
    }
    gat_status st = view_score(c->scores[0], c->paths, entity, relation, count, err);
    if (!st) st = side_scores(c->scores[1], c->side, entity, relation, count, err);
    for (int64_t i = 0; !st && i < count; i++) st = take_question(c, i, entity[i], relation[i], err);
    return st;
}

static gat_status collect(collector *c, gat_error *err)
{
    int64_t n = c->paths->num_entities, all = filter_num_queries(c->right);
    int64_t asked = all < SIDE_QUESTIONS ? all : SIDE_QUESTIONS;
    c->scores[0] = gat_alloc(ROWS * n, sizeof(float));
    c->scores[1] = gat_alloc(ROWS * n, sizeof(float));
    c->mark = gat_alloc(n, 1);
    c->to->question = gat_alloc(asked, sizeof *c->to->question);
    if (!c->scores[0] || !c->scores[1] || !c->mark || !c->to->question) return error_nomem(err);
    gat_status st = GAT_OK;
    for (int64_t from = 0; !st && from < asked; from += ROWS)
        st = collect_block(c, from, asked - from < ROWS ? asked - from : ROWS, asked, err);
    return st;
}

gat_status side_candidates_collect(side_candidates *out, const model_view *paths, const side_view *side,
                                   const gat_triples *facts, gat_error *err)
{
    collector c = {.to = out, .paths = paths, .side = side};
    gat_filter *right = NULL;
    *out = (side_candidates){0};
    gat_status st = filter_build(&right, &facts, 1, paths->model->num_seen_relations, err);
    c.right = right;
    if (!st) st = collect(&c, err);
    filter_free(right);
    gat_free(c.scores[0]);
    gat_free(c.scores[1]);
    gat_free(c.mark);
    if (st) side_candidates_clear(out);
    return st;
}

void side_candidates_clear(side_candidates *c)
{
    gat_free(c->question);
    gat_free(c->candidate);
    *c = (side_candidates){0};
}

#include "grow/growth_baselines.h"

#include "base/error.h"
#include "base/memory.h"
#include "tasks/top_list.h"

enum { BLOCK = 64 };

/* A pass over all questions for tails. */
typedef struct pass {
    const growth_state *s;
    top_list score, probability;
    float *scores; /* (BLOCK, N) */
    int32_t entity[BLOCK], relation[BLOCK];
    int64_t filled;
} pass;

static int64_t code_of(const growth_state *s, int32_t h, int32_t r, int32_t t)
{
    return ((int64_t)r * s->num_entities + h) * s->num_entities + t;
}

static void take_row(pass *p, int64_t row)
{
    const growth_state *s = p->s;
    const float *score = p->scores + row * s->num_entities;
    int32_t h = p->entity[row], r = p->relation[row];
    int64_t num_known, next = 0;
    const int32_t *known = filter_answers(s->view.view->known, h, r, &num_known);
    for (int32_t t = 0; t < s->num_entities; t++) {
        if (next < num_known && known[next] == t) next++;
        else if (t != h) top_list_add(&p->score, (double)score[t], code_of(s, h, r, t));
    }
}

/* The best answers of an asked question, by probability. */
static void take_asked(pass *p, const asked_list *asked, int64_t i)
{
    const asked_question *q = &asked->question[i];
    for (int32_t k = 0; k < q->count; k++) {
        double odds = answer_odds(q->mass, asked->score[q->first + k], true);
        top_list_add(&p->probability, answer_probability(&p->s->model->calibration, odds, k, false),
                     code_of(p->s, q->entity, q->relation, asked->answer[q->first + k]));
    }
}

static gat_status flush(pass *p, gat_error *err)
{
    const growth_state *s = p->s;
    asked_list asked = {0};
    int64_t place[BLOCK];
    if (!p->filled) return GAT_OK;
    gat_status st = view_score(p->scores, s->view.view, p->entity, p->relation, p->filled, err);
    for (int64_t i = 0; !st && i < p->filled; i++) take_row(p, i);
    for (int64_t i = 0; !st && s->model->calibrated && i < p->filled; i++) {
        place[i] = i;
        st = asked_add(&asked, p->entity[i], p->relation[i], 0, err);
    }
    if (!st && asked.count) st = asked_take(&asked, s->view.view, growth_given(s), p->scores, place, p->filled, err);
    for (int64_t i = 0; !st && i < asked.count; i++) take_asked(p, &asked, i);
    asked_clear(&asked);
    p->filled = 0;
    return st;
}

static gat_status list_facts(gat_triples *out, top_list *best, const growth_state *s, gat_error *err)
{
    gat_status st = GAT_OK;
    int64_t n = s->num_entities;
    top_list_sort(best);
    for (int64_t i = 0; !st && i < best->count; i++) {
        int64_t code = best->items[i].id;
        st =
            triples_push(out, (gat_triple){(int32_t)(code / n % n), (int32_t)(code / n / n), (int32_t)(code % n)}, err);
    }
    return st;
}

gat_status baselines_make(gat_triples *by_score, gat_triples *by_probability, const growth_state *s, int64_t count,
                          bool all_heads, gat_error *err)
{
    pass p = {.s = s, .scores = gat_alloc(BLOCK * (int64_t)s->num_entities, sizeof *p.scores)};
    gat_status st = p.scores ? top_list_init(&p.score, count, count, err) : error_nomem(err);
    if (!st) st = top_list_init(&p.probability, count, count, err);
    for (int32_t r = 0; !st && r < s->num_relations; r++)
        for (int32_t h = 0; !st && h < s->num_entities; h++) {
            if (!all_heads && !growth_known(s, h, r)) continue;
            p.entity[p.filled] = h;
            p.relation[p.filled++] = r;
            if (p.filled == BLOCK) st = flush(&p, err);
        }
    if (!st) st = flush(&p, err);
    if (!st) st = list_facts(by_score, &p.score, s, err);
    if (!st) st = list_facts(by_probability, &p.probability, s, err);
    top_list_clear(&p.score);
    top_list_clear(&p.probability);
    gat_free(p.scores);
    return st;
}

#include "grow/asked.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "tasks/top_list.h"

enum { BLOCK_ROWS = 64, BLOCK_SCORES = 1 << 23, FIRST_QUESTIONS = 256 };

void asked_clear(asked_list *l)
{
    gat_free(l->question);
    gat_free(l->answer);
    gat_free(l->score);
    gat_free(l->order);
    *l = (asked_list){0};
}

static gat_status make_room(asked_list *l, int64_t kept, gat_error *err)
{
    if (l->count == l->capacity) {
        int64_t capacity = l->capacity ? 2 * l->capacity : FIRST_QUESTIONS;
        asked_question *question = gat_regrow(l->question, l->count, capacity, sizeof *question);
        if (!question) return error_nomem(err);
        l->question = question;
        l->capacity = capacity;
    }
    if (l->num_kept + kept <= l->room) return GAT_OK;
    int64_t room = 2 * l->room + FIRST_QUESTIONS * (int64_t)LEAST_KEPT + kept;
    int32_t *answer = gat_regrow(l->answer, l->num_kept, room, sizeof *answer);
    if (answer) l->answer = answer;
    float *score = answer ? gat_regrow(l->score, l->num_kept, room, sizeof *score) : NULL;
    if (!score) return error_nomem(err);
    l->score = score;
    l->room = room;
    return GAT_OK;
}

gat_status asked_add(asked_list *l, int32_t entity, int32_t relation, int64_t known, gat_error *err)
{
    int64_t kept = LEAST_KEPT + KEPT_PER_KNOWN * known;
    if (kept > MOST_KEPT) kept = MOST_KEPT;
    gat_status st = make_room(l, kept, err);
    if (st) return st;
    l->question[l->count++] =
        (asked_question){.entity = entity, .relation = relation, .room = (int32_t)kept, .first = l->num_kept};
    l->num_kept += kept;
    return GAT_OK;
}

/* The mass of the answers that are not known, in float where eval/answer_calibration.h takes doubles: there are many rows. */
static answer_mass mass_of(const float *s, int64_t n, const int32_t *known, int64_t num_known)
{
    float top = -INFINITY;
    double sum = 0;
    for (int64_t i = 0, next = 0; i < n; i++) {
        if (next < num_known && known[next] == i) next++;
        else if (s[i] > top) top = s[i];
    }
    for (int64_t i = 0, next = 0; i < n; i++) {
        if (next < num_known && known[next] == i) next++;
        else sum += (double)expf(s[i] - top);
    }
    return (answer_mass){(double)top, sum};
}

/* The best unknown answers of a row s (N), in order; of equal scores the smaller id. best: room for them. */
static void keep(asked_list *l, int64_t place, top_list *best, const float *s, const model_view *v,
                 const gat_filter *given)
{
    asked_question *q = &l->question[place];
    int64_t num_known, next = 0;
    const int32_t *known = filter_answers(given, q->entity, q->relation, &num_known);
    best->count = 0;
    best->capacity = q->room;
    for (int32_t i = 0; i < v->num_entities; i++) {
        if (next < num_known && known[next] == i) next++;
        else if (i != q->entity && (best->count < best->capacity || (double)s[i] > best->items[0].value))
            top_list_add(best, (double)s[i], i);
    }
    top_list_sort(best);
    for (int64_t k = 0; k < best->count; k++) {
        l->answer[q->first + k] = (int32_t)best->items[k].id;
        l->score[q->first + k] = s[best->items[k].id];
    }
    q->count = (int32_t)best->count;
    q->mass = mass_of(s, v->num_entities, known, num_known);
}

gat_status asked_take(asked_list *l, const model_view *v, const gat_filter *given, const float *scores,
                      const int64_t *place, int64_t count, gat_error *err)
{
    bool good = true;
    l->total += count;
#pragma omp parallel reduction(&& : good)
    {
        top_list best;
        bool ready = !top_list_init(&best, MOST_KEPT, MOST_KEPT, NULL);
        good = ready;
#pragma omp for schedule(dynamic, 4)
        for (int64_t i = 0; i < count; i++)
            if (ready) keep(l, place[i], &best, scores + i * v->num_entities, v, given);
        top_list_clear(&best);
    }
    return good ? GAT_OK : error_nomem(err);
}

static gat_status ask_block(asked_list *l, float *scores, const model_view *v, const gat_filter *given,
                            const int64_t *place, int64_t count, gat_error *err)
{
    int32_t entity[BLOCK_ROWS], relation[BLOCK_ROWS];
    for (int64_t i = 0; i < count; i++) {
        entity[i] = l->question[place[i]].entity;
        relation[i] = l->question[place[i]].relation;
    }
    gat_status st = view_score(scores, v, entity, relation, count, err);
    return st ? st : asked_take(l, v, given, scores, place, count, err);
}

gat_status asked_ask(asked_list *l, const model_view *v, const gat_filter *given, const uint8_t *which, int64_t from,
                     gat_error *err)
{
    int64_t place[BLOCK_ROWS], filled = 0, rows = BLOCK_SCORES / v->num_entities + 1;
    rows = rows < BLOCK_ROWS ? rows : BLOCK_ROWS;
    float *scores = gat_alloc(rows * v->num_entities, sizeof *scores);
    gat_status st = scores ? GAT_OK : error_nomem(err);
    for (int64_t i = which ? 0 : from; !st && i < l->count; i++) {
        if (which && !which[i]) continue;
        place[filled++] = i;
        if (filled < rows) continue;
        st = ask_block(l, scores, v, given, place, filled, err);
        filled = 0;
    }
    if (!st && filled) st = ask_block(l, scores, v, given, place, filled, err);
    gat_free(scores);
    return st;
}

typedef struct sort_key {
    int32_t entity, relation;
    int64_t place;
} sort_key;

static int compare_keys(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    return (x->relation > y->relation) - (x->relation < y->relation);
}

gat_status asked_sort(asked_list *l, gat_error *err)
{
    sort_key *key = gat_alloc(l->count, sizeof *key);
    gat_free(l->order);
    l->order = gat_alloc(l->count, sizeof *l->order);
    gat_status st = key && l->order ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < l->count; i++)
        key[i] = (sort_key){l->question[i].entity, l->question[i].relation, i};
    if (!st && l->count) qsort(key, (size_t)l->count, sizeof *key, compare_keys);
    for (int64_t i = 0; !st && i < l->count; i++) l->order[i] = key[i].place;
    gat_free(key);
    return st;
}

int64_t asked_place(const asked_list *l, int32_t entity, int32_t relation)
{
    int64_t low = 0, high = l->order ? l->count : 0;
    const sort_key wanted = {entity, relation, 0};
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        const asked_question *q = &l->question[l->order[middle]];
        const sort_key here = {q->entity, q->relation, 0};
        int side = compare_keys(&here, &wanted);
        if (!side) return l->order[middle];
        if (side < 0) low = middle + 1;
        else high = middle;
    }
    return -1;
}

asked_answer asked_find(const asked_list *l, int32_t entity, int32_t relation, int32_t answer)
{
    int64_t place = asked_place(l, entity, relation);
    asked_answer a = {.place = LEAST_KEPT};
    if (place < 0 || !l->question[place].count) return a;
    const asked_question *q = &l->question[place];
    const int32_t *kept = l->answer + q->first;
    int32_t at = 0;
    while (at < q->count && kept[at] != answer) at++;
    a.asked = true;
    a.place = at;
    a.score = l->score[q->first + (at < q->count ? at : q->count - 1)];
    a.odds = answer_odds(q->mass, a.score, true);
    return a;
}

/* Entities are answered by one row of scores; for the relation there is a row of all relations. */
#include "tasks/predict.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "tasks/task_view.h"
#include "tasks/top_list.h"

enum { HEAD, RELATION, TAIL, PLACES };

typedef struct question {
    task_view v;
    int asked;          /* the open place */
    int32_t id[PLACES]; /* of the others; -1 */
    int64_t candidates;
    float *scores;     /* (candidates) */
    uint8_t *left_out; /* (candidates) */
    double max, sum;   /* of the softmax over relations, or where there is no calibration */
    answer_mass mass;  /* else */
} question;

static gat_status find_places(question *q, const char *const *names, gat_error *err)
{
    int marks = 0;
    gat_status st = GAT_OK;
    for (int i = 0; !st && i < PLACES; i++) {
        q->id[i] = -1;
        if (!strcmp(names[i], "?")) {
            q->asked = i;
            marks++;
            continue;
        }
        bool relation = i == RELATION;
        st = vocab_lookup(&q->id[i], relation ? q->v.view->model->relations : q->v.view->entities, names[i],
                          relation ? "relation" : "entity", err);
    }
    if (!st && marks != 1)
        st = error_set(err, GAT_EUSAGE, "expected \"?\" in one of head, relation and tail, found it in %d", marks);
    if (!st && q->id[RELATION] >= q->v.view->model->num_seen_relations)
        st = error_set(err, GAT_EUSAGE, "relation \"%.200s\" does not occur in the model's training facts",
                       names[RELATION]);
    return st;
}

static gat_status allocate(question *q, gat_error *err)
{
    const model_view *v = q->v.view;
    q->candidates = q->asked == RELATION ? v->model->num_seen_relations : v->num_entities;
    q->scores = gat_alloc(q->candidates, sizeof *q->scores);
    q->left_out = gat_calloc(q->candidates, 1);
    return q->scores && q->left_out ? GAT_OK : error_nomem(err);
}

static void clear(question *q)
{
    task_view_close(&q->v);
    gat_free(q->scores);
    gat_free(q->left_out);
}

/* The known end of a question for an entity, and its relation with the direction in it. */
static int32_t given_entity(const question *q) { return q->asked == TAIL ? q->id[HEAD] : q->id[TAIL]; }

static int32_t directed_relation(const question *q)
{
    return q->id[RELATION] + (q->asked == TAIL ? 0 : q->v.view->model->num_seen_relations);
}

static gat_status score(question *q, gat_error *err)
{
    const model_view *v = q->v.view;
    if (q->asked == RELATION) return view_score_relations(q->scores, v, q->id[HEAD], q->id[TAIL], err);
    int32_t entity = given_entity(q), relation = directed_relation(q);
    return view_score(q->scores, v, &entity, &relation, 1, err);
}

/* Marks what a view knows; `v` is the question's own view or the model's, whose ids are found by name. */
static void leave_out(question *q, const model_view *v)
{
    const gat_intern *own = q->v.view->entities;
    int32_t id[PLACES];
    for (int i = 0; i < PLACES; i++) {
        const char *name = i != RELATION && q->id[i] >= 0 ? intern_string(own, q->id[i]) : NULL;
        id[i] = name && v->entities != own ? intern_find(v->entities, name, strlen(name)) : q->id[i];
    }
    if (q->asked == RELATION) {
        for (int32_t r = 0; r < q->candidates; r++) q->left_out[r] |= filter_contains(v->known, id[HEAD], r, id[TAIL]);
        return;
    }
    int64_t count;
    const int32_t *answers =
        filter_answers(v->known, q->asked == TAIL ? id[HEAD] : id[TAIL], directed_relation(q), &count);
    for (int64_t i = 0; i < count; i++) {
        const char *name = intern_string(v->entities, answers[i]);
        int32_t candidate = v->entities == own ? answers[i] : intern_find(own, name, strlen(name));
        if (candidate >= 0) q->left_out[candidate] = 1;
    }
}

static void make_softmax(question *q)
{
    int64_t count;
    if (q->asked != RELATION) {
        const int32_t *known = filter_answers(q->v.view->known, given_entity(q), directed_relation(q), &count);
        q->mass = answer_mass_of(q->scores, q->candidates, known, count);
    }
    q->max = -INFINITY;
    q->sum = 0;
    for (int64_t i = 0; i < q->candidates; i++) q->max = fmax(q->max, (double)q->scores[i]);
    for (int64_t i = 0; i < q->candidates; i++) q->sum += exp((double)q->scores[i] - q->max);
}

/* Whether the view knows candidate `id` as an answer. */
static bool is_known(const question *q, int64_t id)
{
    int32_t other = (int32_t)id, given = given_entity(q);
    bool tail = q->asked == TAIL;
    return filter_contains(q->v.view->known, tail ? given : other, q->id[RELATION], tail ? other : given);
}

/* place: answers that are not known and have a larger score. */
static double probability(const question *q, int64_t id, int64_t place)
{
    const gat_model *m = q->v.view->model;
    float score = q->scores[id];
    if (!m->calibrated || q->asked == RELATION) return exp((double)score - q->max) / q->sum;
    return answer_probability(&m->calibration, answer_odds(q->mass, score, !is_known(q, id)), place, q->asked == HEAD);
}

static const char *name_at(const question *q, int place, int64_t candidate)
{
    int32_t id = place == q->asked ? (int32_t)candidate : q->id[place];
    return intern_string(place == RELATION ? q->v.view->model->relations : q->v.view->entities, id);
}

static gat_status list_answers(gat_answer **out, int64_t *count, const question *q, int64_t top, gat_error *err)
{
    top_list best;
    gat_status st = top_list_init(&best, top, q->candidates, err);
    if (st) return st;
    for (int64_t i = 0; i < q->candidates; i++)
        if (!q->left_out[i]) top_list_add(&best, (double)q->scores[i], i);
    top_list_sort(&best);
    gat_answer *answers = gat_alloc(best.count, sizeof *answers);
    for (int64_t i = 0, better = 0, place = 0; answers && i < best.count; i++) {
        int64_t id = best.items[i].id;
        float score = q->scores[id];
        if (i && score < q->scores[best.items[i - 1].id]) place = better;
        better += q->asked == RELATION || !is_known(q, id);
        answers[i] = (gat_answer){
            .head = name_at(q, HEAD, id),
            .relation = name_at(q, RELATION, id),
            .tail = name_at(q, TAIL, id),
            .score = score,
            .probability = probability(q, id, place),
        };
    }
    *out = answers;
    *count = answers ? best.count : 0;
    top_list_clear(&best);
    return answers ? GAT_OK : error_nomem(err);
}

gat_status predict_answers(gat_answer **out, int64_t *count, const gat_model *model, const char *head,
                           const char *relation, const char *tail, int64_t top, bool known, const gat_dataset *graph,
                           gat_error *err)
{
    const char *const names[PLACES] = {head, relation, tail};
    question q = {.asked = HEAD};
    *out = NULL;
    *count = 0;
    gat_status st = task_view_open(&q.v, model, graph, err);
    if (!st) st = find_places(&q, names, err);
    if (!st) st = allocate(&q, err);
    if (!st) st = score(&q, err);
    if (!st && !known) {
        leave_out(&q, q.v.view);
        if (q.v.owned) leave_out(&q, model->view);
    }
    if (!st) {
        make_softmax(&q);
        st = list_answers(out, count, &q, top, err);
    }
    clear(&q);
    return st;
}

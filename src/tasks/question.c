#include "tasks/question.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "tasks/top_list.h"

gat_status question_find(question *out, const task_view *v, const char *const names[PLACES], gat_error *err)
{
    const gat_model *m = v->view->model;
    int marks = 0;
    gat_status st = GAT_OK;
    *out = (question){.v = v};
    for (int i = 0; !st && i < PLACES; i++) {
        out->id[i] = -1;
        if (!strcmp(names[i], "?")) {
            out->open = i;
            marks++;
            continue;
        }
        bool relation = i == RELATION;
        st = vocab_lookup(&out->id[i], relation ? m->relations : v->view->entities, names[i],
                          relation ? "relation" : "entity", err);
    }
    if (!st && marks != 1)
        st = error_set(err, GAT_EUSAGE, "expected \"?\" in one of head, relation and tail, found it in %d", marks);
    if (!st && out->id[RELATION] >= m->num_seen_relations)
        st = error_set(err, GAT_EUSAGE, "relation \"%.200s\" does not occur in the model's training facts",
                       names[RELATION]);
    out->candidates = out->open == RELATION ? m->num_seen_relations : v->view->num_entities;
    return st;
}

int32_t question_entity(const question *q) { return q->open == TAIL ? q->id[HEAD] : q->id[TAIL]; }

int32_t question_relation(const question *q)
{
    return q->id[RELATION] + (q->open == TAIL ? 0 : q->v->view->model->num_seen_relations);
}

/* ---- known answers --------------------------------------------------------------------------------------- */

/* Marks what `known` knows: the question's own view or the model's, whose ids are found by name. */
static void mark_known(uint8_t *left_out, const question *q, const model_view *known)
{
    const gat_intern *own = q->v->view->entities;
    int32_t id[PLACES];
    for (int i = 0; i < PLACES; i++) {
        const char *name = i != RELATION && q->id[i] >= 0 ? intern_string(own, q->id[i]) : NULL;
        id[i] = name && known->entities != own ? intern_find(known->entities, name, strlen(name)) : q->id[i];
    }
    if (q->open == RELATION) {
        for (int32_t r = 0; r < q->candidates; r++) left_out[r] |= filter_contains(known->known, id[HEAD], r, id[TAIL]);
        return;
    }
    int64_t count;
    const int32_t *answers =
        filter_answers(known->known, q->open == TAIL ? id[HEAD] : id[TAIL], question_relation(q), &count);
    for (int64_t i = 0; i < count; i++) {
        const char *name = intern_string(known->entities, answers[i]);
        int32_t candidate = known->entities == own ? answers[i] : intern_find(own, name, strlen(name));
        if (candidate >= 0) left_out[candidate] = 1;
    }
}

void question_left_out(uint8_t *left_out, const question *q)
{
    memset(left_out, 0, (size_t)q->candidates);
    mark_known(left_out, q, q->v->view);
    if (q->v->owned) mark_known(left_out, q, q->v->view->model->view);
}

/* Whether the view knows candidate `id` as an answer. */
static bool is_known(const question *q, int64_t id)
{
    int32_t other = (int32_t)id, given = question_entity(q);
    bool tail = q->open == TAIL;
    return filter_contains(q->v->view->known, tail ? given : other, q->id[RELATION], tail ? other : given);
}

/* ---- probabilities --------------------------------------------------------------------------------------- */

static bool is_calibrated(const question *q) { return q->v->view->model->calibrated && q->open != RELATION; }

/* What the probabilities compare with: all that is not known, or, without calibration, all candidates. */
static answer_mass mass_of(const question *q, const float *scores)
{
    int64_t count = 0;
    const int32_t *known = NULL;
    if (is_calibrated(q)) known = filter_answers(q->v->view->known, question_entity(q), question_relation(q), &count);
    return answer_mass_of(scores, q->candidates, known, count);
}

/* place: answers that are not known and have a larger score. */
static double probability(const question *q, answer_mass mass, float score, bool known, int64_t place)
{
    if (!is_calibrated(q)) return exp((double)score - mass.top) / mass.sum;
    return answer_probability(&q->v->view->model->calibration, answer_odds(mass, score, !known), place,
                              q->open == HEAD);
}

/* ---- the list -------------------------------------------------------------------------------------------- */

static const char *name_at(const question *q, int place, int64_t candidate)
{
    int32_t id = place == q->open ? (int32_t)candidate : q->id[place];
    return intern_string(place == RELATION ? q->v->view->model->relations : q->v->view->entities, id);
}

static void fill(gat_answer *answers, const question *q, const float *scores, const top_list *best)
{
    answer_mass mass = mass_of(q, scores);
    for (int64_t i = 0, better = 0, place = 0; i < best->count; i++) {
        int64_t id = best->items[i].id;
        bool known = q->open != RELATION && is_known(q, id);
        if (i && scores[id] < scores[best->items[i - 1].id]) place = better;
        better += !known;
        answers[i] = (gat_answer){
            .head = name_at(q, HEAD, id),
            .relation = name_at(q, RELATION, id),
            .tail = name_at(q, TAIL, id),
            .score = scores[id],
            .probability = probability(q, mass, scores[id], known, place),
        };
    }
}

gat_status question_answers(gat_answer **out, int64_t *count, const question *q, const float *scores,
                            const uint8_t *left_out, int64_t top, gat_error *err)
{
    top_list best;
    *out = NULL;
    *count = 0;
    gat_status st = top_list_init(&best, top, q->candidates, err);
    if (st) return st;
    for (int64_t i = 0; i < q->candidates; i++)
        if (!left_out[i] && !top_list_refuses(&best, (double)scores[i])) top_list_add(&best, (double)scores[i], i);
    top_list_sort(&best);
    gat_answer *answers = gat_alloc(best.count, sizeof *answers);
    if (answers) fill(answers, q, scores, &best);
    *out = answers;
    *count = answers ? best.count : 0;
    top_list_clear(&best);
    return answers ? GAT_OK : error_nomem(err);
}

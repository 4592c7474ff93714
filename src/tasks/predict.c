/* Questions for entities are answered in blocks of rows of scores; for the relation there is a row of all relations. */
#include "tasks/predict.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "tasks/question.h"
#include "tasks/task_view.h"

enum { MOST_ROWS = 64, BLOCK_BYTES = 32 << 20 };

/* Room to answer with. */
typedef struct answer_room {
    int64_t rows;      /* of scores at a time */
    float *scores;     /* (rows, candidates) */
    uint8_t *left_out; /* (candidates) */
    question *asked;   /* (count) */
    int64_t in_block[MOST_ROWS];
    int32_t entity[MOST_ROWS], relation[MOST_ROWS];
} answer_room;

static int64_t rows_of(int64_t candidates, int64_t count)
{
    int64_t most = BLOCK_BYTES / (candidates * (int64_t)sizeof(float));
    most = most < 1 ? 1 : most > MOST_ROWS ? MOST_ROWS : most;
    return count < most ? count : most;
}

static gat_status room_init(answer_room *room, const task_view *v, int64_t count, gat_error *err)
{
    int64_t entities = v->view->num_entities, relations = v->view->model->num_seen_relations;
    int64_t candidates = entities > relations ? entities : relations;
    *room = (answer_room){.rows = rows_of(candidates, count)};
    room->scores = gat_alloc(room->rows * candidates, sizeof *room->scores);
    room->left_out = gat_calloc(candidates, 1);
    room->asked = gat_alloc(count, sizeof *room->asked);
    return room->scores && room->left_out && room->asked ? GAT_OK : error_nomem(err);
}

static void room_clear(answer_room *room)
{
    gat_free(room->scores);
    gat_free(room->left_out);
    gat_free(room->asked);
}

static void answer_row(gat_prediction *out, answer_room *room, const question *q, const float *scores,
                       const gat_question *wanted)
{
    if (wanted->known) memset(room->left_out, 0, (size_t)q->candidates);
    else question_left_out(room->left_out, q);
    out->status = question_answers(&out->answers, &out->count, q, scores, room->left_out, wanted->top, &out->error);
}

static void answer_relation(gat_prediction *out, answer_room *room, const question *q, const gat_question *wanted)
{
    out->status = view_score_relations(room->scores, q->v->view, q->id[HEAD], q->id[TAIL], &out->error);
    if (!out->status) answer_row(out, room, q, room->scores, wanted);
}

/* Scores the `rows` questions of the block and answers them. */
static void answer_block(gat_prediction *out, answer_room *room, const gat_question *wanted, const task_view *v,
                         int64_t rows)
{
    gat_error error = {0};
    for (int64_t i = 0; i < rows; i++) {
        const question *q = &room->asked[room->in_block[i]];
        room->entity[i] = question_entity(q);
        room->relation[i] = question_relation(q);
    }
    gat_status st = rows ? view_score(room->scores, v->view, room->entity, room->relation, rows, &error) : GAT_OK;
    for (int64_t i = 0; i < rows; i++) {
        int64_t at = room->in_block[i];
        out[at].status = st;
        out[at].error = error;
        if (!st) answer_row(&out[at], room, &room->asked[at], room->scores + i * v->view->num_entities, &wanted[at]);
    }
}

static void answer_all(gat_prediction *out, answer_room *room, const gat_question *wanted, int64_t count,
                       const task_view *v)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < count; i++) {
        const char *const names[PLACES] = {wanted[i].head, wanted[i].relation, wanted[i].tail};
        out[i] = (gat_prediction){0};
        out[i].status = question_find(&room->asked[i], v, names, &out[i].error);
        if (out[i].status) continue;
        if (room->asked[i].open == RELATION) {
            answer_relation(&out[i], room, &room->asked[i], &wanted[i]);
            continue;
        }
        room->in_block[rows++] = i;
        if (rows < room->rows) continue;
        answer_block(out, room, wanted, v, rows);
        rows = 0;
    }
    answer_block(out, room, wanted, v, rows);
}

gat_status predict_many(gat_prediction *out, const gat_question *questions, int64_t count, const gat_model *model,
                        const gat_dataset *graph, gat_error *err)
{
    task_view v = {0};
    answer_room room = {0};
    if (count < 1) return GAT_OK;
    gat_status st = task_view_open(&v, model, graph, err);
    if (!st) st = room_init(&room, &v, count, err);
    if (!st) answer_all(out, &room, questions, count, &v);
    room_clear(&room);
    task_view_close(&v);
    return st;
}

gat_status predict_answers(gat_answer **out, int64_t *count, const gat_model *model, const char *head,
                           const char *relation, const char *tail, int64_t top, bool known, const gat_dataset *graph,
                           gat_error *err)
{
    const gat_question asked = {head, relation, tail, top, known};
    gat_prediction found = {0};
    gat_status st = predict_many(&found, &asked, 1, model, graph, err);
    if (!st && found.status) {
        st = found.status;
        if (err) *err = found.error;
    }
    *out = st ? NULL : found.answers;
    *count = st ? 0 : found.count;
    return st;
}

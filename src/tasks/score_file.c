/* All questions are read and checked before an output is opened; the number of rows is then known for the header. */
#include "tasks/score_file.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "io/lines.h"
#include "io/npy.h"
#include "model/ranker.h"
#include "tasks/file_pair.h"
#include "tasks/task_view.h"

enum { COLUMNS = 3, FIRST_CAPACITY = 1024 };

/* Questions as ids of a view; relations from num_seen_relations on ask for heads. */
typedef struct questions {
    int32_t *entity, *relation;
    int64_t count, capacity;
} questions;

typedef struct field {
    const char *bytes;
    size_t length;
} field;

static void questions_clear(questions *q)
{
    gat_free(q->entity);
    gat_free(q->relation);
}

static gat_status push(questions *q, int32_t entity, int32_t relation, gat_error *err)
{
    if (q->count == q->capacity) {
        int64_t capacity = q->capacity ? 2 * q->capacity : FIRST_CAPACITY;
        int32_t *entities = gat_regrow(q->entity, q->count, capacity, sizeof *entities);
        if (entities) q->entity = entities;
        int32_t *relations = entities ? gat_regrow(q->relation, q->count, capacity, sizeof *relations) : NULL;
        if (!relations) return error_nomem(err);
        q->relation = relations;
        q->capacity = capacity;
    }
    q->entity[q->count] = entity;
    q->relation[q->count++] = relation;
    return GAT_OK;
}

/* Columns found; at most COLUMNS of them are cut. */
static int cut(field *fields, const char *line, size_t length)
{
    int count = 0;
    const char *at = line, *end = line + length;
    for (;;) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        if (count < COLUMNS) fields[count] = (field){at, (size_t)((tab ? tab : end) - at)};
        count++;
        if (!tab) return count;
        at = tab + 1;
    }
}

static bool is_mark(field f) { return f.length == 1 && *f.bytes == '?'; }

/* Id of a name; an unknown one is the file's fault, with the names nearest to it. */
static gat_status find_name(int32_t *id, const gat_intern *names, field f, const char *kind, const gat_lines *lines,
                            gat_error *err)
{
    *id = intern_find(names, f.bytes, f.length);
    if (*id >= 0) return GAT_OK;
    gat_error inner = {0};
    char *name = gat_strndup(f.bytes, f.length);
    if (!name) return error_nomem(err);
    vocab_lookup(id, names, name, kind, &inner);
    gat_free(name);
    return lines_error(lines, err, "%s", inner.message);
}

static gat_status take_line(questions *q, const gat_lines *lines, field line, const model_view *view, gat_error *err)
{
    field f[COLUMNS];
    int32_t entity, relation, num_relations = view->model->num_seen_relations;
    int columns = cut(f, line.bytes, line.length);
    if (columns != COLUMNS) return lines_error(lines, err, "expected 3 columns separated by tabs, found %d", columns);
    bool head = is_mark(f[0]), tail = is_mark(f[2]);
    if (head == tail)
        return lines_error(lines, err, "expected \"?\" as head or as tail, found it as %s", head ? "both" : "neither");
    gat_status st = find_name(&relation, view->model->relations, f[1], "relation", lines, err);
    if (!st && relation >= num_relations)
        st = lines_error(lines, err, "relation \"%.*s\" does not occur in the model's training facts",
                         (int)(f[1].length < 200 ? f[1].length : 200), f[1].bytes);
    if (!st) st = find_name(&entity, view->entities, tail ? f[0] : f[2], "entity", lines, err);
    return st ? st : push(q, entity, tail ? relation : relation + num_relations, err);
}

static gat_status take_lines(questions *q, gat_lines *lines, const model_view *view, gat_error *err)
{
    field line;
    gat_status st;
    while (!(st = lines_next(lines, &line.bytes, &line.length, err)) && line.bytes)
        if (line.length && (st = take_line(q, lines, line, view, err))) break;
    return st;
}

static gat_status read_questions(questions *q, const char *path, const model_view *view, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    gat_status st = reader_open(&reader, path, err);
    if (!st) st = lines_open(&lines, reader, err);
    if (!st) st = take_lines(q, lines, view, err);
    if (!st && !q->count) st = error_set(err, GAT_EDATA, "%.400s: no questions (the file is empty)", path);
    lines_close(lines);
    reader_close(reader);
    return st;
}

static gat_status write_scores(gat_writer *writer, const questions *q, const model_view *view, gat_error *err)
{
    int64_t n = view->num_entities, rows = RANKER_SCORES / (n + 1);
    rows = rows < 8 ? 8 : rows > RANKER_ROWS ? RANKER_ROWS : rows;
    float *scores = gat_alloc(rows * n, sizeof *scores);
    gat_status st = scores ? npy_write_header(writer, q->count, n, err) : error_nomem(err);
    for (int64_t first = 0; !st && first < q->count; first += rows) {
        int64_t count = q->count - first < rows ? q->count - first : rows;
        st = view_score(scores, view, q->entity + first, q->relation + first, count, err);
        if (!st) st = writer_write(writer, scores, (size_t)(count * n) * sizeof *scores, err);
    }
    gat_free(scores);
    return st;
}

gat_status score_file(const gat_model *model, const char *queries, const char *npy, const char *entities,
                      const gat_dataset *graph, int64_t *rows, gat_error *err)
{
    task_view v;
    questions q = {0};
    file_pair files;
    gat_status st = task_view_open(&v, model, graph, err);
    if (!st) st = read_questions(&q, queries, v.view, err);
    if (!st) st = file_pair_open(&files, npy, entities, err);
    if (!st) {
        st = write_scores(files.first, &q, v.view, err);
        if (!st) st = write_names(files.second, v.view->entities, err);
        st = file_pair_close(&files, st, err);
    }
    if (rows) *rows = st ? 0 : q.count;
    questions_clear(&q);
    task_view_close(&v);
    return st;
}

/* Routes that ask a model about text. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "server/answers.h"

enum { MOST_ENTRIES = 1000 };

enum { LINE_FORM = JSON_COMPACT | JSON_ENCODE_ANY };

/* Entries one a line into `lines`; false: no memory to write one with. */
static bool write_lines(char *lines, size_t size, const json_t *list)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        size_t written = json_dumpb(entry, lines, size, LINE_FORM);
        if (!written || written + 1 >= size) return false;
        lines[written] = '\n';
        lines += written + 1;
        size -= written + 1;
    }
    *lines = 0;
    return true;
}

/* *out <- the entries of the body's list as JSON lines; free with gat_free. */
static gat_status lines_of(char **out, const json_t *body, const char *key, gat_error *err)
{
    const json_t *list = json_object_get(body, key);
    size_t size = 2, i;
    json_t *entry;
    *out = NULL;
    if (!json_array_size(list) || json_array_size(list) > MOST_ENTRIES || json_object_size(body) != 1)
        return error_set(err, GAT_EUSAGE, "the body is {\"%s\": [...]} with 1 to %d entries", key, MOST_ENTRIES);
    json_array_foreach(list, i, entry) size += json_dumpb(entry, NULL, 0, LINE_FORM) + 1;
    *out = gat_alloc((int64_t)size, 1);
    return *out && write_lines(*out, size, list) ? GAT_OK : error_nomem(err);
}

static json_t *labels_array(const gat_extraction *x)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < x->num_answers; i++)
        array = report_append(array, json_pack("{s:s,s:o}", "label", x->answer[i].label, "probability",
                                               report_number(x->answer[i].probability)));
    return array;
}

static json_t *words_array(const gat_extraction *x)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < x->num_words; i++) {
        json_t *attention = x->attention ? report_number((double)x->attention[i]) : json_null();
        array = report_append(array, json_pack("{s:o,s:o}", "word", report_string(x->word[i]), "attention", attention));
    }
    return array;
}

/* One extraction into the list of the call. */
static int on_sentence(void *context, const gat_extraction *x)
{
    json_t **list = context;
    *list = report_append(*list, json_pack("{s:o,s:[i,i],s:[i,i],s:o,s:o,s:o}", "answers", labels_array(x), "e1",
                                           x->span[0][0], x->span[0][1], "e2", x->span[1][0], x->span[1][1], "entity1",
                                           report_string(x->entity[0]), "entity2", report_string(x->entity[1]), "words",
                                           words_array(x)));
    return !*list;
}

gat_status answer_extract(json_t **out, const route_call *call, gat_error *err)
{
    char *lines;
    json_t *list = json_array();
    gat_extract_options options = {.attention = true, .on_sentence = on_sentence, .context = &list};
    gat_status st = lines_of(&lines, call->body, "sentences", err);
    if (!st)
        st = gat_relations_extract_memory(call->model->relations, lines, strlen(lines), "sentences", &options, err);
    gat_free(lines);
    if (!st) *out = json_pack("{s:O}", "sentences", list);
    json_decref(list);
    return st;
}

static int on_mention(void *context, const gat_link_answer *x)
{
    json_t **list = context;
    *list = report_append(*list, report_link_answer(x));
    return !*list;
}

/* A linker without a graph knows no names to find. */
gat_status answer_link(json_t **out, const route_call *call, gat_error *err)
{
    char *lines;
    json_t *list = json_array();
    const hosted_model *m = call->model;
    gat_link_options options = {.find_mentions = m->link.names, .on_mention = on_mention, .context = &list};
    gat_status st = lines_of(&lines, call->body, "documents", err);
    if (!st) st = gat_linker_answer_memory(m->linker, lines, strlen(lines), "documents", &options, err);
    gat_free(lines);
    if (!st) *out = json_pack("{s:O}", "mentions", list);
    json_decref(list);
    return st;
}

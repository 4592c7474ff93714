/* One JSON object a line, of either form:
 *     {"id", "tokens" or "text", "e1": [from, to], "e2", "e1_id", "e2_id", "head", "deprel", "label"}
 *     {"token" or "text", "h": {"name", "id", "pos": [from, to]}, "t", "relation"}                          (OpenNRE)
 * Spans count tokens, or code points of a text. "head" counts words from 1, 0 is the root. "label": a string, or a list of
 * strings where several relations may hold, or none. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "text/sentence_file.h"
#include "text/unicode_text.h"

/* A line in the making. */
typedef struct line {
    sentence_list *list;
    const gat_lines *lines;
    json_t *object;
    int64_t span[2][2];
} line;

static sentence *current(const line *l) { return &l->list->data[l->list->count - 1]; }

static gat_status set_string(int32_t *id, const line *l, const json_t *value, gat_error *err)
{
    return sentence_string(id, l->list, json_string_value(value), json_string_length(value), err);
}

static gat_status set_number(int32_t *id, const line *l, long long value, gat_error *err)
{
    char number[32];
    int n = snprintf(number, sizeof number, "%lld", value);
    return sentence_string(id, l->list, number, (size_t)n, err);
}

static gat_status read_id(const line *l, gat_error *err)
{
    const json_t *id = json_object_get(l->object, "id");
    if (json_is_string(id)) return set_string(&current(l)->id, l, id, err);
    long long value = json_is_integer(id) ? json_integer_value(id) : (long long)lines_number(l->lines);
    return set_number(&current(l)->id, l, value, err);
}

/* None where it is missing or empty. */
static gat_status read_entity_id(const line *l, int k, const json_t *id, gat_error *err)
{
    int32_t *entity = &current(l)->entity[k];
    if (!id || json_is_null(id) || (json_is_string(id) && !json_string_length(id))) return GAT_OK;
    if (json_is_integer(id)) return set_number(entity, l, json_integer_value(id), err);
    if (!json_is_string(id)) return lines_error(l->lines, err, "the id of e%d is neither string nor number", k + 1);
    return set_string(entity, l, id, err);
}

static gat_status read_span(line *l, int k, const json_t *pair, gat_error *err)
{
    const json_t *from = json_array_get(pair, 0), *to = json_array_get(pair, 1);
    if (json_array_size(pair) != 2 || !json_is_integer(from) || !json_is_integer(to))
        return lines_error(l->lines, err, "e%d is no span [from, to]", k + 1);
    l->span[k][0] = json_integer_value(from);
    l->span[k][1] = json_integer_value(to);
    return GAT_OK;
}

static gat_status read_entity(line *l, int k, gat_error *err)
{
    static const char *const names[] = {"e1", "e2"}, *const ids[] = {"e1_id", "e2_id"}, *const other[] = {"h", "t"};
    const json_t *span = json_object_get(l->object, names[k]), *id = json_object_get(l->object, ids[k]);
    const json_t *entity = json_object_get(l->object, other[k]);
    if (!span && entity) {
        span = json_object_get(entity, "pos");
        id = json_object_get(entity, "id");
    }
    gat_status st = span ? read_span(l, k, span, err) : lines_error(l->lines, err, "%s is missing", names[k]);
    return st ? st : read_entity_id(l, k, id, err);
}

static gat_status add_label(const line *l, const json_t *label, gat_error *err)
{
    sentence *s = current(l);
    if (!json_is_string(label)) return lines_error(l->lines, err, "a label is no string");
    if (s->num_labels == SENTENCE_MOST_LABELS)
        return lines_error(l->lines, err, "more than %d labels", SENTENCE_MOST_LABELS);
    return set_string(&s->label[s->num_labels++], l, label, err);
}

static gat_status read_labels(const line *l, gat_error *err)
{
    const json_t *label = json_object_get(l->object, "label");
    if (!label) label = json_object_get(l->object, "relation");
    if (!label || json_is_null(label)) return GAT_OK;
    current(l)->num_labels = 0;
    if (!json_is_array(label)) return add_label(l, label, err);
    gat_status st = GAT_OK;
    for (size_t i = 0; !st && i < json_array_size(label); i++) st = add_label(l, json_array_get(label, i), err);
    return st;
}

static int32_t clamp(int64_t x) { return x < -1 ? -1 : x > INT32_MAX / 2 ? INT32_MAX / 2 : (int32_t)x; }

static gat_status read_tokens(const line *l, const json_t *tokens, gat_error *err)
{
    gat_status st = GAT_OK;
    size_t n = json_array_size(tokens);
    if (n > SENTENCE_MOST_WORDS) return lines_error(l->lines, err, "more than %d words", SENTENCE_MOST_WORDS);
    for (size_t i = 0; !st && i < n; i++) {
        const json_t *word = json_array_get(tokens, i);
        if (!json_is_string(word)) return lines_error(l->lines, err, "token %zu is no string", i);
        st = sentence_word(l->list, json_string_value(word), json_string_length(word), err);
    }
    for (int k = 0; !st && k < 2; k++) current(l)->e[k] = (text_span){clamp(l->span[k][0]), clamp(l->span[k][1])};
    return st;
}

static gat_status read_text(const line *l, const json_t *text, gat_error *err)
{
    const char *s = json_string_value(text);
    size_t length = json_string_length(text), span[2][2];
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 2; i++) {
            int64_t at = l->span[k][i] < 0 ? -1 : text_offset(s, length, l->span[k][i]);
            if (at < 0 && length) return lines_error(l->lines, err, "e%d is outside the text", k + 1);
            span[k][i] = at < 0 ? 0 : (size_t)at;
        }
    for (int k = 0; length && k < 2; k++)
        if (span[k][0] >= span[k][1]) return lines_error(l->lines, err, "e%d is empty", k + 1);
    if (length && span[0][0] < span[1][1] && span[1][0] < span[0][1])
        return lines_error(l->lines, err, "e1 and e2 overlap");
    return sentence_tokenise(l->list, l->lines, s, length, (const size_t(*)[2])span, err);
}

static gat_status read_words(const line *l, gat_error *err)
{
    const json_t *tokens = json_object_get(l->object, "tokens"), *text = json_object_get(l->object, "text");
    if (!tokens) tokens = json_object_get(l->object, "token");
    if (json_is_array(tokens)) return read_tokens(l, tokens, err);
    if (json_is_string(text)) return read_text(l, text, err);
    return lines_error(l->lines, err, "neither \"tokens\" nor \"text\"");
}

static gat_status read_parse(const line *l, gat_error *err)
{
    const json_t *head = json_object_get(l->object, "head"), *deprel = json_object_get(l->object, "deprel");
    sentence *s = current(l);
    if (!head || json_is_null(head)) return GAT_OK;
    size_t n = (size_t)s->num_tokens;
    if (json_array_size(head) != n || json_array_size(deprel) != n)
        return lines_error(l->lines, err, "head and deprel need one entry a word");
    for (size_t i = 0; i < n; i++) {
        const json_t *governor = json_array_get(head, i), *name = json_array_get(deprel, i);
        if (!json_is_integer(governor) || !json_is_string(name))
            return lines_error(l->lines, err, "head is a list of numbers, deprel one of strings");
        json_int_t g = json_integer_value(governor) - 1;
        if (g < -1 || g >= s->num_tokens || g == (json_int_t)i)
            return lines_error(l->lines, err, "head of word %zu is no other word", i + 1);
        l->list->governor[s->first + (int64_t)i] = (int32_t)g;
        gat_status st = set_string(&l->list->deprel[s->first + (int64_t)i], l, name, err);
        if (st) return st;
    }
    s->parsed = true;
    return GAT_OK;
}

gat_status json_line_read(sentence_list *list, const gat_lines *lines, const char *text, size_t length, gat_error *err)
{
    json_error_t fault;
    sentence *s;
    line l = {.list = list, .lines = lines, .object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault)};
    if (!l.object) return lines_error(lines, err, "no JSON: %s", fault.text);
    gat_status st = json_is_object(l.object) ? sentence_begin(&s, list, lines_number(lines), err)
                                             : lines_error(lines, err, "no JSON object");
    if (!st) st = read_id(&l, err);
    for (int k = 0; !st && k < 2; k++) st = read_entity(&l, k, err);
    if (!st) st = read_words(&l, err);
    if (!st) st = read_labels(&l, err);
    if (!st) st = read_parse(&l, err);
    json_decref(l.object);
    return st;
}

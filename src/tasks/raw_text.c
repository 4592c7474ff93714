#include "tasks/raw_text.h"

#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/unicode_text.h"

gat_status raw_text_open(raw_text *r, const char *path, gat_error *err)
{
    gat_status st = reader_open(&r->reader, path, err);
    return st ? st : lines_open(&r->lines, r->reader, err);
}

void raw_text_close(raw_text *r)
{
    if (r->lines) lines_close(r->lines);
    if (r->reader) reader_close(r->reader);
    gat_free(r->text);
    gat_free(r->token);
    *r = (raw_text){0};
}

static gat_status reserve(raw_text *r, size_t bytes, int64_t tokens, gat_error *err)
{
    if (bytes > r->capacity) {
        gat_free(r->text);
        r->text = gat_alloc((int64_t)bytes, 1);
        r->capacity = r->text ? bytes : 0;
    }
    if (tokens > r->token_capacity) {
        gat_free(r->token);
        r->token = gat_alloc(tokens, sizeof *r->token);
        r->token_capacity = r->token ? tokens : 0;
    }
    return r->capacity >= bytes && r->token_capacity >= tokens ? GAT_OK : error_nomem(err);
}

static gat_status take_tokens(raw_text *r, const json_t *tokens, gat_error *err)
{
    size_t n = json_array_size(tokens), bytes = 0;
    for (size_t i = 0; i < n; i++) bytes += json_string_length(json_array_get(tokens, i)) + 1;
    gat_status st = reserve(r, bytes + 1, (int64_t)n + 1, err);
    if (st) return st;
    r->length = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *word = json_array_get(tokens, i);
        r->token[i] = r->length;
        memcpy(r->text + r->length, json_string_value(word), json_string_length(word));
        r->length += json_string_length(word);
        r->text[r->length++] = ' ';
    }
    r->token[n] = r->length;
    r->tokens = (int64_t)n;
    return GAT_OK;
}

static gat_status take(raw_text *r, const json_t *object, gat_error *err)
{
    const json_t *text = json_object_get(object, "text"), *tokens = json_object_get(object, "tokens");
    if (json_is_array(tokens)) return take_tokens(r, tokens, err);
    if (!json_is_string(text))
        return lines_error(r->lines, err, "neither \"tokens\" nor \"text\": relations are read from texts");
    gat_status st = reserve(r, json_string_length(text) + 1, 0, err);
    if (st) return st;
    r->length = json_string_length(text);
    memcpy(r->text, json_string_value(text), r->length);
    r->tokens = -1;
    return GAT_OK;
}

gat_status raw_text_line(raw_text *r, int64_t line, gat_error *err)
{
    const char *s;
    size_t length;
    json_error_t fault;
    gat_status st;
    do st = lines_next(r->lines, &s, &length, err);
    while (!st && s && lines_number(r->lines) < line);
    if (st) return st;
    json_t *object = s ? json_loadb(s, length, 0, &fault) : NULL;
    st = object ? take(r, object, err) : lines_error(r->lines, err, "the file has changed while it was read");
    json_decref(object);
    return st;
}

gat_status raw_text_span(size_t *from, size_t *to, const raw_text *r, int64_t start, int64_t end, gat_error *err)
{
    if (r->tokens >= 0 && start >= 0 && end > start && end <= r->tokens) {
        *from = r->token[start];
        *to = r->token[end] - 1;
        return GAT_OK;
    }
    int64_t a = r->tokens < 0 && start >= 0 ? text_offset(r->text, r->length, start) : -1;
    int64_t n = a >= 0 ? text_offset(r->text + a, r->length - (size_t)a, end - start) : -1;
    *from = (size_t)a;
    *to = (size_t)(a + n);
    return a >= 0 && n > 0 ? GAT_OK : lines_error(r->lines, err, "a mention is outside the text");
}

#include "link/document_file.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "text/unicode_text.h"

/* A line in the making. */
typedef struct line {
    const document_file *file;
    gat_arena *arena;
    json_t *object;
    link_document *d;
    const char *text; /* of the whole document, or NULL */
    size_t length;
    size_t *token; /* (tokens + 1) their starts in text; NULL: spans count code points */
    int64_t tokens;
    int64_t start, start_byte; /* of the mention read last, in code points and bytes */
} line;

gat_status document_file_open(document_file *f, const char *path, gat_error *err)
{
    gat_reader *source;
    *f = (document_file){.reader = NULL};
    gat_status st = reader_open(&source, path, err);
    return st ? st : document_file_take(f, source, err);
}

gat_status document_file_take(document_file *f, gat_reader *source, gat_error *err)
{
    *f = (document_file){.reader = source};
    gat_status st = lines_open(&f->lines, f->reader, err);
    if (st) document_file_close(f);
    return st;
}

void document_file_close(document_file *f)
{
    if (f->lines) lines_close(f->lines);
    if (f->reader) reader_close(f->reader);
    f->lines = NULL;
    f->reader = NULL;
}

static gat_status set_text(const char **out, const line *l, const json_t *value, gat_error *err)
{
    *out = arena_text(l->arena, json_string_value(value), json_string_length(value));
    return *out ? GAT_OK : error_nomem(err);
}

static gat_status read_id(const line *l, gat_error *err)
{
    const json_t *id = json_object_get(l->object, "id");
    char number[32];
    if (!id) id = json_object_get(l->object, "doc");
    if (json_is_string(id)) return set_text(&l->d->id, l, id, err);
    long long value = json_is_integer(id) ? json_integer_value(id) : (long long)l->d->line;
    int n = snprintf(number, sizeof number, "%lld", value);
    l->d->id = arena_text(l->arena, number, (size_t)n);
    return l->d->id ? GAT_OK : error_nomem(err);
}

static gat_status bad(const line *l, gat_error *err, const char *what)
{
    return lines_error(l->file->lines, err, "%s", what);
}

/* ---- candidates given ------------------------------------------------------------------------------------ */

static float number_at(const json_t *row, size_t i) { return (float)json_number_value(json_array_get(row, i)); }

static gat_status read_entity(link_entity *e, const line *l, const json_t *row, gat_error *err)
{
    const json_t *title = json_array_get(row, 1), *type = json_array_get(row, 4);
    if (!json_is_number(json_array_get(row, 2)) || !json_is_number(json_array_get(row, 3)) || !json_is_string(title) ||
        !json_string_length(title))
        return bad(l, err, "an entity is no [id, title, in-links, out-links, type, popularity]");
    gat_status st = set_text(&e->title, l, title, err);
    e->id = e->title;
    e->number = -1;
    e->type = "";
    if (!st && json_is_string(type)) st = set_text(&e->type, l, type, err);
    e->in_links = number_at(row, 2);
    e->out_links = number_at(row, 3);
    e->popularity = json_is_number(json_array_get(row, 5)) ? number_at(row, 5) : -1;
    if (!st && (!(e->in_links >= 0) || !(e->out_links >= 0) || !isfinite(e->in_links + e->out_links + e->popularity)))
        return bad(l, err, "numbers of links are finite and not below 0");
    return st;
}

static gat_status read_entities(const line *l, gat_error *err)
{
    const json_t *rows = json_object_get(l->object, "entities");
    size_t n = json_array_size(rows);
    gat_status st = GAT_OK;
    l->d->entity = arena_zeroed(l->arena, (int64_t)n, sizeof *l->d->entity);
    if (!l->d->entity) return error_nomem(err);
    for (size_t i = 0; !st && i < n; i++) st = read_entity(&l->d->entity[i], l, json_array_get(rows, i), err);
    l->d->num_entities = (int64_t)n;
    return st;
}

/* An entity of the document, or -1. */
static int32_t entity_number(const line *l, const json_t *value)
{
    json_int_t i = json_is_integer(value) ? json_integer_value(value) : -1;
    return i >= 0 && i < l->d->num_entities ? (int32_t)i : -1;
}

static gat_status read_edges(const line *l, gat_error *err)
{
    const json_t *rows = json_object_get(l->object, "edges");
    size_t n = json_array_size(rows);
    l->d->edge = arena_zeroed(l->arena, (int64_t)n, sizeof *l->d->edge);
    if (!l->d->edge) return error_nomem(err);
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(rows, i);
        int32_t from = entity_number(l, json_array_get(row, 0)), to = entity_number(l, json_array_get(row, 1));
        if (from < 0 || to < 0) return bad(l, err, "an edge joins no two entities of the document");
        if (from != to) l->d->edge[l->d->num_edges++] = (link_edge){from, to};
    }
    return GAT_OK;
}

static bool holds(const link_mention *m, int32_t entity)
{
    for (int32_t i = 0; i < m->num_candidates; i++)
        if (m->candidate[i] == entity) return true;
    return false;
}

static gat_status read_candidates(link_mention *m, const line *l, const json_t *list, gat_error *err)
{
    size_t n = json_array_size(list);
    if (n > MOST_CANDIDATES) return bad(l, err, "a mention has more than 200 candidates");
    m->candidate = arena_zeroed(l->arena, (int64_t)n, sizeof *m->candidate);
    if (!m->candidate) return error_nomem(err);
    for (size_t i = 0; i < n; i++) {
        int32_t entity = entity_number(l, json_array_get(list, i));
        if (entity < 0) return bad(l, err, "a candidate is no entity of the document");
        if (!holds(m, entity)) m->candidate[m->num_candidates++] = entity;
    }
    return GAT_OK;
}

/* gold_ix says which candidate; without it gold names it. */
static gat_status read_gold(link_mention *m, const line *l, const json_t *object, gat_error *err)
{
    const json_t *gold = json_object_get(object, "gold"), *index = json_object_get(object, "gold_ix");
    gat_status st = GAT_OK;
    m->gold = GOLD_OPEN;
    if (json_is_string(gold)) st = set_text(&m->gold_id, l, gold, err);
    if (st || !m->gold_id) return st;
    m->gold = strcmp(m->gold_id, "NIL") ? GOLD_MISSED : GOLD_NIL;
    if (!json_is_integer(index) || json_integer_value(index) < 0) return GAT_OK;
    int32_t entity = entity_number(l, index);
    if (entity < 0) return bad(l, err, "gold_ix is no entity of the document");
    if (holds(m, entity)) m->gold = entity;
    return GAT_OK;
}

static gat_status read_given(link_mention *m, const line *l, const json_t *object, gat_error *err)
{
    const json_t *text = json_object_get(object, "text"), *context = json_object_get(object, "ctx");
    if (!json_is_string(text) || !json_string_length(text)) return bad(l, err, "a mention has no text");
    m->from = m->to = -1;
    m->way = NAME_GIVEN;
    gat_status st = set_text(&m->text, l, text, err);
    m->context = m->text;
    if (!st && json_is_string(context) && json_string_length(context)) st = set_text(&m->context, l, context, err);
    if (!st) st = read_candidates(m, l, json_object_get(object, "cand"), err);
    return st ? st : read_gold(m, l, object, err);
}

/* ---- text and spans -------------------------------------------------------------------------------------- */

/* Tokens joined by blanks. */
static gat_status join_tokens(line *l, const json_t *tokens, gat_error *err)
{
    size_t n = json_array_size(tokens), size = 1;
    for (size_t i = 0; i < n; i++) {
        if (!json_string_length(json_array_get(tokens, i))) return bad(l, err, "a token is no string or empty");
        size += json_string_length(json_array_get(tokens, i)) + 1;
    }
    char *text = arena_zeroed(l->arena, (int64_t)size, 1);
    l->token = arena_zeroed(l->arena, (int64_t)n + 1, sizeof *l->token);
    if (!text || !l->token) return error_nomem(err);
    for (size_t i = 0; i < n; i++) {
        const json_t *token = json_array_get(tokens, i);
        l->token[i] = l->length;
        memcpy(text + l->length, json_string_value(token), json_string_length(token));
        l->length += json_string_length(token);
        text[l->length++] = ' ';
    }
    l->token[n] = l->length;
    l->tokens = (int64_t)n;
    l->text = text;
    return GAT_OK;
}

static gat_status read_text(line *l, gat_error *err)
{
    const json_t *tokens = json_object_get(l->object, "tokens"), *text = json_object_get(l->object, "text");
    gat_status st = GAT_OK;
    if (json_is_array(tokens)) st = join_tokens(l, tokens, err);
    else if (json_is_string(text)) {
        st = set_text(&l->text, l, text, err);
        l->length = json_string_length(text);
    } else return bad(l, err, "neither \"tokens\" nor \"text\"");
    if (!st && strspn(l->text, " \t\r\n") == l->length) return bad(l, err, "the document is empty");
    return st;
}

/* Byte of code point `index`, counted from the start of the mention read last unless that lies behind it; -1: outside. */
static int64_t byte_of(const line *l, int64_t index)
{
    int64_t from = index < l->start ? 0 : l->start, byte = index < l->start ? 0 : l->start_byte;
    int64_t more = text_offset(l->text + byte, l->length - (size_t)byte, index - from);
    return more < 0 ? -1 : byte + more;
}

/* The bytes of a span; false: it is outside the text. */
static bool span_bytes(size_t *from, size_t *to, line *l, int64_t start, int64_t end)
{
    if (start < 0 || end <= start) return false;
    if (l->token) {
        if (end > l->tokens) return false;
        *from = l->token[start];
        *to = l->token[end] - 1;
        return true;
    }
    int64_t a = byte_of(l, start);
    if (a < 0) return false;
    l->start = start;
    l->start_byte = a;
    int64_t b = byte_of(l, end);
    *from = (size_t)a;
    *to = (size_t)b;
    return b > a;
}

static gat_status read_spanned(link_mention *m, line *l, const json_t *object, gat_error *err)
{
    const json_t *start = json_object_get(object, "start"), *end = json_object_get(object, "end");
    const json_t *entity = json_object_get(object, "entity");
    size_t from, to;
    if (!json_is_integer(start) || !json_is_integer(end)) return bad(l, err, "a mention has no start and end");
    m->from = json_integer_value(start);
    m->to = json_integer_value(end);
    if (!span_bytes(&from, &to, l, m->from, m->to)) return bad(l, err, "a mention is empty or outside the text");
    m->first_byte = from;
    m->end_byte = to;
    m->text = m->context = arena_text(l->arena, l->text + from, to - from);
    m->gold = GOLD_OPEN;
    if (!m->text) return error_nomem(err);
    if (!json_is_string(entity)) return GAT_OK;
    gat_status st = set_text(&m->gold_id, l, entity, err);
    if (!st) m->gold = strcmp(m->gold_id, "NIL") ? GOLD_MISSED : GOLD_NIL;
    return st;
}

/* ---------------------------------------------------------------------------------------------------------- */

static gat_status read_mentions(line *l, gat_error *err)
{
    const json_t *list = json_object_get(l->object, "mentions");
    size_t n = json_array_size(list);
    gat_status st = GAT_OK;
    if (!json_is_array(list) && !l->file->find) return bad(l, err, "no list of mentions");
    if (n > MOST_MENTIONS) return bad(l, err, "more than 20000 mentions");
    l->d->mention = arena_zeroed(l->arena, (int64_t)n, sizeof *l->d->mention);
    if (!l->d->mention) return error_nomem(err);
    for (size_t i = 0; !st && i < n; i++) {
        const json_t *object = json_array_get(list, i);
        if (l->d->given) st = read_given(&l->d->mention[i], l, object, err);
        else st = read_spanned(&l->d->mention[i], l, object, err);
    }
    l->d->num_mentions = (int64_t)n;
    return st;
}

static gat_status read_document(line *l, gat_error *err)
{
    gat_status st = read_id(l, err);
    l->d->given = json_is_array(json_object_get(l->object, "entities"));
    if (!st && l->d->given) {
        st = read_entities(l, err);
        if (!st) st = read_edges(l, err);
    } else if (!st) st = read_text(l, err);
    return st ? st : read_mentions(l, err);
}

gat_status document_file_next(link_document **out, const char **text, document_file *f, gat_arena *arena,
                              gat_error *err)
{
    const char *s;
    size_t length;
    json_error_t fault;
    *out = NULL;
    *text = NULL;
    gat_status st;
    do st = lines_next(f->lines, &s, &length, err);
    while (!st && s && !length);
    if (st || !s) return st;
    line l = {.file = f, .arena = arena, .d = arena_zeroed(arena, 1, sizeof *l.d)};
    if (!l.d) return error_nomem(err);
    l.d->line = lines_number(f->lines);
    l.object = json_loadb(s, length, JSON_REJECT_DUPLICATES, &fault);
    if (!l.object) return lines_error(f->lines, err, "no JSON: %s", fault.text);
    st = json_is_object(l.object) ? read_document(&l, err) : bad(&l, err, "no JSON object");
    json_decref(l.object);
    if (st) return st;
    l.d->text = l.text;
    l.d->token = l.token;
    l.d->num_tokens = l.tokens;
    *out = l.d;
    *text = l.text;
    return GAT_OK;
}

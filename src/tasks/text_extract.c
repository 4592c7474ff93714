#include "tasks/text_extract.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "link/link_source.h"
#include "tasks/raw_text.h"
#include "text/relation_reader.h"
#include "text/unicode_text.h"

enum { MOST_BEFORE = 64, FARTHEST = 1000, BESIDE = 1000 }; /* mentions; bytes between two, and to either side of them */

/* A linked mention of the document at hand: bytes of its text, and a string of `entities`. */
typedef struct place {
    size_t from, to;
    int32_t entity;
} place;

/* An extraction under way. */
typedef struct reading {
    relation_asker *asker;
    bool both_orders;
    gat_intern *entities; /* the asker's list forgets its strings now and then */
    raw_text raw;
    int64_t line; /* of the document at hand; 0: none */
    char *id;
    place *mention; /* (count) by place */
    int64_t count, capacity;
    gat_status status; /* of a callback, which can only say that it failed */
    gat_error error;
} reading;

static bool has_directions(const gat_relations *m)
{
    bool reversed;
    for (int32_t l = 0; l < relations_labels(m); l++) {
        const char *label = intern_string(m->labels, l);
        if (label_bare(label, &reversed) < strlen(label)) return true;
    }
    return false;
}

static gat_status name_entity(sentence *s, int k, reading *r, int32_t entity)
{
    const char *name = intern_string(r->entities, entity);
    return sentence_string(&s->entity[k], relation_asker_list(r->asker), name, strlen(name), &r->error);
}

/* The part of a sentence that two mentions are judged by: all of it, unless it is endless; cut at blanks. */
static void cut_sentence(size_t *from, size_t *to, const char *text, size_t first, size_t last)
{
    if (first > *from + BESIDE) {
        size_t at = first - BESIDE;
        while (at < first && text[at] != ' ') at++;
        *from = at;
    }
    if (*to > last + BESIDE) {
        size_t at = last + BESIDE;
        while (at > last && text[at] != ' ') at--;
        *to = at;
    }
}

/* One pair as a sentence of its own: words of [from, to) of the text. Mentions that overlap make none. */
static gat_status add_pair(reading *r, size_t from, size_t to, const place *a, const place *b)
{
    size_t first = a->from < b->from ? a->from : b->from, last = a->to > b->to ? a->to : b->to;
    if (last - first > FARTHEST) return GAT_OK;
    cut_sentence(&from, &to, r->raw.text, first, last);
    sentence_list *list = relation_asker_list(r->asker);
    const size_t span[2][2] = {{a->from - from, a->to - from}, {b->from - from, b->to - from}};
    sentence *s;
    if (a->from < b->to && b->from < a->to) return GAT_OK;
    gat_status st = sentence_begin(&s, list, r->line, &r->error);
    if (st) return st;
    st = sentence_string(&s->id, list, r->id, strlen(r->id), &r->error);
    if (!st) st = name_entity(s, 0, r, a->entity);
    if (!st) st = name_entity(s, 1, r, b->entity);
    if (!st) st = sentence_tokenise(list, r->raw.lines, r->raw.text + from, to - from, span, &r->error);
    if (st) list->num_tokens = list->data[--list->count].first;
    return !st && list->count == READER_BATCH ? relation_asker_answer(r->asker, &r->error) : st;
}

/* The mentions [first, last) of the sentence [from, to). */
static gat_status add_sentence(reading *r, size_t from, size_t to, int64_t first, int64_t last)
{
    gat_status st = GAT_OK;
    for (int64_t j = first; !st && j < last; j++)
        for (int64_t i = j - MOST_BEFORE > first ? j - MOST_BEFORE : first; !st && i < j; i++) {
            if (r->mention[i].entity == r->mention[j].entity) continue;
            st = add_pair(r, from, to, &r->mention[i], &r->mention[j]);
            if (!st && r->both_orders) st = add_pair(r, from, to, &r->mention[j], &r->mention[i]);
        }
    return st;
}

/* The end of the sentence at `from` that no mention crosses; *last: the first mention behind it. */
static size_t whole_sentence(int64_t *last, const reading *r, size_t from, int64_t first)
{
    size_t end = text_sentence_end(r->raw.text, r->raw.length, from);
    for (*last = first; *last < r->count && r->mention[*last].from < end; (*last)++)
        if (r->mention[*last].to > end) end = text_sentence_end(r->raw.text, r->raw.length, r->mention[*last].to);
    return end;
}

static gat_status finish_document(reading *r)
{
    gat_status st = GAT_OK;
    size_t from = 0;
    for (int64_t first = 0, last; !st && first < r->count; first = last) {
        size_t to = whole_sentence(&last, r, from, first);
        if (last > first + 1) st = add_sentence(r, from, to, first, last);
        from = to;
    }
    r->count = 0;
    return st;
}

static gat_status begin_document(reading *r, const gat_link_answer *x)
{
    gat_status st = finish_document(r);
    gat_free(r->id);
    r->id = gat_strdup(x->document);
    if (!st && !r->id) st = error_nomem(&r->error);
    r->line = x->line;
    return st ? st : raw_text_line(&r->raw, x->line, &r->error);
}

static gat_status add_mention(reading *r, const gat_link_answer *x)
{
    place p;
    if (r->count == r->capacity) {
        int64_t more = r->capacity ? 2 * r->capacity : 256;
        place *grown = gat_regrow(r->mention, r->count, more, sizeof *grown);
        if (!grown) return error_nomem(&r->error);
        r->mention = grown;
        r->capacity = more;
    }
    gat_status st = raw_text_span(&p.from, &p.to, &r->raw, x->from, x->to, &r->error);
    if (st) return st;
    p.entity = intern_add(r->entities, x->entity, strlen(x->entity));
    if (p.entity < 0) return error_nomem(&r->error);
    int64_t at = r->count++;
    for (; at > 0 && r->mention[at - 1].from > p.from; at--) r->mention[at] = r->mention[at - 1];
    r->mention[at] = p;
    return GAT_OK;
}

static int on_mention(void *context, const gat_link_answer *x)
{
    reading *r = context;
    if (x->line != r->line) r->status = begin_document(r, x);
    if (!r->status && x->entity) r->status = add_mention(r, x);
    return r->status != GAT_OK;
}

/* ---- linking by names alone ------------------------------------------------------------------------------ */

/* Who is meant: what the document says, else the entity of that name with most facts. */
static const char *meant(const link_document *d, const link_mention *m)
{
    if (m->gold == GOLD_NIL) return NULL;
    if (m->gold_id) return m->gold_id;
    return m->num_candidates ? d->entity[m->candidate[0]].id : NULL;
}

static gat_status tell_document(reading *r, const link_document *d)
{
    for (int64_t i = 0; i < d->num_mentions; i++) {
        const link_mention *m = &d->mention[i];
        const gat_link_answer x = {
            .document = d->id, .line = d->line, .mention = i, .from = m->from, .to = m->to, .entity = meant(d, m)};
        if (on_mention(r, &x)) return GAT_EFAILED;
    }
    return GAT_OK;
}

static gat_status link_by_names(reading *r, const char *kg, const char *path, gat_error *err)
{
    lexicon names = {0};
    link_source source = {0};
    link_document *d = NULL;
    gat_arena *arena = arena_new();
    gat_status st = arena ? lexicon_load(&names, &(lexicon_sources){.kg = kg}, err) : error_nomem(err);
    if (!st) st = link_source_open(&source, path, &names, true, err);
    while (!st) {
        arena_reset(arena);
        st = link_source_next(&d, &source, arena, err);
        if (st || !d) break;
        st = tell_document(r, d);
    }
    link_source_close(&source);
    lexicon_clear(&names);
    arena_free(arena);
    return st;
}

/* ---------------------------------------------------------------------------------------------------------- */

static gat_status link_all(reading *r, const gat_linker *linker, const char *kg, const char *path, gat_error *err)
{
    const gat_link_options options = {.find_mentions = true, .on_mention = on_mention, .context = r};
    return linker ? linker_answer(linker, path, &options, err) : link_by_names(r, kg, path, err);
}

/* What is still to be said when linking has ended, well or at a fault of the file. */
static gat_status finish(reading *r, gat_status linked, gat_error *err)
{
    gat_error fault = {0};
    if (err) fault = *err;
    if (!r->status && (!linked || linked == GAT_EDATA)) r->status = finish_document(r);
    bool tell = !r->status || r->status == GAT_EDATA;
    gat_status told = tell && relation_asker_list(r->asker)->count ? relation_asker_answer(r->asker, err) : GAT_OK;
    if (told) return told;
    if (err) *err = r->status ? r->error : fault;
    return r->status ? r->status : linked;
}

gat_status text_extract(const gat_relations *model, const gat_linker *linker, const char *kg, const char *path,
                        const gat_extract_options *options, gat_error *err)
{
    reading r = {.both_orders = !has_directions(model), .entities = intern_new()};
    gat_status st = r.entities ? relation_asker_open(&r.asker, model, options, err) : error_nomem(err);
    if (!st && !file_exists(path)) st = error_set(err, GAT_EDATA, "%.500s: no such file", path);
    if (!st) st = raw_text_open(&r.raw, path, err);
    if (!st) st = finish(&r, link_all(&r, linker, kg, path, err), err);
    raw_text_close(&r.raw);
    relation_asker_close(r.asker);
    intern_free(r.entities);
    gat_free(r.id);
    gat_free(r.mention);
    return st;
}

/* Mentions and candidates of a document by the names of the lexicon. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "link/lexicon.h"
#include "link/name_lookup.h"
#include "text/unicode_text.h"

enum { WORD_MOST = 64, MOST_NEIGHBOURS = 64, MOST_LENT = 20000 };

/* ---- candidates ------------------------------------------------------------------------------------------ */

/* A document being filled; number (entities of the graph): 1 + its number in the document, 0: not there. */
typedef struct filling {
    link_document *d;
    const lexicon *x;
    int32_t *number, *of_graph; /* of_graph (room): the other way round */
    int64_t room;
} filling;

static int32_t number_of(filling *f, int32_t entity)
{
    if (f->number[entity]) return f->number[entity] - 1;
    if (f->d->num_entities == f->room) return -1;
    int32_t i = (int32_t)f->d->num_entities++;
    const char *id = intern_string(f->x->kg.entities, entity);
    const char *title = intern_string(f->x->titles, f->x->title[entity]);
    int32_t type = f->x->about.words ? f->x->about.type[entity] : -1;
    f->d->entity[i] = (link_entity){.number = entity,
                                    .id = id,
                                    .title = title,
                                    .type = type < 0 ? "" : intern_string(f->x->about.types, type),
                                    .in_links = (float)f->x->in[entity],
                                    .out_links = (float)f->x->out[entity],
                                    .popularity = -1};
    f->of_graph[i] = entity;
    f->number[entity] = i + 1;
    return i;
}

/* The place of a candidate of the mention, or -1. */
static int32_t place_of(const link_mention *m, int32_t number)
{
    for (int32_t i = 0; i < m->num_candidates; i++)
        if (m->candidate[i] == number) return i;
    return -1;
}

/* The entities of one name, until there are enough. */
static void add_candidates(link_mention *m, filling *f, int32_t name)
{
    for (int64_t i = f->x->start[name]; i < f->x->start[name + 1]; i++) {
        int32_t number = number_of(f, f->x->entity[i]);
        if (number < 0) return;
        int32_t place = place_of(m, number);
        if (place >= 0) {
            m->weight[place] = fmaxf(m->weight[place], f->x->weight[i]);
            continue;
        }
        if (m->num_candidates == LEXICON_CANDIDATES) return;
        m->weight[m->num_candidates] = f->x->weight[i];
        m->candidate[m->num_candidates++] = number;
    }
}

static gat_status find_gold(int32_t *gold, const link_mention *m, const lexicon *x, const document_file *file,
                            gat_error *err)
{
    *gold = -1;
    if (m->gold == GOLD_OPEN || m->gold == GOLD_NIL) return GAT_OK;
    *gold = intern_find(x->kg.entities, m->gold_id, strlen(m->gold_id));
    if (*gold < 0) return lines_error(file->lines, err, "the graph has no entity \"%.100s\"", m->gold_id);
    return GAT_OK;
}

static gat_status fill_mention(link_mention *m, filling *f, const document_file *file, gat_arena *arena, gat_error *err)
{
    int32_t name[LOOKUP_MOST], gold;
    int count;
    gat_status st = find_gold(&gold, m, f->x, file, err);
    if (!st) st = lookup_similar(&m->way, name, &count, f->x, m->text, strlen(m->text), err);
    if (st || !count) return st;
    m->candidate = arena_zeroed(arena, LEXICON_CANDIDATES, sizeof *m->candidate);
    m->weight = arena_zeroed(arena, LEXICON_CANDIDATES, sizeof *m->weight);
    if (!m->candidate || !m->weight) return error_nomem(err);
    for (int i = 0; i < count; i++) add_candidates(m, f, name[i]);
    for (int32_t i = 0; i < m->num_candidates; i++)
        if (f->of_graph[m->candidate[i]] == gold) m->gold = m->candidate[i];
    return GAT_OK;
}

/* The facts of a candidate; neighbours beyond the candidates lend theirs. */
static void add_links(filling *f, int32_t i, int64_t candidates)
{
    const kg_context *kg = &f->x->kg;
    int32_t entity = f->of_graph[i], relations = intern_count(kg->relations), lent = 0;
    for (int64_t e = kg->start[entity]; e < kg->start[entity + 1]; e++) {
        int32_t other = kg->edge[e].other;
        bool candidate = f->number[other] && f->number[other] <= candidates;
        if (!candidate && lent++ >= MOST_NEIGHBOURS) continue;
        int32_t j = number_of(f, other);
        if (j < 0 || j == i || (candidate && j < i)) continue;
        bool out = kg->edge[e].kind < relations;
        f->d->edge[f->d->num_edges++] = out ? (link_edge){i, j} : (link_edge){j, i};
    }
}

/* Room for the neighbours that the candidates may bring, and for all their facts. */
static gat_status make_room(filling *f, gat_arena *arena, gat_error *err)
{
    int64_t candidates = f->d->num_entities, facts = 0, lent = 0;
    for (int64_t i = 0; i < candidates; i++) {
        int64_t n = f->x->kg.start[f->of_graph[i] + 1] - f->x->kg.start[f->of_graph[i]];
        facts += n;
        lent += n < MOST_NEIGHBOURS ? n : MOST_NEIGHBOURS;
    }
    f->room = candidates + (lent < MOST_LENT ? lent : MOST_LENT);
    link_entity *entity = arena_zeroed(arena, f->room, sizeof *entity);
    int32_t *of_graph = gat_regrow(f->of_graph, candidates, f->room, sizeof *of_graph);
    f->d->edge = arena_zeroed(arena, facts, sizeof *f->d->edge);
    if (of_graph) f->of_graph = of_graph;
    if (!entity || !of_graph || !f->d->edge) return error_nomem(err);
    memcpy(entity, f->d->entity, (size_t)candidates * sizeof *entity);
    f->d->entity = entity;
    return GAT_OK;
}

gat_status lexicon_fill(link_document *d, const lexicon *x, const document_file *file, gat_arena *arena, gat_error *err)
{
    if (d->given) return GAT_OK;
    if (!x->kg.entities)
        return lines_error(file->lines, err,
                           "the document brings no candidates, and the model knows no graph: train with --kg");
    filling f = {.d = d, .x = x, .room = d->num_mentions * LEXICON_CANDIDATES};
    f.number = gat_calloc(intern_count(x->kg.entities), sizeof *f.number);
    f.of_graph = gat_calloc(f.room, sizeof *f.of_graph);
    d->entity = arena_zeroed(arena, f.room, sizeof *d->entity);
    gat_status st = f.number && f.of_graph && d->entity ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < d->num_mentions; i++) st = fill_mention(&d->mention[i], &f, file, arena, err);
    int64_t candidates = d->num_entities;
    if (!st) st = make_room(&f, arena, err);
    for (int64_t i = 0; !st && i < candidates; i++) add_links(&f, (int32_t)i, candidates);
    gat_free(f.number);
    gat_free(f.of_graph);
    return st;
}

/* ---- mentions -------------------------------------------------------------------------------------------- */

typedef struct word {
    size_t from, to;
} word;

static int64_t characters(const char *s, size_t from, size_t to)
{
    int64_t n = 0;
    for (size_t i = from; i < to; i++) n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

/* A text cut into words. */
typedef struct cut_text {
    const lexicon *x;
    const char *text;
    word *list;
    int64_t count;
    gat_intern *small; /* words that stand in it in small letters */
} cut_text;

static bool begins_sentence(const cut_text *t, int64_t w)
{
    if (!w) return true;
    const char *before = t->text + t->list[w - 1].from;
    size_t n = t->list[w - 1].to - t->list[w - 1].from;
    for (size_t i = t->list[w - 1].to; i < t->list[w].from; i++)
        if (t->text[i] == '\n') return true;
    return n == 1 ? strchr(".!?:\"(", *before) != NULL : n == 3 && !memcmp(before, "\xe2\x80", 2);
}

/* A capital at the beginning of a sentence tells nothing: not of "It", nor of a word that the text also has in small letters.
 * A small letter there is no such beginning. */
static bool is_plain_beginning(const cut_text *t, int64_t w)
{
    char lower[4 * WORD_MOST], copy[WORD_MOST];
    size_t n = t->list[w].to - t->list[w].from;
    if (n >= sizeof copy || !begins_sentence(t, w)) return false;
    if (t->text[t->list[w].from] >= 'a' && t->text[t->list[w].from] <= 'z') return false;
    memcpy(copy, t->text + t->list[w].from, n);
    copy[n] = 0;
    size_t m = text_normal_form(lower, sizeof lower, copy);
    if (*lower == *copy) return false; /* no capital */
    bool all_capitals = n > 1 && m == n && lower[1] != copy[1];
    return !all_capitals && (n <= 3 || intern_find(t->small, lower, m) >= 0);
}

/* Words of the longest name that begins at word w; 0: none. */
static int64_t longest_name(const cut_text *t, int64_t w)
{
    const lexicon *x = t->x;
    int64_t most = t->count - w < x->longest_name ? t->count - w : x->longest_name;
    int32_t name[LOOKUP_MOST];
    int found;
    for (int64_t n = most; n > 0; n--) {
        const char *s = t->text + t->list[w].from;
        size_t length = t->list[w + n - 1].to - t->list[w].from;
        name_way way = lookup_name(name, &found, x, s, length);
        if (lookup_is_mention(way, name, found, x, s, length) && (n > 1 || !is_plain_beginning(t, w))) return n;
    }
    return 0;
}

/* The words that begin with an ASCII letter or beyond and are written small. */
static gat_status find_small(cut_text *t, gat_error *err)
{
    t->small = intern_new();
    for (int64_t i = 0; t->small && i < t->count; i++) {
        const char *s = t->text + t->list[i].from;
        if (*s < 'a' || *s > 'z') continue;
        if (intern_add(t->small, s, t->list[i].to - t->list[i].from) < 0) return error_nomem(err);
    }
    return t->small ? GAT_OK : error_nomem(err);
}

static gat_status split_words(word **out, int64_t *count, const char *text, size_t length, gat_arena *arena,
                              gat_error *err)
{
    size_t from, to, at = 0;
    *count = 0;
    *out = arena_zeroed(arena, (int64_t)length, sizeof **out);
    if (!*out) return error_nomem(err);
    while (text_next_word(&from, &to, &at, text, length, NULL, 0)) (*out)[(*count)++] = (word){from, to};
    return GAT_OK;
}

/* End of s[from .. to) without the 's of "Ford's", unless a name has it. */
static size_t without_genitive(const cut_text *t, size_t from, size_t to)
{
    static const char *const endings[] = {"'s", "\xe2\x80\x99s"};
    int32_t name[LOOKUP_MOST];
    int found;
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(endings[i]);
        bool there = to - from > n && !memcmp(t->text + to - n, endings[i], n);
        if (there && lookup_name(name, &found, t->x, t->text + from, to - from) == NAME_INFLECTED) return to - n;
    }
    return to;
}

/* The token that has the byte. */
static int64_t token_at(const link_document *d, size_t byte)
{
    int64_t low = 0, high = d->num_tokens;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (d->token[middle] <= byte) low = middle;
        else high = middle;
    }
    return low;
}

/* start: its first character. Places count tokens where there are any, those included that a name has a part of. */
static gat_status add_mention(link_document *d, const cut_text *t, int64_t w, int64_t n, int64_t start,
                              gat_arena *arena, gat_error *err)
{
    link_mention *m = &d->mention[d->num_mentions++];
    m->first_byte = t->list[w].from;
    m->end_byte = without_genitive(t, m->first_byte, t->list[w + n - 1].to);
    m->from = d->token ? token_at(d, m->first_byte) : start;
    m->to = d->token ? token_at(d, m->end_byte - 1) + 1 : start + characters(t->text, m->first_byte, m->end_byte);
    m->gold = GOLD_OPEN;
    m->text = m->context = arena_text(arena, t->text + m->first_byte, m->end_byte - m->first_byte);
    return m->text ? GAT_OK : error_nomem(err);
}

static gat_status find_all(link_document *d, const cut_text *t, gat_arena *arena, gat_error *err)
{
    int64_t at = 0;
    size_t done = 0;
    gat_status st = GAT_OK;
    for (int64_t w = 0; !st && w < t->count && d->num_mentions < MOST_MENTIONS;) {
        int64_t n = longest_name(t, w);
        if (n) {
            at += characters(t->text, done, t->list[w].from);
            done = t->list[w].from;
            st = add_mention(d, t, w, n, at, arena, err);
        }
        w += n ? n : 1;
    }
    return st;
}

gat_status lexicon_find(link_document *d, const char *text, const lexicon *x, gat_arena *arena, gat_error *err)
{
    cut_text t = {.x = x, .text = text};
    gat_status st = split_words(&t.list, &t.count, text, strlen(text), arena, err);
    if (!st) d->mention = arena_zeroed(arena, t.count, sizeof *d->mention);
    if (!st && !d->mention) st = error_nomem(err);
    if (!st) st = find_small(&t, err);
    if (!st) st = find_all(d, &t, arena, err);
    intern_free(t.small);
    return st;
}

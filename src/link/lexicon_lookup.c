/* Mentions and candidates of a document by the names of the lexicon. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "link/lexicon.h"
#include "link/name_form.h"
#include "text/unicode_text.h"

enum { FOLDED = 400, MOST_NEIGHBOURS = 64, MOST_LENT = 20000 };

/* ---- candidates ------------------------------------------------------------------------------------------ */

/* A name as it stands, without 's, and in the singular. */
static int32_t find_name(const lexicon *x, const char *s, size_t length)
{
    static const char *const endings[] = {"", "'s", "\xe2\x80\x99s", "s", "es"};
    char folded[FOLDED];
    size_t n = name_fold(folded, sizeof folded, s, length);
    for (int i = 0; i < 5; i++) {
        size_t m = strlen(endings[i]);
        if (n < m + 1 || memcmp(folded + n - m, endings[i], m) != 0) continue;
        int32_t name = intern_find(x->names, folded, n - m);
        if (name >= 0) return name;
    }
    return -1;
}

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
    f->d->entity[i] = (link_entity){id, title, "", (float)f->x->in[entity], (float)f->x->out[entity], -1};
    f->of_graph[i] = entity;
    f->number[entity] = i + 1;
    return i;
}

static gat_status fill_mention(link_mention *m, filling *f, const document_file *file, gat_arena *arena, gat_error *err)
{
    int32_t name = find_name(f->x, m->text, strlen(m->text)), gold = -1;
    if (m->gold != GOLD_OPEN && m->gold != GOLD_NIL) {
        gold = intern_find(f->x->kg.entities, m->gold_id, strlen(m->gold_id));
        if (gold < 0) return lines_error(file->lines, err, "the graph has no entity \"%.100s\"", m->gold_id);
    }
    if (name < 0) return GAT_OK;
    int64_t from = f->x->start[name], n = f->x->start[name + 1] - from;
    if (n > LEXICON_CANDIDATES) n = LEXICON_CANDIDATES;
    m->candidate = arena_zeroed(arena, n, sizeof *m->candidate);
    if (!m->candidate) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) {
        int32_t entity = f->x->entity[from + i], number = number_of(f, entity);
        if (number < 0) break;
        m->candidate[m->num_candidates++] = number;
        if (entity == gold) m->gold = number;
    }
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

/* Words of the longest name that begins at word w; 0: none. */
static int64_t longest_name(const lexicon *x, const char *text, const word *list, int64_t w, int64_t count)
{
    int64_t most = count - w < x->longest_name ? count - w : x->longest_name;
    for (int64_t n = most; n > 0; n--)
        if (find_name(x, text + list[w].from, list[w + n - 1].to - list[w].from) >= 0) return n;
    return 0;
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

gat_status lexicon_find(link_document *d, const char *text, const lexicon *x, gat_arena *arena, gat_error *err)
{
    word *list;
    int64_t count, at = 0;
    size_t done = 0;
    gat_status st = split_words(&list, &count, text, strlen(text), arena, err);
    if (st) return st;
    d->mention = arena_zeroed(arena, count, sizeof *d->mention);
    if (!d->mention) return error_nomem(err);
    for (int64_t w = 0; w < count && d->num_mentions < MOST_MENTIONS;) {
        int64_t n = longest_name(x, text, list, w, count);
        if (n) {
            link_mention *m = &d->mention[d->num_mentions++];
            size_t from = list[w].from, to = list[w + n - 1].to;
            at += characters(text, done, from);
            done = from;
            m->from = at;
            m->to = at + characters(text, from, to);
            m->gold = GOLD_OPEN;
            m->text = m->context = arena_text(arena, text + from, to - from);
            if (!m->text) return error_nomem(err);
        }
        w += n ? n : 1;
    }
    return GAT_OK;
}

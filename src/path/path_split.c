#include "path/path_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { STREAM_FACTS = 0x9a71, STREAM_QUESTIONS = 0x9a72 };

typedef struct asked {
    int32_t entity, relation, answer;
} asked;

static int compare_asked(const void *a, const void *b)
{
    const asked *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    return x->answer < y->answer ? -1 : x->answer > y->answer;
}

/* An asked whose entity and relation are the two ends and whose answer is the fact. */
static asked pair_key(const gat_triple *f, int64_t i)
{
    bool up = f->head < f->tail;
    return (asked){up ? f->head : f->tail, up ? f->tail : f->head, (int32_t)i};
}

static gat_status index_pairs(path_split *s, gat_error *err)
{
    int64_t n = s->facts->count;
    asked *key = gat_alloc(n, sizeof *key);
    s->pair_first = gat_alloc(n + 1, sizeof *s->pair_first);
    s->pair_fact = gat_alloc(n, sizeof *s->pair_fact);
    s->pair_of = gat_alloc(n, sizeof *s->pair_of);
    if (!key || !s->pair_first || !s->pair_fact || !s->pair_of) {
        gat_free(key);
        return error_nomem(err);
    }
    for (int64_t i = 0; i < n; i++) key[i] = pair_key(&s->facts->data[i], i);
    qsort(key, (size_t)n, sizeof *key, compare_asked);
    int32_t pairs = 0;
    for (int64_t i = 0; i < n; i++) {
        bool same = i && key[i].entity == key[i - 1].entity && key[i].relation == key[i - 1].relation;
        if (!same) s->pair_first[pairs++] = (int32_t)i;
        s->pair_fact[i] = key[i].answer;
        s->pair_of[key[i].answer] = pairs - 1;
    }
    s->pair_first[pairs] = (int32_t)n;
    gat_free(key);
    return GAT_OK;
}

gat_status path_split_init(path_split *s, const gat_triples *facts, int32_t num_relations, double share, path_hide hide,
                           gat_error *err)
{
    int64_t n = facts->count, chunk = (int64_t)ceil(share * (double)n);
    *s = (path_split){.facts = facts, .num_relations = num_relations, .hide = hide};
    s->chunk = chunk < 1 ? 1 : chunk > n ? n : chunk;
    s->order = gat_alloc(n, sizeof *s->order);
    s->hidden = gat_alloc(n, sizeof *s->hidden);
    s->entity = gat_alloc(2 * s->chunk, sizeof *s->entity);
    s->relation = gat_alloc(2 * s->chunk, sizeof *s->relation);
    s->answer = gat_alloc(2 * s->chunk, sizeof *s->answer);
    s->first = gat_alloc(2 * s->chunk + 1, sizeof *s->first);
    s->place = gat_alloc(2 * s->chunk, sizeof *s->place);
    bool whole = s->order && s->hidden && s->entity && s->relation && s->answer && s->first && s->place;
    gat_status st = whole ? GAT_OK : error_nomem(err);
    if (!st && hide == PATH_HIDE_PAIR) st = index_pairs(s, err);
    if (st) path_split_clear(s);
    return st;
}

void path_split_clear(path_split *s)
{
    gat_free(s->order);
    gat_free(s->pair_first);
    gat_free(s->pair_fact);
    gat_free(s->pair_of);
    gat_free(s->hidden);
    gat_free(s->entity);
    gat_free(s->relation);
    gat_free(s->answer);
    gat_free(s->first);
    gat_free(s->place);
    *s = (path_split){0};
}

int64_t path_split_chunks(const path_split *s) { return s->chunk ? (s->facts->count + s->chunk - 1) / s->chunk : 0; }

void path_split_epoch(path_split *s, uint64_t seed, int64_t epoch)
{
    for (int64_t i = 0; i < s->facts->count; i++) s->order[i] = i;
    random_shuffle(s->order, s->facts->count, seed, random_stream(STREAM_FACTS, (uint64_t)epoch, 0));
}

static void hide_fact(path_split *s, int64_t i)
{
    s->hidden[i] = 1;
    if (s->hide != PATH_HIDE_PAIR) return;
    int32_t pair = s->pair_of[i];
    for (int32_t k = s->pair_first[pair]; k < s->pair_first[pair + 1]; k++) s->hidden[s->pair_fact[k]] = 1;
}

/* The first of each question in the sorted list, and its end; returns how many questions. */
static int64_t cut_questions(int64_t *from, const asked *list, int64_t count)
{
    int64_t groups = 0;
    for (int64_t i = 0; i < count; i++)
        if (!i || list[i].entity != list[i - 1].entity || list[i].relation != list[i - 1].relation) from[groups++] = i;
    from[groups] = count;
    return groups;
}

/* The questions of the list, question place[k] as the k-th. */
static void lay_out(path_split *s, const asked *list, const int64_t *from, int64_t groups)
{
    int64_t at = 0;
    for (int64_t k = 0; k < groups; k++) {
        int64_t g = s->place[k];
        s->entity[k] = list[from[g]].entity;
        s->relation[k] = list[from[g]].relation;
        s->first[k] = at;
        for (int64_t i = from[g]; i < from[g + 1]; i++) s->answer[at++] = list[i].answer;
    }
    s->first[groups] = at;
    s->questions = (path_questions){
        .entity = s->entity, .relation = s->relation, .first = s->first, .answer = s->answer, .count = groups};
}

/* Both directions of the facts at [begin, end) of the order, sorted; the facts are hidden. */
static void ask_facts(path_split *s, asked *list, int64_t begin, int64_t end)
{
    memset(s->hidden, 0, (size_t)s->facts->count);
    for (int64_t i = begin; i < end; i++) {
        gat_triple f = s->facts->data[s->order[i]];
        hide_fact(s, s->order[i]);
        *list++ = (asked){f.head, f.relation, f.tail};
        *list++ = (asked){f.tail, f.relation + s->num_relations, f.head};
    }
    qsort(list - 2 * (end - begin), (size_t)(2 * (end - begin)), sizeof *list, compare_asked);
}

gat_status path_split_chunk(path_split *s, uint64_t seed, int64_t epoch, int64_t c, gat_error *err)
{
    int64_t n = s->facts->count, begin = c * s->chunk, end = begin + s->chunk < n ? begin + s->chunk : n;
    int64_t count = 2 * (end - begin);
    asked *list = gat_alloc(count, sizeof *list);
    int64_t *from = gat_alloc(count + 1, sizeof *from);
    gat_status st = list && from ? GAT_OK : error_nomem(err);
    if (!st) {
        ask_facts(s, list, begin, end);
        int64_t groups = cut_questions(from, list, count);
        for (int64_t k = 0; k < groups; k++) s->place[k] = k;
        random_shuffle(s->place, groups, seed, random_stream(STREAM_QUESTIONS, (uint64_t)epoch, (uint64_t)c));
        lay_out(s, list, from, groups);
    }
    gat_free(list);
    gat_free(from);
    return st;
}

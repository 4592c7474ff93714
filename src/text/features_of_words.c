/* Features of the words alone: both entities with their beginnings and endings, the words between them one by one and in
 * runs, and what stands around. */
#include "text/feature_row.h"

enum { BETWEEN_WHOLE = 8, EDGE_WORDS = 4, AROUND = 3, LONGEST_RUN = 4, MOST_BETWEEN = 40, MOST_SIDE = 40 };

enum kind {
    K_BIAS = 1,
    K_WORD,
    K_STEM,
    K_PREFIX,
    K_SUFFIX,
    K_PAIR,
    K_STEM_PAIR,
    K_FIRST,
    K_WHOLE_ENTITY,
    K_BETWEEN,
    K_BETWEEN_STEM,
    K_BETWEEN_PREFIX,
    K_RUN,
    K_STEM_RUN,
    K_SHAPE_RUN,
    K_WHOLE,
    K_WHOLE_STEM,
    K_EDGE,
    K_AROUND,
    K_AROUND_PAIR,
    K_SIDE,
    K_DISTANCE,
    K_ENTITY_BETWEEN,
    K_SHAPE,
    K_ORDER
};

static uint64_t name(enum kind kind, uint64_t a, uint64_t b) { return hash_mix(hash_mix((uint64_t)kind, a), b); }

static void add_entity(feature_row *row, const sentence_view *v, uint64_t k)
{
    const word_form *w = word_at(v, v->head[k]);
    text_span e = v->s->e[k];
    uint64_t whole = 0;
    feature_add(row, name(K_WORD, k, w->word));
    feature_add(row, name(K_STEM, k, w->stem));
    feature_add(row, name(K_SHAPE, k, w->shape));
    for (int i = 0; i < FORM_PREFIXES; i++)
        if (w->prefix[i]) feature_add(row, name(K_PREFIX, k, w->prefix[i]));
    for (int i = 0; i < FORM_SUFFIXES; i++)
        if (w->suffix[i]) feature_add(row, name(K_SUFFIX, k, w->suffix[i]));
    if (e.to - e.from < 2) return;
    feature_add(row, name(K_FIRST, k, word_at(v, e.from)->word));
    for (int32_t i = e.from; i < e.to; i++) whole = hash_mix(whole, word_at(v, i)->word);
    feature_add(row, name(K_WHOLE_ENTITY, k, whole));
}

/* The words between the entities, with a mark for each entity at the ends. */
typedef struct stretch {
    uint64_t word[MOST_BETWEEN + 2], stem[MOST_BETWEEN + 2], shape[MOST_BETWEEN + 2];
    int32_t count, between; /* marks included; all words between, of which the middle may be left out */
} stretch;

static void stretch_of(stretch *t, const sentence_view *v)
{
    const sentence *s = v->s;
    int32_t from = s->e[v->first].to, to = s->e[!v->first].from;
    t->between = to - from;
    t->count = 0;
    t->word[0] = t->stem[0] = t->shape[0] = (uint64_t)(7 + v->first);
    for (int32_t i = from; i < to; i++) {
        if (t->count == MOST_BETWEEN) break;
        const word_form *w = word_at(v, i);
        t->count++;
        t->word[t->count] = w->word;
        t->stem[t->count] = w->stem;
        t->shape[t->count] = w->shape;
    }
    t->count++;
    t->word[t->count] = t->stem[t->count] = t->shape[t->count] = (uint64_t)(7 + !v->first);
    t->count++;
}

static void add_runs(feature_row *row, enum kind kind, const uint64_t *word, int32_t count, int longest)
{
    for (int32_t i = 0; i < count; i++) {
        uint64_t h = word[i];
        for (int32_t n = 1; n < longest && i + n < count; n++) {
            h = hash_mix(h, word[i + n]);
            feature_add(row, name(kind, (uint64_t)n, h));
        }
    }
}

static void add_whole(feature_row *row, const stretch *t)
{
    uint64_t words = 0, stems = 0;
    if (t->between > BETWEEN_WHOLE) return;
    for (int32_t i = 0; i < t->count; i++) {
        words = hash_mix(words, t->word[i]);
        stems = hash_mix(stems, t->stem[i]);
    }
    feature_add(row, name(K_WHOLE, 0, words));
    feature_add(row, name(K_WHOLE_STEM, 0, stems));
}

static void add_between(feature_row *row, const sentence_view *v)
{
    stretch t;
    const sentence *s = v->s;
    uint64_t order = (uint64_t)v->first;
    int32_t from = s->e[v->first].to, to = s->e[!v->first].from;
    stretch_of(&t, v);
    for (int32_t i = from; i < to && i - from < MOST_BETWEEN; i++) {
        const word_form *w = word_at(v, i);
        feature_add(row, name(K_BETWEEN, order, w->word));
        feature_add(row, name(K_BETWEEN_STEM, order, w->stem));
        if (w->prefix[FORM_PREFIXES - 1]) feature_add(row, name(K_BETWEEN_PREFIX, order, w->prefix[FORM_PREFIXES - 1]));
        for (uint64_t k = 0; k < 2; k++)
            feature_add(row, name(K_ENTITY_BETWEEN, 2 * order + k, hash_mix(word_at(v, v->head[k])->stem, w->stem)));
        if (i - from < EDGE_WORDS) feature_add(row, name(K_EDGE, (uint64_t)(2 * (i - from)) + order, w->word));
        if (to - 1 - i < EDGE_WORDS) feature_add(row, name(K_EDGE, 64 + (uint64_t)(2 * (to - 1 - i)) + order, w->word));
    }
    add_runs(row, K_RUN, t.word, t.count, LONGEST_RUN);
    add_runs(row, K_STEM_RUN, t.stem, t.count, LONGEST_RUN);
    add_runs(row, K_SHAPE_RUN, t.shape, t.count, LONGEST_RUN - 1);
    add_whole(row, &t);
    int32_t far = t.between > 20 ? 20 : t.between;
    feature_add(row, name(K_DISTANCE, order, (uint64_t)(far > 8 ? far / 4 + 8 : far)));
}

/* side 0: left of the first entity, 1: right of the second. */
static void add_side(feature_row *row, const sentence_view *v, uint64_t side)
{
    const sentence *s = v->s;
    int32_t at = side ? s->e[!v->first].to : s->e[v->first].from - 1, step = side ? 1 : -1;
    uint64_t where = 2 * side + (uint64_t)v->first, before = 3;
    for (int32_t n = 0; n < MOST_SIDE; n++, at += step) {
        bool outside = at < 0 || at >= s->num_tokens;
        uint64_t word = outside ? 5 : word_at(v, at)->word;
        if (n < AROUND) feature_add(row, name(K_AROUND, where * 8 + (uint64_t)n, word));
        if (n && n < AROUND) feature_add(row, name(K_AROUND_PAIR, where * 8 + (uint64_t)n, hash_mix(before, word)));
        if (outside) break;
        feature_add(row, name(K_SIDE, where, word_at(v, at)->stem));
        before = word;
    }
}

void features_of_words(feature_row *row, const sentence_view *v)
{
    const word_form *a = word_at(v, v->head[0]), *b = word_at(v, v->head[1]);
    feature_add(row, name(K_BIAS, 0, 0));
    feature_add(row, name(K_ORDER, (uint64_t)v->first, 0));
    for (uint64_t k = 0; k < 2; k++) add_entity(row, v, k);
    feature_add(row, name(K_PAIR, a->word, b->word));
    feature_add(row, name(K_STEM_PAIR, a->stem, b->stem));
    add_between(row, v);
    add_side(row, v, 0);
    add_side(row, v, 1);
}

#include "link/candidate_words.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "link/name_form.h"
#include "link/word_stem.h"
#include "text/unicode_text.h"

enum { WINDOW = 30, SLOTS = 64, MOST_NEIGHBOURS = 40, WIDE_PLACES = 5, WIDE_CLASSES = 2, FORM = 64 };

/* A word of the document. */
typedef struct text_word {
    size_t from, to;
    int32_t word;  /* stem among the known ones; -1: none */
    uint32_t form; /* hash of its folded form */
} text_word;

typedef struct desk {
    candidate_graph *g;
    const link_document *d;
    const lexicon *x;
    text_word *text;
    int64_t count;
    /* The group at hand. */
    uint8_t *slot;       /* (known words) 1 + place in `near`, 0: not there */
    int32_t near[SLOTS]; /* different words around the mention */
    int slots;
    float *sense;          /* (dim) of length 1: of these words */
    int64_t first, behind; /* words of the mention */
    /* Of the wide part. */
    int64_t *wide_first;
    int32_t *wide_column;
    float *wide_value;
} desk;

static uint32_t hash_of(uint32_t hash, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) hash = (hash ^ (uint8_t)s[i]) * 16777619u;
    return hash;
}

static gat_status read_text(desk *k, gat_error *err)
{
    const char *s = k->d->text;
    size_t from, to, at = 0, length = s ? strlen(s) : 0;
    char form[FORM], stem[STEM_MOST];
    k->text = gat_alloc((int64_t)length, sizeof *k->text);
    if (!k->text) return error_nomem(err);
    while (s && text_next_word(&from, &to, &at, s, length, NULL, 0)) {
        text_word *w = &k->text[k->count++];
        size_t n = word_stem(stem, s + from, to - from);
        *w = (text_word){from, to, -1, hash_of(2166136261u, form, name_fold(form, sizeof form, s + from, to - from))};
        if (n && k->x->about.words) w->word = intern_find(k->x->about.words, stem, n);
    }
    return GAT_OK;
}

/* ---- the words around a mention -------------------------------------------------------------------------- */

static void note_word(desk *k, int32_t word)
{
    if (word < 0 || k->slot[word] || k->slots == SLOTS || k->x->about.weight[word] <= 0) return;
    k->near[k->slots++] = word;
    k->slot[word] = (uint8_t)k->slots;
}

static void leave_group(desk *k)
{
    for (int i = 0; i < k->slots; i++) k->slot[k->near[i]] = 0;
    k->slots = 0;
}

static void add_senses(desk *k)
{
    const entity_words *a = &k->x->about;
    double square = 0;
    memset(k->sense, 0, (size_t)a->dim * sizeof *k->sense);
    for (int i = 0; i < k->slots; i++)
        for (int64_t j = 0; j < a->dim; j++) k->sense[j] += a->weight[k->near[i]] * a->vector[k->near[i] * a->dim + j];
    for (int64_t j = 0; j < a->dim; j++) square += (double)k->sense[j] * (double)k->sense[j];
    for (int64_t j = 0; square > 0 && j < a->dim; j++) k->sense[j] /= (float)sqrt(square);
}

static bool is_own(const desk *k, int32_t word)
{
    for (int64_t i = k->first; i < k->behind; i++)
        if (k->text[i].word == word) return true;
    return false;
}

static void enter_group(desk *k, const link_mention *m)
{
    k->first = 0;
    while (k->first < k->count && k->text[k->first].to <= m->first_byte) k->first++;
    for (k->behind = k->first; k->behind < k->count && k->text[k->behind].from < m->end_byte;) k->behind++;
    if (!k->x->about.words) return;
    int64_t from = k->first > WINDOW ? k->first - WINDOW : 0;
    int64_t to = k->behind + WINDOW < k->count ? k->behind + WINDOW : k->count;
    for (int64_t i = from; i < to; i++)
        if ((i < k->first || i >= k->behind) && !is_own(k, k->text[i].word)) note_word(k, k->text[i].word);
    add_senses(k);
}

/* ---- features -------------------------------------------------------------------------------------------- */

static void add_weights(float *x, int64_t stride, const link_mention *m)
{
    float sum = 0, most = 0;
    for (int32_t i = 0; m->weight && i < m->num_candidates; i++) {
        sum += fmaxf(m->weight[i], 0);
        most = fmaxf(most, m->weight[i]);
    }
    for (int32_t i = 0; sum > 0 && i < m->num_candidates; i++, x += stride) {
        float rank = 0, own = fmaxf(m->weight[i], 0);
        for (int32_t j = 0; j < m->num_candidates; j++) rank += m->weight[j] > own;
        const float values[WORDS_WEIGHT] = {1, logf(.02f + own / sum) / 4, own / sum, own >= most, 1 / (1 + rank)};
        memcpy(x, values, sizeof values);
    }
}

typedef struct overlap {
    float own, names, words;
} overlap;

static float worth(const desk *k, uint64_t slots)
{
    float sum = 0;
    for (int i = 0; i < k->slots; i++)
        if (slots >> i & 1) sum += k->x->about.weight[k->near[i]];
    return sum / 5;
}

static uint64_t shared_words(const desk *k, int32_t entity, bool names_alone)
{
    const entity_words *a = &k->x->about;
    uint64_t found = 0;
    for (int64_t i = a->start[entity]; i < a->start[entity + 1]; i++)
        if (k->slot[a->word[i]] && (!names_alone || a->named[i])) found |= 1ull << (k->slot[a->word[i]] - 1);
    return found;
}

static overlap overlap_of(const desk *k, int32_t entity)
{
    const kg_context *kg = &k->x->kg;
    int64_t end = kg->start[entity + 1];
    uint64_t names = 0, words = 0;
    if (end > kg->start[entity] + MOST_NEIGHBOURS) end = kg->start[entity] + MOST_NEIGHBOURS;
    for (int64_t i = kg->start[entity]; k->slots && i < end; i++) {
        names |= shared_words(k, kg->edge[i].other, true);
        words |= shared_words(k, kg->edge[i].other, false);
    }
    return (overlap){worth(k, shared_words(k, entity, false)), worth(k, names), worth(k, words)};
}

static void compare(float *x, float own, float most)
{
    x[0] = own;
    x[1] = own > 0 && own >= most;
    x[2] = own > 0;
}

static void add_overlaps(float *x, int64_t stride, const desk *k, const link_mention *m)
{
    overlap most = {0, 0, 0}, own[LEXICON_CANDIDATES];
    for (int32_t i = 0; i < m->num_candidates; i++) {
        own[i] = overlap_of(k, k->d->entity[m->candidate[i]].number);
        most = (overlap){fmaxf(most.own, own[i].own), fmaxf(most.names, own[i].names), fmaxf(most.words, own[i].words)};
    }
    for (int32_t i = 0; i < m->num_candidates; i++, x += stride) {
        compare(x, own[i].own, most.own);
        compare(x + 3, own[i].names, most.names);
        compare(x + 6, own[i].words, most.words);
    }
}

static float cosine(const desk *k, const float *of)
{
    float sum = 0;
    for (int64_t j = 0; j < k->x->about.dim; j++) sum += k->sense[j] * of[j];
    return sum;
}

/* Four columns of nearness to the vectors of the candidates in `of` (entities, dim). */
static void add_nearness(float *x, int64_t stride, const desk *k, const link_mention *m, const float *of)
{
    float own[LEXICON_CANDIDATES], most = -1;
    for (int32_t i = 0; i < m->num_candidates; i++) {
        own[i] = cosine(k, of + k->d->entity[m->candidate[i]].number * k->x->about.dim);
        most = fmaxf(most, own[i]);
    }
    for (int32_t i = 0; i < m->num_candidates; i++, x += stride) {
        x[0] = own[i];
        x[1] = logf(.02f + fmaxf(own[i], 0)) / 4;
        x[2] = own[i] - most;
        x[3] = own[i] >= most;
    }
}

static void add_words(const desk *k, int64_t group, const link_mention *m)
{
    float *x = k->g->x + k->g->first[group] * k->g->inputs + NODE_FEATURES;
    int64_t stride = k->g->inputs;
    add_weights(x, stride, m);
    if (!k->x->about.words || !k->slots) return;
    x += WORDS_WEIGHT;
    add_overlaps(x, stride, k, m);
    add_nearness(x + WORDS_OVERLAP, stride, k, m, k->x->about.own);
    add_nearness(x + WORDS_OVERLAP + 4, stride, k, m, k->x->about.near);
}

/* ---- the wide part --------------------------------------------------------------------------------------- */

/* What stands in the places around the mention, as hashes: two words before, two behind, the mention's own ending. */
static void look_around(uint32_t place[WIDE_PLACES], const desk *k, const link_mention *m)
{
    static const int64_t steps[] = {-2, -1, 0, 1};
    size_t n = m->end_byte - m->first_byte, last = n > 3 ? 3 : n;
    for (int i = 0; i < WIDE_PLACES - 1; i++) {
        int64_t at = steps[i] < 0 ? k->first + steps[i] : k->behind + steps[i];
        place[i] = at >= 0 && at < k->count ? k->text[at].form : 1;
    }
    place[WIDE_PLACES - 1] = hash_of(3, m->text + strlen(m->text) - (last < strlen(m->text) ? last : 0), last);
}

/* A type and the part of it before a point. */
static int classes_of(uint32_t class[WIDE_CLASSES], const char *type)
{
    if (!*type) return 0;
    class[0] = hash_of(5, type, strlen(type));
    class[1] = hash_of(6, type, strcspn(type, "."));
    return WIDE_CLASSES;
}

static void add_wide(desk *k, int64_t group, const link_mention *m)
{
    const candidate_graph *g = k->g;
    uint32_t place[WIDE_PLACES], class[WIDE_CLASSES];
    look_around(place, k, m);
    for (int64_t n = g->first[group]; n < g->first[group + 1]; n++) {
        int64_t at = k->wide_first[n];
        int classes = classes_of(class, k->d->entity[g->entity[n]].type);
        for (int c = 0; c < classes; c++)
            for (int p = 0; p < WIDE_PLACES; p++) {
                uint32_t both[] = {class[c], place[p], (uint32_t)p};
                k->wide_value[at] = .5f;
                k->wide_column[at++] = (int32_t)(hash_of(2166136261u, (const char *)both, sizeof both) % WIDE_ROWS);
            }
        k->wide_first[n + 1] = at;
    }
}

static gat_status make_wide(desk *k, gat_arena *arena, gat_error *err)
{
    int64_t nodes = k->g->nodes, most = nodes * WIDE_PLACES * WIDE_CLASSES;
    k->wide_first = arena_zeroed(arena, nodes + 1, sizeof *k->wide_first);
    k->wide_column = arena_zeroed(arena, most, sizeof *k->wide_column);
    k->wide_value = arena_zeroed(arena, most, sizeof *k->wide_value);
    if (!k->wide_first || !k->wide_column || !k->wide_value) return error_nomem(err);
    k->g->wide = (bag_rows){nodes, k->wide_first, k->wide_column, k->wide_value};
    return GAT_OK;
}

gat_status candidate_words_fill(candidate_graph *g, const link_document *d, const int64_t *leader, const lexicon *x,
                                gat_arena *arena, gat_error *err)
{
    desk k = {.g = g, .d = d, .x = x};
    gat_status st = make_wide(&k, arena, err);
    if (st || d->given) return st;
    k.slot = gat_calloc(x->about.words ? intern_count(x->about.words) : 1, 1);
    k.sense = gat_calloc(x->about.dim, sizeof *k.sense);
    st = k.slot && k.sense ? read_text(&k, err) : error_nomem(err);
    for (int64_t group = 0; !st && group < g->num_groups; group++) {
        enter_group(&k, &d->mention[leader[group]]);
        add_words(&k, group, &d->mention[leader[group]]);
        add_wide(&k, group, &d->mention[leader[group]]);
        leave_group(&k);
    }
    gat_free(k.slot);
    gat_free(k.sense);
    gat_free(k.text);
    return st;
}

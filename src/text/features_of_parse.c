/* Features of the parse: labels and words of the way between the entities, its top word, and what hangs from its ends. */
#include "text/parse_path.h"

enum { LONGEST_RUN = 5, LONGEST_WHOLE = 10 };

enum kind {
    K_LABEL = 201,
    K_WORD,
    K_STEM,
    K_RUN,
    K_STEM_RUN,
    K_LABEL_RUN,
    K_WHOLE,
    K_WHOLE_PREFIX,
    K_WHOLE_LABELS,
    K_LENGTH,
    K_TOP,
    K_TOP_LABELS,
    K_TOP_STEM,
    K_TOP_CHILD,
    K_CHILD,
    K_CHILD_WORD,
    K_DEPREL,
    K_NO_PATH,
    K_CLUSTER,
    K_TOP_CLUSTER,
    K_HEAD_LABELS,
    K_HEAD_TOP
};

static uint64_t name(enum kind kind, uint64_t a, uint64_t b) { return hash_mix(hash_mix((uint64_t)kind, a), b); }

/* The label of a word's own edge. */
static uint64_t label_of(const sentence_view *v, int32_t word)
{
    const char *s = list_string(v->list, v->list->deprel[v->s->first + word]);
    uint64_t h = 0;
    for (; *s; s++) h = h * 131 + (unsigned char)*s;
    return h + 1;
}

/* The path as a row of marks: words at even places, labels with their direction at odd ones. The ends stand for the entities
 * themselves, whatever their words. */
typedef struct marks {
    uint64_t word[2 * PATH_MOST_WORDS], stem[2 * PATH_MOST_WORDS], label[PATH_MOST_WORDS];
    int32_t count, labels;
} marks;

static void marks_of(marks *m, const sentence_view *v, const parse_path *p)
{
    m->count = m->labels = 0;
    for (int32_t i = 0; i < p->count; i++) {
        bool end = i == 0 || i == p->count - 1;
        const word_form *w = word_at(v, p->word[i]);
        m->word[m->count] = end ? (uint64_t)(11 + (i > 0)) : w->word;
        m->stem[m->count++] = end ? (uint64_t)(11 + (i > 0)) : w->stem;
        if (i == p->count - 1) break;
        bool up = i < p->top;
        uint64_t label = 2 * label_of(v, p->word[up ? i : i + 1]) + up;
        m->word[m->count] = m->stem[m->count] = m->label[m->labels++] = label;
        m->count++;
    }
}

static void add_runs(feature_row *row, enum kind kind, const uint64_t *mark, int32_t count, int longest)
{
    for (int32_t i = 0; i < count; i++) {
        uint64_t h = mark[i];
        for (int32_t n = 1; n < longest && i + n < count; n++) {
            h = hash_mix(h, mark[i + n]);
            feature_add(row, name(kind, (uint64_t)n, h));
        }
    }
}

static uint64_t whole(const uint64_t *mark, int32_t count)
{
    uint64_t h = (uint64_t)count;
    for (int32_t i = 0; i < count; i++) h = hash_mix(h, mark[i]);
    return h;
}

static uint64_t cluster(const sentence_view *v, int32_t word, int clustering)
{
    int32_t row = v->vectors ? word_at(v, word)->vector : -1;
    return row < 0 ? 0 : 1 + (uint64_t)v->vectors->cluster[row * VECTOR_CLUSTERINGS + clustering];
}

static void add_clusters(feature_row *row, const sentence_view *v, const parse_path *p, uint64_t labels)
{
    int32_t top = p->word[p->top];
    for (int c = 0; c < VECTOR_CLUSTERINGS; c++) {
        for (int32_t i = 1; i < p->count - 1; i++) {
            uint64_t own = cluster(v, p->word[i], c);
            if (own) feature_add(row, name(K_CLUSTER, (uint64_t)c, own));
        }
        for (uint64_t k = 0; k < 2; k++) {
            uint64_t entity = cluster(v, v->head[k], c), at = 8 * k + (uint64_t)c;
            if (!entity) continue;
            feature_add(row, name(K_TOP_CLUSTER, at, hash_mix(entity, word_at(v, top)->stem)));
            feature_add(row, name(K_HEAD_LABELS, at, hash_mix(entity, labels)));
        }
    }
}

static void add_path(feature_row *row, const sentence_view *v, const parse_path *p)
{
    marks m;
    marks_of(&m, v, p);
    uint64_t labels = whole(m.label, m.labels);
    const word_form *top = word_at(v, p->word[p->top]);
    bool top_is_end = p->top == 0 || p->top == p->count - 1;
    for (int32_t i = 0; i < m.labels; i++) feature_add(row, name(K_LABEL, 0, m.label[i]));
    for (int32_t i = 1; i < p->count - 1; i++) {
        feature_add(row, name(K_WORD, i <= p->top, word_at(v, p->word[i])->word));
        feature_add(row, name(K_STEM, 0, word_at(v, p->word[i])->stem));
    }
    add_runs(row, K_RUN, m.word, m.count, LONGEST_RUN);
    add_runs(row, K_STEM_RUN, m.stem, m.count, LONGEST_RUN);
    add_runs(row, K_LABEL_RUN, m.label, m.labels, LONGEST_RUN - 1);
    if (m.count < 2 * LONGEST_WHOLE) {
        feature_add(row, name(K_WHOLE, 0, whole(m.word, m.count)));
        feature_add(row, name(K_WHOLE_PREFIX, 0, whole(m.stem, m.count)));
        feature_add(row, name(K_WHOLE_LABELS, 0, labels));
    }
    feature_add(row, name(K_LENGTH, (uint64_t)p->count, (uint64_t)p->top));
    uint64_t top_word = top_is_end ? (uint64_t)(11 + (p->top > 0)) : top->stem;
    feature_add(row, name(K_TOP, 0, top_word));
    feature_add(row, name(K_TOP_LABELS, labels, top_word));
    for (uint64_t k = 0; k < 2; k++)
        feature_add(row, name(K_HEAD_TOP, k, hash_mix(word_at(v, v->head[k])->stem, top_word)));
    if (v->vectors) add_clusters(row, v, p, labels);
}

/* What hangs from the top word and from both entities. */
static void add_children(feature_row *row, const sentence_view *v, int32_t top)
{
    const int32_t *governor = v->list->governor + v->s->first;
    for (int32_t i = 0; i < v->s->num_tokens; i++) {
        uint64_t label = label_of(v, i);
        if (governor[i] == top) feature_add(row, name(K_TOP_CHILD, label, word_at(v, i)->word));
        for (uint64_t k = 0; k < 2; k++) {
            if (governor[i] != v->head[k]) continue;
            feature_add(row, name(K_CHILD, k, label));
            feature_add(row, name(K_CHILD_WORD, k, hash_mix(label, word_at(v, i)->word)));
        }
    }
}

void features_of_parse(feature_row *row, const sentence_view *v)
{
    parse_path p;
    parse_path_of(&p, v);
    for (uint64_t k = 0; k < 2; k++) feature_add(row, name(K_DEPREL, k, label_of(v, v->head[k])));
    if (p.count) add_path(row, v, &p);
    else feature_add(row, name(K_NO_PATH, 0, 0));
    add_children(row, v, p.count ? p.word[p.top] : -2);
}

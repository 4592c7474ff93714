/* Answers about new sentences, batch by batch. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/relation_answers.h"
#include "text/relation_evaluate.h"
#include "text/relation_reader.h"

enum { LONGEST_NAME = 1024 };

/* An extraction under way. */
typedef struct asking {
    relation_reader reader;
    const gat_extract_options *options;
    uint8_t *allowed, *said;     /* (labels) */
    float *p;                    /* (READER_BATCH, labels) */
    float *attention;            /* of the batch's words */
    const char **word;           /* of a sentence */
    gat_relation_answer *answer; /* (labels + 1) */
    char entity[2][LONGEST_NAME];
} asking;

/* Whether the comma-separated list names the label, with or without its direction. */
static bool in_list(const char *list, const char *label)
{
    bool reversed;
    size_t whole = strlen(label), bare = label_bare(label, &reversed);
    while (*list) {
        /* A comma inside a direction, "(e1,e2)", is part of the name. */
        size_t n = strcspn(list, ",(");
        if (list[n] == '(') n += strcspn(list + n, ")") + (strchr(list + n, ')') ? 1 : 0);
        if ((n == whole || n == bare) && !strncmp(list, label, n)) return true;
        list += n + strspn(list + n, ",");
    }
    return false;
}

static gat_status allow(asking *a, gat_error *err)
{
    const gat_intern *labels = a->reader.model->labels;
    int allowed = 0;
    for (int32_t l = 0; l < intern_count(labels); l++) {
        const char *name = intern_string(labels, l);
        bool named = !a->options->relations || in_list(a->options->relations, name);
        allowed += named;
        a->allowed[l] = named || label_is_none(name);
    }
    return allowed
               ? GAT_OK
               : error_set(err, GAT_EUSAGE, "--relations %.200s names no label of the model", a->options->relations);
}

static gat_status asking_init(asking *a, const gat_relations *m, const gat_extract_options *options, gat_error *err)
{
    int32_t labels = relations_labels(m);
    memset(a, 0, sizeof *a);
    a->options = options;
    a->reader.model = m;
    a->allowed = gat_alloc(labels, 1);
    a->said = gat_alloc(labels, 1);
    a->p = gat_alloc((int64_t)READER_BATCH * labels, sizeof *a->p);
    a->word = gat_alloc(SENTENCE_MOST_WORDS, sizeof *a->word);
    a->answer = gat_alloc(labels + 1, sizeof *a->answer);
    if (!a->allowed || !a->said || !a->p || !a->word || !a->answer) return error_nomem(err);
    return allow(a, err);
}

static void asking_clear(asking *a)
{
    relation_reader_close(&a->reader);
    gat_free(a->allowed);
    gat_free(a->said);
    gat_free(a->p);
    gat_free(a->attention);
    gat_free(a->word);
    gat_free(a->answer);
}

/* What was said, by falling probability; where several may hold and none does, one answer says so. */
static int32_t order_answers(asking *a, const float *p)
{
    const gat_relations *m = a->reader.model;
    int32_t n = 0, labels = relations_labels(m);
    float most = 0;
    for (int32_t l = 0; l < labels; l++) {
        if (a->allowed[l] && p[l] > most) most = p[l];
        if (!a->said[l]) continue;
        int32_t at = n++;
        for (; at > 0 && a->answer[at - 1].probability < (double)p[l]; at--) a->answer[at] = a->answer[at - 1];
        const char *name = intern_string(m->labels, l);
        a->answer[at] = (gat_relation_answer){name, (double)p[l], label_is_none(name)};
    }
    if (!n) a->answer[n++] = (gat_relation_answer){"NA", 1 - (double)most, true};
    return n;
}

static void name_entity(asking *a, const sentence *s, int k)
{
    size_t used = 0;
    char *out = a->entity[k];
    for (int32_t i = s->e[k].from; i < s->e[k].to; i++) {
        size_t n = strlen(a->word[i]), gap = i > s->e[k].from;
        if (used + n + gap >= LONGEST_NAME) break;
        if (gap) out[used++] = ' ';
        memcpy(out + used, a->word[i], n);
        used += n;
    }
    out[used] = 0;
}

static int tell(asking *a, int64_t i)
{
    const gat_relations *m = a->reader.model;
    const sentence_list *list = &a->reader.list;
    const sentence *s = &list->data[i];
    const float *p = a->p + i * relations_labels(m);
    gat_extraction x = {.id = list_string(list, s->id), .line = s->line, .num_words = s->num_tokens, .word = a->word};
    for (int32_t w = 0; w < s->num_tokens; w++) a->word[w] = list_string(list, list->token[s->first + w]);
    for (int k = 0; k < 2; k++) {
        x.span[k][0] = s->e[k].from;
        x.span[k][1] = s->e[k].to;
        name_entity(a, s, k);
        x.entity[k] = s->entity[k] >= 0 ? list_string(list, s->entity[k]) : a->entity[k];
    }
    answers_of(a->said, p, relations_labels(m), m->several, m->part[GAT_PART_ALL].threshold, a->allowed);
    x.answer = a->answer;
    x.num_answers = order_answers(a, p);
    if (a->attention) x.attention = a->attention + s->first;
    return a->options->on_sentence(a->options->context, &x);
}

/* Room for the weights of the batch's words, where they are wanted and there are nets. */
static gat_status make_attention(asking *a, gat_error *err)
{
    if (!a->options->attention || !a->reader.model->members) return GAT_OK;
    gat_free(a->attention);
    a->attention = gat_calloc(a->reader.list.num_tokens, sizeof *a->attention);
    return a->attention ? GAT_OK : error_nomem(err);
}

static gat_status tell_batch(asking *a, gat_error *err)
{
    int stopped = 0;
    gat_status st = make_attention(a, err);
    if (!st) st = relation_probabilities(a->p, a->attention, &a->reader, GAT_PART_ALL, err);
    for (int64_t i = 0; !st && !stopped && i < a->reader.list.count; i++) stopped = tell(a, i);
    return stopped ? error_set(err, GAT_EFAILED, "the answers could not be written") : st;
}

static gat_status tell_all(asking *a, gat_error *err)
{
    gat_status st = GAT_OK;
    while (!st) {
        st = relation_reader_next(&a->reader, err);
        if (st || !a->reader.list.count) break;
        st = tell_batch(a, err);
    }
    return st;
}

gat_status relations_extract(const gat_relations *m, const char *path, const gat_extract_options *options,
                             gat_error *err)
{
    asking a;
    gat_status st = asking_init(&a, m, options, err);
    if (!st) st = relation_reader_open(&a.reader, m, path, err);
    if (!st) st = tell_all(&a, err);
    asking_clear(&a);
    return st;
}

gat_status relations_extract_memory(const gat_relations *m, const void *bytes, size_t count, const char *name,
                                    const gat_extract_options *options, gat_error *err)
{
    asking a;
    gat_status st = asking_init(&a, m, options, err);
    if (!st) st = relation_reader_open_memory(&a.reader, m, bytes, count, name, err);
    if (!st) st = tell_all(&a, err);
    asking_clear(&a);
    return st;
}

/* Answers about new sentences, batch by batch. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/relation_answers.h"
#include "text/relation_evaluate.h"
#include "text/relation_reader.h"
#include "text/sureness.h"

enum { LONGEST_NAME = 1024 };

/* An extraction under way. */
struct relation_asker {
    relation_reader reader;
    const gat_extract_options *options;
    uint8_t *allowed, *said;     /* (labels) */
    float *p;                    /* (READER_BATCH, labels) */
    float *attention;            /* of the batch's words */
    const char **word;           /* of a sentence */
    gat_relation_answer *answer; /* (labels + 1) */
    char entity[2][LONGEST_NAME];
};

static gat_status make_room(relation_asker *a, gat_error *err)
{
    int32_t labels = relations_labels(a->reader.model);
    a->allowed = gat_alloc(labels, 1);
    a->said = gat_alloc(labels, 1);
    a->p = gat_alloc((int64_t)READER_BATCH * labels, sizeof *a->p);
    a->word = gat_alloc(SENTENCE_MOST_WORDS, sizeof *a->word);
    a->answer = gat_alloc(labels + 1, sizeof *a->answer);
    return a->allowed && a->said && a->p && a->word && a->answer ? GAT_OK : error_nomem(err);
}

/* All but its reader. */
static gat_status asker_init(relation_asker **out, const gat_relations *m, const gat_extract_options *options,
                             gat_error *err)
{
    relation_asker *a = *out = gat_calloc(1, sizeof *a);
    if (!a) return error_nomem(err);
    a->options = options;
    a->reader.model = m;
    gat_status st = make_room(a, err);
    if (!st) st = labels_allowed(a->allowed, m->labels, options->relations, err);
    if (!st) return GAT_OK;
    relation_asker_close(a);
    *out = NULL;
    return st;
}

void relation_asker_close(relation_asker *a)
{
    if (!a) return;
    relation_reader_close(&a->reader);
    gat_free(a->allowed);
    gat_free(a->said);
    gat_free(a->p);
    gat_free(a->attention);
    gat_free(a->word);
    gat_free(a->answer);
    gat_free(a);
}

/* What was said, by falling probability; where several may hold and none does, one answer says so. */
static int32_t order_answers(relation_asker *a, const float *p)
{
    const gat_relations *m = a->reader.model;
    int32_t n = 0, labels = relations_labels(m);
    float most = 0;
    for (int32_t l = 0; l < labels; l++) {
        if (a->allowed[l] && p[l] > most) most = p[l];
        if (!a->said[l]) continue;
        int32_t at = n++;
        for (; at > 0 && a->answer[at - 1].probability < sureness_of(m, p[l]); at--) a->answer[at] = a->answer[at - 1];
        const char *name = intern_string(m->labels, l);
        a->answer[at] = (gat_relation_answer){name, sureness_of(m, p[l]), label_is_none(name)};
    }
    if (!n) a->answer[n++] = (gat_relation_answer){"NA", 1 - (double)most, true};
    return n;
}

static void name_entity(relation_asker *a, const sentence *s, int k)
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

static int tell(relation_asker *a, int64_t i)
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
    const answer_rule rule = answer_rule_of(m, GAT_PART_ALL);
    answers_of(a->said, p, &rule, a->allowed);
    x.answer = a->answer;
    x.num_answers = order_answers(a, p);
    if (a->attention) x.attention = a->attention + s->first;
    return a->options->on_sentence(a->options->context, &x);
}

/* Room for the weights of the batch's words, where they are wanted and there are nets. */
static gat_status make_attention(relation_asker *a, gat_error *err)
{
    if (!a->options->attention || !a->reader.model->members) return GAT_OK;
    gat_free(a->attention);
    a->attention = gat_calloc(a->reader.list.num_tokens, sizeof *a->attention);
    return a->attention ? GAT_OK : error_nomem(err);
}

static gat_status tell_batch(relation_asker *a, gat_error *err)
{
    int stopped = 0;
    gat_status st = make_attention(a, err);
    if (!st) st = relation_probabilities(a->p, a->attention, &a->reader, GAT_PART_ALL, err);
    for (int64_t i = 0; !st && !stopped && i < a->reader.list.count; i++) stopped = tell(a, i);
    return stopped ? error_set(err, GAT_EFAILED, "the answers could not be written") : st;
}

static gat_status tell_all(relation_asker *a, gat_error *err)
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
    relation_asker *a = NULL;
    gat_status st = asker_init(&a, m, options, err);
    if (!st) st = relation_reader_open(&a->reader, m, path, err);
    if (!st) st = tell_all(a, err);
    relation_asker_close(a);
    return st;
}

gat_status relations_extract_memory(const gat_relations *m, const void *bytes, size_t count, const char *name,
                                    const gat_extract_options *options, gat_error *err)
{
    relation_asker *a = NULL;
    gat_status st = asker_init(&a, m, options, err);
    if (!st) st = relation_reader_open_memory(&a->reader, m, bytes, count, name, err);
    if (!st) st = tell_all(a, err);
    relation_asker_close(a);
    return st;
}

gat_status relation_asker_open(relation_asker **out, const gat_relations *m, const gat_extract_options *options,
                               gat_error *err)
{
    gat_status st = asker_init(out, m, options, err);
    if (!st) st = relation_reader_open(&(*out)->reader, m, NULL, err);
    if (!st || !*out) return st;
    relation_asker_close(*out);
    *out = NULL;
    return st;
}

sentence_list *relation_asker_list(relation_asker *a) { return &a->reader.list; }

gat_status relation_asker_answer(relation_asker *a, gat_error *err)
{
    gat_status st = relation_reader_ready(&a->reader, err);
    if (!st) st = tell_batch(a, err);
    return st ? st : relation_reader_forget(&a->reader, err);
}

#include "text/sentence.h"

#include "base/error.h"
#include "base/memory.h"

gat_status sentence_list_init(sentence_list *list, gat_error *err)
{
    *list = (sentence_list){.strings = intern_new()};
    return list->strings ? GAT_OK : error_nomem(err);
}

void sentence_list_clear(sentence_list *list)
{
    intern_free(list->strings);
    gat_free(list->data);
    gat_free(list->token);
    gat_free(list->governor);
    gat_free(list->deprel);
    *list = (sentence_list){0};
}

void sentence_list_reset(sentence_list *list) { list->count = list->num_tokens = 0; }

gat_status sentence_begin(sentence **out, sentence_list *list, int64_t line, gat_error *err)
{
    if (list->count == list->capacity) {
        int64_t more = list->capacity ? 2 * list->capacity : 256;
        sentence *grown = gat_regrow(list->data, list->count, more, sizeof *grown);
        if (!grown) return error_nomem(err);
        list->data = grown;
        list->capacity = more;
    }
    *out = &list->data[list->count++];
    **out = (sentence){.line = line, .first = list->num_tokens, .id = -1, .entity = {-1, -1}, .num_labels = -1};
    return GAT_OK;
}

static gat_status grow_row(int32_t **row, int64_t count, int64_t capacity, gat_error *err)
{
    int32_t *grown = gat_regrow(*row, count, capacity, sizeof *grown);
    if (!grown) return error_nomem(err);
    *row = grown;
    return GAT_OK;
}

static gat_status grow_words(sentence_list *list, gat_error *err)
{
    int64_t more = list->token_capacity ? 2 * list->token_capacity : 8192;
    gat_status st = grow_row(&list->token, list->num_tokens, more, err);
    if (!st) st = grow_row(&list->governor, list->num_tokens, more, err);
    if (!st) st = grow_row(&list->deprel, list->num_tokens, more, err);
    if (!st) list->token_capacity = more;
    return st;
}

gat_status sentence_string(int32_t *id, sentence_list *list, const char *s, size_t length, gat_error *err)
{
    *id = intern_add(list->strings, s, length);
    return *id < 0 ? error_nomem(err) : GAT_OK;
}

gat_status sentence_word(sentence_list *list, const char *s, size_t length, gat_error *err)
{
    gat_status st = list->num_tokens == list->token_capacity ? grow_words(list, err) : GAT_OK;
    if (st) return st;
    int64_t at = list->num_tokens;
    st = sentence_string(&list->token[at], list, s, length, err);
    if (st) return st;
    list->governor[at] = list->deprel[at] = -1;
    list->num_tokens++;
    list->data[list->count - 1].num_tokens++;
    return GAT_OK;
}

/* Every word has to reach a root, or paths between words would not end. */
static bool is_forest(const int32_t *governor, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        int32_t steps = 0;
        for (int32_t at = i; at >= 0; at = governor[at])
            if (steps++ > n) return false;
    }
    return true;
}

const char *sentence_fault(const sentence_list *list)
{
    const sentence *s = &list->data[list->count - 1];
    if (s->num_tokens == 0) return "the sentence is empty";
    for (int k = 0; k < 2; k++) {
        if (s->e[k].from < 0 || s->e[k].to > s->num_tokens)
            return k ? "e2 is outside the text" : "e1 is outside the text";
        if (s->e[k].from >= s->e[k].to) return k ? "e2 is empty" : "e1 is empty";
    }
    if (s->e[0].from < s->e[1].to && s->e[1].from < s->e[0].to) return "e1 and e2 overlap";
    if (s->parsed && !is_forest(list->governor + s->first, s->num_tokens)) return "the parse goes in a circle";
    return NULL;
}

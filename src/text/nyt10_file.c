/* NYT10: two ids, two names, relation, sentence (words separated by blanks, "###END###" behind the last), tabs between them.
 * The entities are the first places of their names; "NA" is no relation. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "text/sentence_file.h"

enum { COLUMNS = 6 };

typedef struct field {
    const char *s;
    size_t length;
} field;

static int split(field *out, int most, const char *s, size_t length, char separator)
{
    int n = 0;
    for (const char *end = s + length; n < most; n++) {
        const char *next = n + 1 < most ? memchr(s, separator, (size_t)(end - s)) : NULL;
        out[n] = (field){s, (size_t)((next ? next : end) - s)};
        if (!next) return n + 1;
        s = next + 1;
    }
    return n;
}

static gat_status add_words(sentence_list *list, const gat_lines *lines, field text, gat_error *err)
{
    static const char last[] = "###END###";
    const char *end = text.s + text.length;
    gat_status st = GAT_OK;
    for (const char *s = text.s; !st && s < end;) {
        const char *blank = s;
        while (blank < end && *blank != ' ' && *blank != '\t') blank++;
        size_t n = (size_t)(blank - s);
        if (n == sizeof last - 1 && !memcmp(s, last, n)) break;
        if (list->data[list->count - 1].num_tokens == SENTENCE_MOST_WORDS)
            return lines_error(lines, err, "more than %d words", SENTENCE_MOST_WORDS);
        if (n) st = sentence_word(list, s, n, err);
        s = blank + 1;
    }
    return st;
}

/* A name may be one word with underscores, or several words. */
static bool place_of(text_span *out, const sentence_list *list, field name)
{
    const sentence *s = &list->data[list->count - 1];
    for (int32_t i = 0; i < s->num_tokens; i++) {
        size_t at = 0;
        for (int32_t j = i; j < s->num_tokens; j++) {
            const char *word = list_string(list, list->token[s->first + j]);
            size_t n = strlen(word);
            if (n > name.length - at || memcmp(word, name.s + at, n)) break;
            at += n;
            if (at == name.length) {
                *out = (text_span){i, j + 1};
                return true;
            }
            if (name.s[at] != '_' && name.s[at] != ' ') break;
            at++;
        }
    }
    return false;
}

gat_status nyt10_line_read(sentence_list *list, const gat_lines *lines, const char *text, size_t length, gat_error *err)
{
    field column[COLUMNS];
    char id[24];
    sentence *s;
    if (split(column, COLUMNS, text, length, '\t') < COLUMNS)
        return lines_error(lines, err, "expected 6 columns separated by tabs");
    gat_status st = sentence_begin(&s, list, lines_number(lines), err);
    int digits = snprintf(id, sizeof id, "%lld", (long long)lines_number(lines));
    if (!st) st = sentence_string(&s->id, list, id, (size_t)digits, err);
    for (int k = 0; !st && k < 2; k++) st = sentence_string(&s->entity[k], list, column[k].s, column[k].length, err);
    bool none = column[4].length == 2 && !memcmp(column[4].s, "NA", 2);
    if (!st) s->num_labels = !none;
    if (!st && !none) st = sentence_string(&s->label[0], list, column[4].s, column[4].length, err);
    if (!st) st = add_words(list, lines, column[5], err);
    for (int k = 0; !st && k < 2; k++)
        if (!place_of(&list->data[list->count - 1].e[k], list, column[2 + k]))
            return lines_error(lines, err, "\"%.*s\" is not in the sentence", (int)column[2 + k].length,
                               column[2 + k].s);
    return st;
}

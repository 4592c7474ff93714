/* SemEval-2010 task 8: "NUMBER<TAB>"text with <e1>one</e1> and <e2>other</e2>."", then the relation on a line of its own, then
 * "Comment: ...". Files without answers have the first line alone. */
#include <string.h>

#include "base/error.h"
#include "text/sentence_file.h"

enum { TAG = 4, END_TAG = 5, MOST_TEXT = 16384 };

static gat_status add_label(sentence_list *list, const gat_lines *lines, const char *text, size_t length,
                            gat_error *err)
{
    if (length >= 7 && !memcmp(text, "Comment", 7)) return GAT_OK;
    if (!list->count) return lines_error(lines, err, "a relation without a sentence before it");
    sentence *s = &list->data[list->count - 1];
    if (s->num_labels >= 0) return lines_error(lines, err, "a second relation for one sentence");
    s->num_labels = 1;
    return sentence_string(&s->label[0], list, text, length, err);
}

/* The text without its tags, and where the entities stand in it. */
static gat_status strip(char *out, size_t *used, size_t span[2][2], const gat_lines *lines, const char *s,
                        size_t length, gat_error *err)
{
    int seen = 0;
    *used = 0;
    for (size_t i = 0; i < length; i++) {
        int k = 0, end = 0;
        if (s[i] == '<') {
            for (k = 1; k <= 2; k++) {
                const char open[] = {'<', 'e', (char)('0' + k), '>'}, close[] = {'<', '/', 'e', (char)('0' + k), '>'};
                if (length - i >= TAG && !memcmp(s + i, open, TAG)) break;
                end = length - i >= END_TAG && !memcmp(s + i, close, END_TAG);
                if (end) break;
            }
            if (k > 2) k = 0;
        }
        if (!k) {
            out[(*used)++] = s[i];
            continue;
        }
        span[k - 1][end] = *used;
        seen += end ? k : 4 * k;
        i += end ? END_TAG - 1 : TAG - 1;
    }
    return seen == 15 ? GAT_OK : lines_error(lines, err, "<e1>, </e1>, <e2>, </e2> are not each there once");
}

gat_status semeval_line_read(sentence_list *list, const gat_lines *lines, const char *text, size_t length,
                             gat_error *err)
{
    char stripped[MOST_TEXT];
    size_t digits = strspn(text, "0123456789"), span[2][2] = {{0}}, used, at = digits;
    if (!digits) return add_label(list, lines, text, length, err);
    while (at < length && (text[at] == '\t' || text[at] == ' ')) at++;
    if (length - at > sizeof stripped) return lines_error(lines, err, "a sentence of more than %d bytes", MOST_TEXT);
    if (at < length && text[at] == '"') at++;
    if (length > at && text[length - 1] == '"') length--;
    sentence *s;
    gat_status st = sentence_begin(&s, list, lines_number(lines), err);
    if (!st) st = sentence_string(&s->id, list, text, digits, err);
    if (!st) st = strip(stripped, &used, span, lines, text + at, length - at, err);
    if (!st) st = sentence_tokenise(list, lines, stripped, used, (const size_t(*)[2])span, err);
    return st;
}

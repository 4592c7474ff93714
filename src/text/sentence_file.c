#include "text/sentence_file.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "text/unicode_text.h"

typedef gat_status line_reader(sentence_list *list, const gat_lines *lines, const char *text, size_t length,
                               gat_error *err);

struct sentence_file {
    gat_reader *reader;
    gat_lines *lines;
    line_reader *read; /* NULL: not known yet */
    const char *held;  /* a line read but left for the next batch; NULL: none */
    size_t held_length;
};

gat_status sentence_file_take(sentence_file **out, gat_reader *reader, gat_error *err)
{
    sentence_file *f = *out = gat_calloc(1, sizeof *f);
    if (!f) {
        reader_close(reader);
        return error_nomem(err);
    }
    f->reader = reader;
    gat_status st = lines_open(&f->lines, f->reader, err);
    if (!st) return GAT_OK;
    sentence_file_close(f);
    *out = NULL;
    return st;
}

gat_status sentence_file_open(sentence_file **out, const char *path, gat_error *err)
{
    gat_reader *reader = NULL;
    *out = NULL;
    if (!file_exists(path)) return error_set(err, GAT_EDATA, "%.500s: no such file", path);
    if (file_is_folder(path)) return error_set(err, GAT_EDATA, "%.500s: a folder, not a file of sentences", path);
    gat_status st = reader_open(&reader, path, err);
    return st ? st : sentence_file_take(out, reader, err);
}

void sentence_file_close(sentence_file *f)
{
    if (!f) return;
    lines_close(f->lines);
    if (f->reader) reader_close(f->reader);
    gat_free(f);
}

static bool is_blank(const char *s, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (s[i] != ' ' && s[i] != '\t') return false;
    return true;
}

static int count_tabs(const char *s, size_t length)
{
    int n = 0;
    for (size_t i = 0; i < length; i++) n += s[i] == '\t';
    return n;
}

static gat_status choose(sentence_file *f, const char *s, size_t length, gat_error *err)
{
    size_t digits = strspn(s, "0123456789");
    if (*s == '{') f->read = json_line_read;
    else if (digits && digits < length && (s[digits] == '\t' || s[digits] == ' ')) f->read = semeval_line_read;
    else if (count_tabs(s, length) >= 5) f->read = nyt10_line_read;
    else
        return lines_error(
            f->lines, err,
            "neither JSON lines, nor SemEval-2010 task 8 (number, tab, sentence), nor NYT10 (six columns)");
    return GAT_OK;
}

/* Lines of SemEval's file that belong to the sentence before them, and blank ones, add none. */
static gat_status read_line(sentence_file *f, sentence_list *list, const char *s, size_t length, gat_error *err)
{
    int64_t before = list->count;
    gat_status st = f->read ? GAT_OK : choose(f, s, length, err);
    if (!st) st = f->read(list, f->lines, s, length, err);
    const char *fault = !st && list->count > before ? sentence_fault(list) : NULL;
    if (fault) st = lines_error(f->lines, err, "%s", fault);
    if (st && list->count > before) list->num_tokens = list->data[--list->count].first;
    return st;
}

/* The line that was held, else the next one; *s NULL at the end. */
static gat_status next_line(sentence_file *f, const char **s, size_t *length, gat_error *err)
{
    if (!f->held) return lines_next(f->lines, s, length, err);
    *s = f->held;
    *length = f->held_length;
    f->held = NULL;
    return GAT_OK;
}

/* SemEval's label stands behind its sentence: a batch ends before the sentence that is one too many. */
static bool begins_semeval(const sentence_file *f, const char *s)
{
    return f->read == semeval_line_read && *s >= '0' && *s <= '9';
}

gat_status sentence_file_read(int64_t *count, sentence_file *f, sentence_list *list, int64_t most, gat_error *err)
{
    int64_t before = list->count;
    gat_status st = GAT_OK;
    while (!st) {
        const char *s;
        size_t length;
        st = next_line(f, &s, &length, err);
        if (st || !s) break;
        bool full = list->count - before >= most, blank = is_blank(s, length);
        if (full && !blank && begins_semeval(f, s)) {
            f->held = s;
            f->held_length = length;
        }
        if (full && (blank || f->held)) break;
        if (blank) continue;
        st = read_line(f, list, s, length, err);
        if (list->count - before >= most && f->read != semeval_line_read) break;
    }
    *count = list->count - before;
    return st;
}

gat_status sentence_file_load(sentence_list *list, const char *path, gat_error *err)
{
    sentence_file *file = NULL;
    int64_t count;
    gat_status st = sentence_file_open(&file, path, err);
    if (!st) st = sentence_file_read(&count, file, list, INT64_MAX, err);
    sentence_file_close(file);
    return st;
}

gat_status sentence_tokenise(sentence_list *list, const gat_lines *lines, const char *text, size_t length,
                             const size_t span[2][2], gat_error *err)
{
    sentence *s = &list->data[list->count - 1];
    int first = span[1][0] < span[0][0];
    const size_t cut[4] = {span[first][0], span[first][1], span[!first][0], span[!first][1]};
    size_t from, to, at = 0;
    for (int k = 0; k < 2; k++) s->e[k] = (text_span){-1, -1};
    while (text_next_word(&from, &to, &at, text, length, cut, 4)) {
        if (s->num_tokens == SENTENCE_MOST_WORDS)
            return lines_error(lines, err, "more than %d words", SENTENCE_MOST_WORDS);
        for (int k = 0; k < 2; k++) {
            if (from < span[k][0] || to > span[k][1]) continue;
            if (s->e[k].from < 0) s->e[k].from = s->num_tokens;
            s->e[k].to = s->num_tokens + 1;
        }
        gat_status st = sentence_word(list, text + from, to - from, err);
        if (st) return st;
    }
    for (int k = 0; k < 2; k++)
        if (s->num_tokens && s->e[k].from < 0) return lines_error(lines, err, "e%d has no word", k + 1);
    return GAT_OK;
}

#include "recommend/interaction_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "io/lines.h"

enum { MOST_FIELDS = 5, NUMBER_LENGTH = 63 };

typedef struct table {
    gat_reader *reader;
    gat_lines *lines;
    bool csv;
    const char *text;
    size_t length;
} table;

static bool name_says_csv(const char *path)
{
    size_t n = strlen(path);
    for (const char *packing[] = {".gz", ".zst", ""}, **p = packing; p < packing + 3; p++) {
        size_t k = strlen(*p);
        if (n >= k + 4 && !strcmp(path + n - k, *p) && !strncmp(path + n - k - 4, ".csv", 4)) return true;
    }
    return false;
}

static gat_status table_open(table *t, const char *path, gat_error *err)
{
    *t = (table){.csv = name_says_csv(path)};
    gat_status st = reader_open(&t->reader, path, err);
    return st ? st : lines_open(&t->lines, t->reader, err);
}

static void table_close(table *t)
{
    lines_close(t->lines);
    reader_close(t->reader);
}

/* The next line that is not empty; text NULL at the end. */
static gat_status table_next(table *t, gat_error *err)
{
    gat_status st;
    do st = lines_next(t->lines, &t->text, &t->length, err);
    while (!st && t->text && !t->length);
    return st;
}

static rec_field unquoted(rec_field f)
{
    if (f.length > 1 && f.s[0] == '"' && f.s[f.length - 1] == '"') return (rec_field){f.s + 1, f.length - 2};
    return f;
}

/* Fields of the line, at most MOST_FIELDS; returns how many there are in all. */
static int split(rec_field field[MOST_FIELDS], const table *t)
{
    const char *at = t->text, *end = t->text + t->length, mark = t->csv ? ',' : '\t';
    int n = 0;
    for (;; at++) {
        const char *stop = memchr(at, mark, (size_t)(end - at));
        if (!stop) stop = end;
        if (n < MOST_FIELDS) field[n] = unquoted((rec_field){at, (size_t)(stop - at)});
        n++;
        if (stop == end) return n;
        at = stop;
    }
}

static bool take_word(rec_field *f, const char *word)
{
    size_t n = strlen(word);
    if (f->length < n || strncasecmp(f->s, word, n) != 0) return false;
    *f = (rec_field){f->s + n, f->length - n};
    return true;
}

/* "user", "user_id", "userId", "user_id:token", but not "user7", who is one. */
static bool is_heading(rec_field f, const char *word)
{
    if (!take_word(&f, word)) return false;
    (void)(take_word(&f, "_") || take_word(&f, " "));
    (void)(take_word(&f, "id") || take_word(&f, "name"));
    return !f.length || *f.s == ':';
}

static bool number_of(double *out, rec_field f)
{
    char text[NUMBER_LENGTH + 1], *end;
    if (!f.length || f.length > NUMBER_LENGTH) return false;
    memcpy(text, f.s, f.length);
    text[f.length] = 0;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out);
}

static gat_status read_columns(interaction_shape *shape, table *t, interaction_function *add, void *context,
                               gat_error *err)
{
    rec_field f[MOST_FIELDS] = {{NULL, 0}};
    double rating = 1, time = 0;
    int n = split(f, t);
    if (n < 2) return lines_error(t->lines, err, "expected at least 2 columns (user, item), found %d", n);
    if (lines_number(t->lines) == 1 && (is_heading(f[0], "user") || is_heading(f[1], "item"))) return GAT_OK;
    if (!f[0].length || !f[1].length)
        return lines_error(t->lines, err, "the %s is empty", f[0].length ? "item" : "user");
    if (n > 2 && !number_of(&rating, f[2])) return lines_error(t->lines, err, "the rating in column 3 is no number");
    if (n > 3 && !number_of(&time, f[3])) return lines_error(t->lines, err, "the time in column 4 is no number");
    shape->has_rating |= n > 2;
    shape->has_time |= n > 3;
    return add(context, f[0], f[1], rating, time, err);
}

/* "user item item ...". */
static gat_status read_list(const table *t, interaction_function *add, void *context, gat_error *err)
{
    const char *at = t->text, *end = t->text + t->length;
    rec_field user = {NULL, 0};
    gat_status st = GAT_OK;
    int64_t items = 0;
    while (!st) {
        while (at < end && *at == ' ') at++;
        if (at == end) break;
        const char *stop = memchr(at, ' ', (size_t)(end - at));
        if (!stop) stop = end;
        rec_field f = {at, (size_t)(stop - at)};
        if (!user.s) user = f;
        else st = add(context, user, f, 1, 0, err), items++;
        at = stop;
    }
    if (!st && user.s && !items) st = add(context, user, (rec_field){"", 0}, 1, 0, err);
    return st;
}

gat_status interaction_file_read(interaction_shape *shape, const char *path, interaction_function *add, void *context,
                                 gat_error *err)
{
    table t;
    gat_status st = table_open(&t, path, err);
    bool lists = false, first = true;
    while (!st && !(st = table_next(&t, err)) && t.text) {
        if (first) lists = !t.csv && !memchr(t.text, '\t', t.length) && memchr(t.text, ' ', t.length);
        first = false;
        st = lists ? read_list(&t, add, context, err) : read_columns(shape, &t, add, context, err);
    }
    table_close(&t);
    return st;
}

gat_status pair_file_read(const char *path, pair_function *add, void *context, gat_error *err)
{
    table t;
    rec_field f[MOST_FIELDS] = {{NULL, 0}};
    gat_status st = table_open(&t, path, err);
    while (!st && !(st = table_next(&t, err)) && t.text) {
        int n = split(f, &t);
        if (n < 2 || !f[0].length || !f[1].length)
            st = lines_error(t.lines, err, "expected 2 columns (item, entity), found %d", n);
        else if (lines_number(t.lines) > 1 || !is_heading(f[0], "item")) st = add(context, f[0], f[1], err);
    }
    table_close(&t);
    return st;
}

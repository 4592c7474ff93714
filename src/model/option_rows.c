#include "model/option_rows.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

const gat_option *option_rows_at(const option_rows *rows, int index)
{
    return index >= 0 && index < rows->count ? &rows->row[index].option : NULL;
}

static const option_row *row_of(const option_rows *rows, const char *name)
{
    for (int i = 0; i < rows->count; i++)
        if (!strcmp(rows->row[i].option.name, name)) return &rows->row[i];
    return NULL;
}

static int64_t *whole_field(void *config, const option_row *r) { return (int64_t *)((char *)config + r->offset); }
static double *real_field(void *config, const option_row *r) { return (double *)((char *)config + r->offset); }

static int64_t whole_of(const void *config, const option_row *r)
{
    return *(const int64_t *)((const char *)config + r->offset);
}

static double real_of(const void *config, const option_row *r)
{
    return *(const double *)((const char *)config + r->offset);
}

void option_rows_init(void *config, const option_rows *rows)
{
    for (int i = 0; i < rows->count; i++) {
        const gat_option *o = &rows->row[i].option;
        (void)option_rows_set(config, rows, o->name, o->initial, NULL);
    }
}

/* Place of value among "a|b|c", or -1. */
static int choice_index(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (int i = 0;; i++) {
        size_t end = strcspn(choices, "|");
        if (end == length && !strncmp(choices, value, length)) return i;
        if (!choices[end]) return -1;
        choices += end + 1;
    }
}

static void choice_name(char text[OPTION_TEXT], const char *choices, int64_t index)
{
    while (index-- > 0) choices += strcspn(choices, "|") + 1;
    snprintf(text, OPTION_TEXT, "%.*s", (int)strcspn(choices, "|"), choices);
}

static gat_status set_choice(void *config, const option_row *r, const char *value, gat_error *err)
{
    int index = choice_index(r->option.argument, value);
    if (index < 0)
        return error_set(err, GAT_EUSAGE, "--%s %s: expected one of %s", r->option.name, value, r->option.argument);
    *whole_field(config, r) = index;
    return GAT_OK;
}

static gat_status set_number(void *config, const option_row *r, const char *value, gat_error *err)
{
    char *end;
    bool whole = r->kind == OPTION_WHOLE;
    errno = 0;
    double x = strtod(value, &end);
    if (errno || end == value || *end || !isfinite(x) || x < r->low || x > r->high || (whole && x != floor(x)))
        return error_set(err, GAT_EUSAGE, "--%s %s: expected a %snumber from %g to %g", r->option.name, value,
                         whole ? "whole " : "", r->low, r->high);
    if (whole) *whole_field(config, r) = (int64_t)x;
    else *real_field(config, r) = x;
    return GAT_OK;
}

gat_status option_rows_set(void *config, const option_rows *rows, const char *name, const char *value, gat_error *err)
{
    const option_row *r = row_of(rows, name);
    if (!r) return error_set(err, GAT_EUSAGE, "\"%s\" is no option of --task %s", name, rows->task);
    return r->kind == OPTION_CHOICE ? set_choice(config, r, value, err) : set_number(config, r, value, err);
}

static void write_value(char text[OPTION_TEXT], const void *config, const option_row *r)
{
    if (r->kind == OPTION_CHOICE) choice_name(text, r->option.argument, whole_of(config, r));
    else if (r->kind == OPTION_WHOLE) snprintf(text, OPTION_TEXT, "%lld", (long long)whole_of(config, r));
    else snprintf(text, OPTION_TEXT, "%.9g", real_of(config, r));
}

bool option_rows_get(char text[OPTION_TEXT], const option_rows *rows, const void *config, const char *name)
{
    const option_row *r = row_of(rows, name);
    if (r) write_value(text, config, r);
    return r;
}

char *option_rows_text(const option_rows *rows, const void *config)
{
    enum { LINE = 128 };
    size_t size = (size_t)rows->count * LINE + 1, used = 0;
    char *lines = gat_calloc((int64_t)size, 1);
    for (int i = 0; lines && i < rows->count; i++) {
        char text[OPTION_TEXT];
        write_value(text, config, &rows->row[i]);
        used += (size_t)snprintf(lines + used, size - used, "%s = %s\n", rows->row[i].option.name, text);
    }
    return lines;
}

gat_status option_lines_read(void *config, const char *lines, option_setter *set, gat_error *err)
{
    gat_status st = GAT_OK;
    while (!st && *lines) {
        char line[256];
        size_t n = strcspn(lines, "\n");
        if (n >= sizeof line) return error_set(err, GAT_EMODEL, "a line of the configuration is too long");
        memcpy(line, lines, n);
        line[n] = 0;
        lines += n + (lines[n] == '\n');
        char *equals = strstr(line, " = ");
        if (!equals) return error_set(err, GAT_EMODEL, "a line of the configuration is no \"name = value\"");
        *equals = 0;
        st = set(config, line, equals + 3, err);
    }
    return st;
}

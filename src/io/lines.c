/* The buffer holds whole lines in [next, ready) and the beginning of one more in [ready, end). A block is
 * checked for NUL and UTF-8 in one go when it comes in; only a block that fails is checked line by line, to
 * find the line to name. */
#include "io/lines.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { BLOCK_SIZE = 1 << 18, CAPACITY = LINE_LIMIT + 2 + BLOCK_SIZE };

struct gat_lines {
    gat_reader *reader;
    char *buffer;
    size_t next, ready, end;
    int64_t number;
    bool source_ended, suspect;
};

gat_status lines_open(gat_lines **out, gat_reader *reader, gat_error *err)
{
    *out = NULL;
    gat_lines *l = gat_calloc(1, sizeof *l);
    if (!l) return error_nomem(err);
    l->reader = reader;
    l->buffer = gat_alloc(CAPACITY, 1);
    if (!l->buffer) {
        lines_close(l);
        return error_nomem(err);
    }
    *out = l;
    return GAT_OK;
}

void lines_close(gat_lines *l)
{
    if (!l) return;
    gat_free(l->buffer);
    gat_free(l);
}

int64_t lines_number(const gat_lines *l) { return l->number; }

gat_status lines_error(const gat_lines *l, gat_error *err, const char *format, ...)
{
    char message[300];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return error_set(err, GAT_EDATA, "%.280s:%lld: %s", reader_path(l->reader), (long long)l->number, message);
}

static gat_status too_long(gat_lines *l, gat_error *err)
{
    return lines_error(l, err, "line longer than %d bytes", LINE_LIMIT);
}

static bool is_clean(const char *s, size_t length) { return !memchr(s, 0, length) && utf8_valid(s, length); }

/* Which of the two faults a line that is not clean has. */
static gat_status check_line(gat_lines *l, const char *s, size_t length, gat_error *err)
{
    const char *zero = memchr(s, 0, length);
    if (zero) return lines_error(l, err, "NUL byte in column %lld", (long long)(zero - s) + 1);
    if (!utf8_valid(s, length)) return lines_error(l, err, "not valid UTF-8");
    return GAT_OK;
}

/* Reads until a line end comes in, the source ends, or the line is too long. */
static gat_status refill(gat_lines *l, gat_error *err)
{
    size_t scanned = l->end - l->ready, got;
    memmove(l->buffer, l->buffer + l->ready, scanned);
    l->next = l->ready = 0;
    l->end = scanned;
    while (!l->ready && !l->source_ended && l->end <= LINE_LIMIT + 1) {
        size_t room = CAPACITY - l->end;
        gat_status st = reader_read(l->reader, l->buffer + l->end, room < BLOCK_SIZE ? room : BLOCK_SIZE, &got, err);
        if (st) return st;
        l->end += got;
        l->source_ended = got == 0;
        size_t i = l->end;
        while (i > scanned && l->buffer[i - 1] != '\n') i--;
        l->ready = i > scanned ? i : 0;
        scanned = l->end;
    }
    if (l->source_ended) l->ready = l->end;
    l->suspect = !is_clean(l->buffer, l->ready);
    return GAT_OK;
}

static void skip_byte_order_mark(gat_lines *l)
{
    if (l->ready >= 3 && !memcmp(l->buffer, "\xef\xbb\xbf", 3)) l->next = 3;
}

gat_status lines_next(gat_lines *l, const char **text, size_t *length, gat_error *err)
{
    *text = NULL;
    *length = 0;
    l->number++;
    if (l->next == l->ready) {
        gat_status st = refill(l, err);
        if (st) return st;
        if (l->number == 1) skip_byte_order_mark(l);
        if (l->next == l->ready) return l->end > l->ready ? too_long(l, err) : GAT_OK;
    }
    const char *start = l->buffer + l->next;
    const char *stop = memchr(start, '\n', l->ready - l->next);
    size_t n = stop ? (size_t)(stop - start) : l->ready - l->next;
    l->next += n + (stop ? 1 : 0);
    if (n && start[n - 1] == '\r') n--;
    if (n > LINE_LIMIT) return too_long(l, err);
    if (l->suspect) {
        gat_status st = check_line(l, start, n, err);
        if (st) return st;
    }
    *text = start;
    *length = n;
    return GAT_OK;
}

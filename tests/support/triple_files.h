/* Small files for the tests of readers, and a sink that writes what it gets as lines "head|relation|tail\n". */
#ifndef GAT_TESTS_TRIPLE_FILES_H
#define GAT_TESTS_TRIPLE_FILES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/triple_sink.h"

/* A path below the source's tests folder; borrowed until the next call. */
static inline const char *test_path(const char *name)
{
    static char path[1000];
    const char *source = getenv("GATKIT_SOURCE");
    assert_non_null(source);
    snprintf(path, sizeof path, "%s/tests/%s", source, name);
    return path;
}

static inline void put_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, count, f), count);
    assert_int_equal(fclose(f), 0);
}

static inline void put_text(const char *path, const char *text) { put_bytes(path, text, strlen(text)); }

typedef struct collected {
    char text[1 << 16];
    size_t used;
    int64_t last_line;
} collected;

static inline gat_status collect(void *context, gat_term h, gat_term r, gat_term t, const char *path, int64_t line,
                                 gat_error *err)
{
    collected *c = context;
    (void)path;
    if (c->used + h.length + r.length + t.length + 4 > sizeof c->text)
        return error_set(err, GAT_EFAILED, "the sink is full");
    c->used += (size_t)snprintf(c->text + c->used, sizeof c->text - c->used, "%.*s|%.*s|%.*s\n", (int)h.length, h.bytes,
                                (int)r.length, r.bytes, (int)t.length, t.bytes);
    c->last_line = line;
    return GAT_OK;
}

/* What `read` makes of the bytes; a failure leaves its message in c->text. */
static inline gat_status read_bytes(collected *c, int64_t *literals, triple_read_function *read, const char *bytes,
                                    size_t count)
{
    gat_reader *reader;
    gat_error err = {0};
    triple_sink sink = {.add = collect, .context = c};
    memset(c, 0, sizeof *c);
    gat_status st = reader_open_memory(&reader, bytes, count, "test", &err);
    if (!st) st = read(reader, &sink, &err);
    reader_close(reader);
    if (st) snprintf(c->text, sizeof c->text, "%s", err.message);
    if (literals) *literals = sink.literals;
    return st;
}

static inline void assert_reads(triple_read_function *read, const char *text, const char *expected)
{
    static collected c;
    read_bytes(&c, NULL, read, text, strlen(text));
    assert_string_equal(c.text, expected);
}

#endif

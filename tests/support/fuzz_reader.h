/* What the fuzz targets of the readers share. */
#ifndef GAT_TESTS_FUZZ_READER_H
#define GAT_TESTS_FUZZ_READER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "io/triple_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_check(gat_term t)
{
    if (!t.length || memchr(t.bytes, 0, t.length) || memchr(t.bytes, '\n', t.length) || !utf8_valid(t.bytes, t.length))
        abort();
}

static inline gat_status fuzz_add(void *context, gat_term head, gat_term relation, gat_term tail, const char *path,
                                  int64_t line, gat_error *err)
{
    (void)context, (void)path, (void)line, (void)err;
    fuzz_check(head);
    fuzz_check(relation);
    fuzz_check(tail);
    return GAT_OK;
}

static inline void fuzz_reader(triple_read_function *read, const uint8_t *data, size_t size)
{
    gat_reader *reader;
    gat_error err;
    triple_sink sink = {.add = fuzz_add};
    if (reader_open_memory(&reader, data, size, "input", &err)) return;
    gat_status st = read(reader, &sink, &err);
    if (st && err.code != st) abort();
    reader_close(reader);
}

#endif

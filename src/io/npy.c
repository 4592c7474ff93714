/* The header is a Python dictionary literal, filled with blanks so that the array starts at a multiple of 64. */
#include "io/npy.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { HEADER = 128, PREAMBLE = 10 };

gat_status npy_write_header(gat_writer *writer, int64_t rows, int64_t columns, gat_error *err)
{
    char text[HEADER + 1];
    assert(rows >= 0 && columns >= 0);
    memset(text, ' ', sizeof text);
    memcpy(text, "\x93NUMPY\x01\x00", 8);
    text[8] = HEADER - PREAMBLE;
    text[9] = 0;
    int n = snprintf(text + PREAMBLE, HEADER - PREAMBLE,
                     "{'descr': '<f4', 'fortran_order': False, 'shape': (%lld, %lld), }", (long long)rows,
                     (long long)columns);
    assert(n > 0 && n < HEADER - PREAMBLE - 1);
    text[PREAMBLE + n] = ' ';
    text[HEADER - 1] = '\n';
    return writer_write(writer, text, HEADER, err);
}

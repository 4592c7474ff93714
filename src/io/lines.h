/* The lines of a text file, read block by block: what the TSV, CSV and N-Triples readers stand on.
 *
 * A line is valid UTF-8 without NUL bytes and at most LINE_LIMIT bytes long; anything else is refused with
 * file and line. A longer line is refused after LINE_LIMIT bytes, whatever follows. Lines end in LF or CR LF;
 * the last one may lack it. A byte order mark at the start is passed over. */
#ifndef GAT_IO_LINES_H
#define GAT_IO_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/status.h"

enum { LINE_LIMIT = 1000000 };

typedef struct gat_lines gat_lines;

/* The reader is borrowed until lines_close and must be at its start. */
gat_status lines_open(gat_lines **out, gat_reader *reader, gat_error *err);
void lines_close(gat_lines *lines);

/* The next line without its end, not terminated, borrowed until the next call; *text NULL at the end of the
 * file. GAT_EDATA, GAT_EIO, GAT_ENOMEM otherwise. */
gat_status lines_next(gat_lines *lines, const char **text, size_t *length, gat_error *err);

/* Number of the line given last, from 1. */
int64_t lines_number(const gat_lines *lines);

/* "PATH:LINE: MESSAGE" about the line given last; returns GAT_EDATA. */
__attribute__((format(printf, 3, 4))) gat_status lines_error(const gat_lines *lines, gat_error *err, const char *format,
                                                             ...);

#endif

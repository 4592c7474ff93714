/* The texts of a file of documents, one JSON object a line: bytes, and where the characters or tokens that spans count begin. */
#ifndef GAT_TASKS_RAW_TEXT_H
#define GAT_TASKS_RAW_TEXT_H

#include "io/lines.h"

typedef struct raw_text {
    gat_reader *reader;
    gat_lines *lines;
    char *text; /* of the line at hand; tokens are joined by blanks */
    size_t length, capacity;
    size_t *token; /* (tokens + 1) their first bytes, and one behind the last blank; unused of a text */
    int64_t tokens, token_capacity; /* tokens -1: spans count the characters of a text */
} raw_text;

/* raw must be zeroed. */
gat_status raw_text_open(raw_text *raw, const char *path, gat_error *err);
void raw_text_close(raw_text *raw);

/* Goes forward to a line, which a reader of documents has found good. */
gat_status raw_text_line(raw_text *raw, int64_t line, gat_error *err);

/* Bytes [*from, *to) of a span. GAT_EDATA: outside the text. */
gat_status raw_text_span(size_t *from, size_t *to, const raw_text *raw, int64_t start, int64_t end, gat_error *err);

#endif

/* A text to a file, gzipped when the file's name ends in ".gz". */
#ifndef GAT_BASE_GZIP_TEXT_H
#define GAT_BASE_GZIP_TEXT_H

#include <stddef.h>

#include "base/status.h"

/* Replaces the file only whole. The same text gives the same bytes. */
gat_status text_write(const char *path, const char *text, size_t length, gat_error *err);

#endif

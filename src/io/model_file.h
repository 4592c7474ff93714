/* The container of models and checkpoints: named sections, every byte of the file under a checksum.
 *
 * Layout, little-endian: a 64-byte header (magic, format version, number of sections, total length, checksum
 * of header and table, zeros), a table of 64 bytes a section (name, offset, length, XXH3-128 of the section and
 * its padding, zeros; sorted by offset), the sections at multiples of 64, zero padding behind each. Nothing in
 * it is executed; counts and lengths are checked against the file's size before anything is allocated. Equal
 * contents give equal files. */
#ifndef GAT_IO_MODEL_FILE_H
#define GAT_IO_MODEL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/status.h"

enum { MODEL_FILE_MAX_SECTIONS = 96, MODEL_FILE_NAME = 24 };

/* A section to be written: borrowed bytes. */
typedef struct gat_section {
    const char *name; /* at most 23 bytes of [a-z0-9_] */
    const void *bytes;
    int64_t length;
} gat_section;

/* Replaces path only whole. */
gat_status model_file_write(const char *path, const gat_section *sections, int count, gat_error *err);

typedef struct gat_model_file gat_model_file;

/* Checks the whole file, and keeps nothing of it but the table: sections are read when they are asked for, and checked once
 * more. GAT_EMODEL: any fault, with the path and what is wrong; GAT_EIO: unreadable. */
gat_status model_file_open(gat_model_file **out, const char *path, gat_error *err);
void model_file_close(gat_model_file *file);

/* *out: whether the file has a section of that name, by its header and table alone; a pipe has none. */
gat_status model_file_names_section(bool *out, const char *path, const char *name, gat_error *err);

/* The same for the bytes of a file, which come from gat_alloc and are taken, on failure too. `path` is for messages. */
gat_status model_file_take(gat_model_file **out, char **bytes, size_t size, const char *path, gat_error *err);

/* Bytes of a section at a multiple of 64, borrowed until close; GAT_EMODEL when it is missing. `unit` > 1: the
 * length must be a multiple of it. Not thread-safe. */
gat_status model_file_section(const void **bytes, int64_t *length, const gat_model_file *file, const char *name,
                              int64_t unit, gat_error *err);

/* The sections whose names begin with `prefix`, under the rest of their names. It has to be closed before the whole; not
 * a part of a part. */
gat_status model_file_part(gat_model_file **out, const gat_model_file *whole, const char *prefix, gat_error *err);

/* The length of a section in bytes; -1 when it is missing. */
int64_t model_file_length(const gat_model_file *file, const char *name);

/* A section of exactly `count` finite floats, straight to where they belong; GAT_EMODEL. */
gat_status model_file_floats(float *to, int64_t count, const gat_model_file *file, const char *name, gat_error *err);

/* Names as one section: every string terminated by a zero byte, in id order. */
gat_status model_file_pack_names(char **bytes, int64_t *length, const gat_intern *names, gat_error *err);

/* Checks UTF-8, termination, count and uniqueness; GAT_EMODEL. */
gat_status model_file_unpack_names(gat_intern **out, const void *bytes, int64_t length, int64_t count, gat_error *err);

/* The same for a section of a file. */
gat_status model_file_names(gat_intern **out, const gat_model_file *file, const char *name, int64_t count,
                            gat_error *err);

/* Texts as one section: each terminated, an empty one for NULL; and back, pointers and bytes in one block for gat_free.
 * GAT_EMODEL. */
gat_status model_file_pack_texts(char **bytes, int64_t *length, char *const *texts, int64_t count, gat_error *err);
gat_status model_file_texts(char ***out, const gat_model_file *file, const char *name, int64_t count, gat_error *err);

#endif

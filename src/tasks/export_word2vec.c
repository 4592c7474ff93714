#include <stdio.h>
#include <string.h>

#include "tasks/export.h"
#include "tasks/file_pair.h"

/* Byte by byte: the writer has a buffer. */
static gat_status write_word(gat_writer *writer, const char *name, gat_error *err)
{
    gat_status st = GAT_OK;
    for (const char *c = name; !st && *c; c++) st = writer_write(writer, strchr(" \t\r\n", *c) ? "_" : c, 1, err);
    return st;
}

typedef gat_status row_writer(gat_writer *writer, const char *name, const float *x, int64_t dim, gat_error *err);

static gat_status write_row(gat_writer *writer, const char *name, const float *x, int64_t dim, gat_error *err)
{
    gat_status st = write_word(writer, name, err);
    for (int64_t i = 0; !st && i < dim; i++) {
        char number[32];
        snprintf(number, sizeof number, " %.9g", (double)x[i]);
        st = write_text(writer, number, err);
    }
    return st ? st : write_text(writer, "\n", err);
}

/* Numbers as they lie in the memory of a little-endian machine. */
static gat_status write_binary_row(gat_writer *writer, const char *name, const float *x, int64_t dim, gat_error *err)
{
    gat_status st = write_word(writer, name, err);
    if (!st) st = write_text(writer, " ", err);
    if (!st) st = writer_write(writer, x, (size_t)dim * sizeof *x, err);
    return st ? st : write_text(writer, "\n", err);
}

static gat_status write_all(const export_source *source, row_writer *row, const char *path, gat_error *err)
{
    gat_writer *writer;
    char heading[64];
    gat_status st = writer_open(&writer, path, err);
    if (st) return st;
    snprintf(heading, sizeof heading, "%lld %lld\n", (long long)source->rows, (long long)source->dim);
    st = write_text(writer, heading, err);
    for (int32_t i = 0; !st && i < source->rows; i++)
        st = row(writer, intern_string(source->names, i), source->vectors + i * source->dim, source->dim, err);
    if (!st) return writer_commit(writer, err);
    writer_abandon(writer);
    return st;
}

gat_status export_word2vec(const export_source *source, const char *path, gat_error *err)
{
    return write_all(source, write_row, path, err);
}

gat_status export_word2vec_binary(const export_source *source, const char *path, gat_error *err)
{
    return write_all(source, write_binary_row, path, err);
}

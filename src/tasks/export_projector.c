#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "tasks/export.h"
#include "tasks/file_pair.h"

static gat_status write_vectors(gat_writer *writer, const export_source *s, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < s->rows * s->dim; i++) {
        char number[32];
        snprintf(number, sizeof number, "%.9g%c", (double)s->vectors[i], (i + 1) % s->dim ? '\t' : '\n');
        st = write_text(writer, number, err);
    }
    return st;
}

/* A file of one column has no heading, one of several has. */
static gat_status write_metadata(gat_writer *writer, const export_source *s, gat_error *err)
{
    if (!s->texts) return write_names(writer, s->names, err);
    gat_status st = write_text(writer, "name\ttext\n", err);
    for (int32_t i = 0; !st && i < s->rows; i++) {
        const char *text = s->texts[i];
        st = write_text(writer, intern_string(s->names, i), err);
        if (!st) st = write_text(writer, "\t", err);
        if (!st && text) st = write_text(writer, text, err);
        if (!st) st = write_text(writer, "\n", err);
    }
    return st;
}

gat_status export_projector(const export_source *s, const char *path, gat_error *err)
{
    file_pair files;
    size_t size = strlen(path) + sizeof ".metadata.tsv";
    char *vectors = gat_alloc((int64_t)size, 1), *metadata = gat_alloc((int64_t)size, 1);
    gat_status st = vectors && metadata ? GAT_OK : error_nomem(err);
    if (st) goto done;
    snprintf(vectors, size, "%s.tsv", path);
    snprintf(metadata, size, "%s.metadata.tsv", path);
    st = file_pair_open(&files, vectors, metadata, err);
    if (st) goto done;
    st = write_vectors(files.first, s, err);
    if (!st) st = write_metadata(files.second, s, err);
    st = file_pair_close(&files, st, err);
done:
    gat_free(vectors);
    gat_free(metadata);
    return st;
}

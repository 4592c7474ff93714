#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/embedding_view.h"
#include "tasks/export.h"
#include "tasks/file_pair.h"

static gat_status write_vectors(gat_writer *writer, const embedding_view *v, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < v->base.num_entities * v->dim; i++) {
        char number[32];
        snprintf(number, sizeof number, "%.9g%c", (double)v->encoded[i], (i + 1) % v->dim ? '\t' : '\n');
        st = write_text(writer, number, err);
    }
    return st;
}

/* A file of one column has no heading, one of several has. */
static gat_status write_metadata(gat_writer *writer, const gat_model *model, gat_error *err)
{
    if (!model->entity_text) return write_names(writer, model->entities, err);
    gat_status st = write_text(writer, "name\ttext\n", err);
    for (int32_t i = 0; !st && i < intern_count(model->entities); i++) {
        const char *text = model->entity_text[i];
        st = write_text(writer, intern_string(model->entities, i), err);
        if (!st) st = write_text(writer, "\t", err);
        if (!st && text) st = write_text(writer, text, err);
        if (!st) st = write_text(writer, "\n", err);
    }
    return st;
}

gat_status export_projector(const gat_model *model, const char *path, gat_error *err)
{
    const embedding_view *v;
    file_pair files;
    gat_status st = embedding_view_need(&v, model->view, "the format projector", err);
    if (st) return st;
    size_t size = strlen(path) + sizeof ".metadata.tsv";
    char *vectors = gat_alloc((int64_t)size, 1), *metadata = gat_alloc((int64_t)size, 1);
    st = vectors && metadata ? GAT_OK : error_nomem(err);
    if (st) goto done;
    snprintf(vectors, size, "%s.tsv", path);
    snprintf(metadata, size, "%s.metadata.tsv", path);
    st = file_pair_open(&files, vectors, metadata, err);
    if (st) goto done;
    st = write_vectors(files.first, v, err);
    if (!st) st = write_metadata(files.second, model, err);
    st = file_pair_close(&files, st, err);
done:
    gat_free(vectors);
    gat_free(metadata);
    return st;
}

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/npy.h"
#include "model/embedding_view.h"
#include "tasks/export.h"
#include "tasks/file_pair.h"

gat_status export_npy(const gat_model *model, const char *path, gat_error *err)
{
    const embedding_view *v;
    file_pair files;
    gat_status st = embedding_view_need(&v, model->view, "the format npy", err);
    if (st) return st;
    size_t size = strlen(path) + sizeof ".entities.txt";
    char *names = gat_alloc((int64_t)size, 1);
    if (!names) return error_nomem(err);
    snprintf(names, size, "%s.entities.txt", path);
    st = file_pair_open(&files, path, names, err);
    if (!st) {
        st = npy_write_header(files.first, v->base.num_entities, v->dim, err);
        if (!st)
            st = writer_write(files.first, v->encoded, (size_t)(v->base.num_entities * v->dim) * sizeof *v->encoded,
                              err);
        if (!st) st = write_names(files.second, v->base.entities, err);
        st = file_pair_close(&files, st, err);
    }
    gat_free(names);
    return st;
}

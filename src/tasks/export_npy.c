#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/npy.h"
#include "tasks/export.h"
#include "tasks/file_pair.h"

gat_status export_npy(const export_source *source, const char *path, gat_error *err)
{
    file_pair files;
    size_t size = strlen(path) + sizeof ".entities.txt";
    char *names = gat_alloc((int64_t)size, 1);
    if (!names) return error_nomem(err);
    snprintf(names, size, "%s.entities.txt", path);
    gat_status st = file_pair_open(&files, path, names, err);
    if (!st) {
        st = npy_write_header(files.first, source->rows, source->dim, err);
        if (!st)
            st = writer_write(files.first, source->vectors,
                              (size_t)(source->rows * source->dim) * sizeof *source->vectors, err);
        if (!st) st = write_names(files.second, source->names, err);
        st = file_pair_close(&files, st, err);
    }
    gat_free(names);
    return st;
}

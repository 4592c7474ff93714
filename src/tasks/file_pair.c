#include "tasks/file_pair.h"

#include <string.h>

#include "base/error.h"

gat_status file_pair_open(file_pair *pair, const char *first, const char *second, gat_error *err)
{
    *pair = (file_pair){NULL, NULL};
    if (!strcmp(first, second)) return error_set(err, GAT_EUSAGE, "%.400s: one file cannot be both outputs", first);
    gat_status st = writer_open(&pair->first, first, err);
    if (!st) st = writer_open(&pair->second, second, err);
    if (!st) return GAT_OK;
    writer_abandon(pair->first);
    *pair = (file_pair){NULL, NULL};
    return st;
}

gat_status file_pair_close(file_pair *pair, gat_status st, gat_error *err)
{
    if (!st) st = writer_flush(pair->first, err);
    if (!st) st = writer_flush(pair->second, err);
    if (!st) {
        st = writer_commit(pair->first, err);
        pair->first = NULL;
    }
    if (!st) {
        st = writer_commit(pair->second, err);
        pair->second = NULL;
    }
    writer_abandon(pair->first);
    writer_abandon(pair->second);
    return st;
}

gat_status write_text(gat_writer *writer, const char *text, gat_error *err)
{
    return writer_write(writer, text, strlen(text), err);
}

gat_status write_names(gat_writer *writer, const gat_intern *names, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int32_t i = 0; !st && i < intern_count(names); i++) {
        st = write_text(writer, intern_string(names, i), err);
        if (!st) st = write_text(writer, "\n", err);
    }
    return st;
}

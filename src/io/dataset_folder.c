#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/dataset_parts.h"
#include "io/triple_file.h"

/* Keeps the one file that exists in *path; a second one is an error. */
static gat_status try_name(char **path, const char *folder, const char *name, const char *ending, const char *packing,
                           gat_error *err)
{
    size_t size = strlen(folder) + strlen(name) + strlen(ending) + strlen(packing) + 2;
    char *candidate = gat_alloc((int64_t)size, 1);
    if (!candidate) return error_nomem(err);
    const char *slash = folder[0] && folder[strlen(folder) - 1] == '/' ? "" : "/";
    snprintf(candidate, size, "%s%s%s%s%s", folder, slash, name, ending, packing);
    gat_status st = GAT_OK;
    if (!file_exists(candidate) || file_is_folder(candidate)) {
        gat_free(candidate);
    } else if (*path) {
        st = error_set(err, GAT_EDATA, "two files for %s: %.250s and %.250s; keep one of them", name, *path, candidate);
        gat_free(candidate);
    } else {
        *path = candidate;
    }
    return st;
}

static gat_status try_packings(char **path, const char *folder, const char *name, const char *ending, gat_error *err)
{
    gat_status st = GAT_OK;
    const char *packing;
    for (int i = 0; !st && (packing = triple_file_packing(i)); i++)
        st = try_name(path, folder, name, ending, packing, err);
    return st;
}

static gat_status or_nothing(char **path, gat_status st)
{
    if (!st) return st;
    gat_free(*path);
    *path = NULL;
    return st;
}

gat_status folder_find_triples(char **path, const char *folder, const char *name, gat_error *err)
{
    gat_status st = GAT_OK;
    const char *ending;
    *path = NULL;
    for (int i = 0; !st && (ending = triple_file_ending(i)); i++) st = try_packings(path, folder, name, ending, err);
    return or_nothing(path, st);
}

gat_status folder_find_texts(char **path, const char *folder, const char *name, gat_error *err)
{
    *path = NULL;
    return or_nothing(path, try_packings(path, folder, name, ".tsv", err));
}

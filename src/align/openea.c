#include "align/openea.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/dataset_parts.h"
#include "io/triple_file.h"

static gat_status try_packing(char **path, const char *folder, const char *name, const char *packing, gat_error *err)
{
    size_t size = strlen(folder) + strlen(name) + strlen(packing) + 2;
    char *candidate = gat_alloc((int64_t)size, 1);
    if (!candidate) return error_nomem(err);
    snprintf(candidate, size, "%s/%s%s", folder, name, packing);
    if (file_exists(candidate) && !file_is_folder(candidate)) *path = candidate;
    else gat_free(candidate);
    return GAT_OK;
}

gat_status openea_find(char **path, const char *folder, const char *name, gat_error *err)
{
    gat_status st = GAT_OK;
    const char *packing;
    *path = NULL;
    if (!file_is_folder(folder)) return GAT_OK;
    for (int i = 0; !st && !*path && (packing = triple_file_packing(i)); i++)
        st = try_packing(path, folder, name, packing, err);
    return st || *path ? st : folder_find_triples(path, folder, name, err);
}

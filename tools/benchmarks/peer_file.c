#include "peer_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

static const char *path_of(const char *request) { return strrchr(request, ' ') + 1; }

static gat_status failed(const char *request, gat_error *err)
{
    return error_set(err, GAT_EIO, "%s: could not be written", path_of(request));
}

gat_status peer_file_start(char *request, size_t size, const char *task, gat_error *err)
{
    const char *folder = getenv("TMPDIR");
    int length =
        snprintf(request, size, "%s %s/gatkit-bench-XXXXXX", task, folder && !strchr(folder, ' ') ? folder : "/tmp");
    if (length < 0 || (size_t)length >= size) return error_set(err, GAT_EUSAGE, "TMPDIR is too long");
    int file = mkstemp(strrchr(request, ' ') + 1);
    if (file < 0) return failed(request, err);
    close(file);
    return GAT_OK;
}

gat_status peer_file_ids(const char *request, const int32_t *ids, int64_t count, gat_error *err)
{
    FILE *f = fopen(path_of(request), "ab");
    if (!f) return failed(request, err);
    int whole = fwrite(&count, sizeof count, 1, f) == 1 && fwrite(ids, sizeof *ids, (size_t)count, f) == (size_t)count;
    return fclose(f) || !whole ? failed(request, err) : GAT_OK;
}

gat_status peer_file_offsets(const char *request, const int64_t *offsets, int64_t count, gat_error *err)
{
    int32_t *ids = gat_alloc(count, sizeof *ids);
    if (!ids) return error_nomem(err);
    for (int64_t i = 0; i < count; i++) ids[i] = (int32_t)offsets[i];
    gat_status st = peer_file_ids(request, ids, count, err);
    gat_free(ids);
    return st;
}

void peer_file_remove(const char *request) { unlink(path_of(request)); }

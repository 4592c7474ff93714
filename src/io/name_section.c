/* Names in a model file: terminated strings in id order. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/model_file.h"

gat_status model_file_pack_names(char **bytes, int64_t *length, const gat_intern *names, gat_error *err)
{
    int32_t count = intern_count(names);
    size_t total = 0, at = 0;
    *bytes = NULL;
    *length = 0;
    for (int32_t i = 0; i < count; i++) total += strlen(intern_string(names, i)) + 1;
    char *packed = gat_alloc((int64_t)total, 1);
    if (!packed) return error_nomem(err);
    for (int32_t i = 0; i < count; i++) {
        const char *s = intern_string(names, i);
        size_t n = strlen(s) + 1;
        memcpy(packed + at, s, n);
        at += n;
    }
    *bytes = packed;
    *length = (int64_t)total;
    return GAT_OK;
}

/* The name at s, of which at most `left` bytes remain, becomes id `id`; *used receives its bytes. */
static gat_status unpack_one(gat_intern *names, size_t *used, const char *s, size_t left, int32_t id, gat_error *err)
{
    size_t n = strnlen(s, left);
    if (n == left) return error_set(err, GAT_EMODEL, "damaged names: name %d has no end", id);
    if (!utf8_valid(s, n)) return error_set(err, GAT_EMODEL, "damaged names: name %d is not UTF-8", id);
    int32_t got = intern_add(names, s, n);
    if (got < 0) return error_nomem(err);
    if (got != id) return error_set(err, GAT_EMODEL, "damaged names: name %d is there twice", id);
    *used = n + 1;
    return GAT_OK;
}

gat_status model_file_unpack_names(gat_intern **out, const void *bytes, int64_t length, int64_t count, gat_error *err)
{
    const char *s = bytes;
    size_t left = (size_t)length, used = 0;
    *out = NULL;
    if (count < 0 || count > length || count >= INT32_MAX)
        return error_set(err, GAT_EMODEL, "damaged names: %lld in %lld bytes", (long long)count, (long long)length);
    gat_intern *names = intern_new();
    gat_status st = names ? GAT_OK : error_nomem(err);
    for (int32_t i = 0; !st && i < count; i++, s += used, left -= used) {
        used = 0;
        st = unpack_one(names, &used, s, left, i, err);
    }
    if (!st && left) st = error_set(err, GAT_EMODEL, "damaged names: bytes behind the last of %lld", (long long)count);
    if (st) intern_free(names);
    else *out = names;
    return st;
}

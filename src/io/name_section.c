/* Names and texts in a model file: terminated strings in id order. */
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

gat_status model_file_names(gat_intern **out, const gat_model_file *file, const char *name, int64_t count,
                            gat_error *err)
{
    const void *bytes;
    int64_t length;
    gat_status st = model_file_section(&bytes, &length, file, name, 1, err);
    return st ? st : model_file_unpack_names(out, bytes, length, count, err);
}

/* ---- texts ----------------------------------------------------------------------------------------------- */

gat_status model_file_pack_texts(char **bytes, int64_t *length, char *const *texts, int64_t count, gat_error *err)
{
    *length = 0;
    for (int64_t i = 0; i < count; i++) *length += 1 + (texts[i] ? (int64_t)strlen(texts[i]) : 0);
    char *at = *bytes = gat_calloc(*length, 1);
    if (!at) return error_nomem(err);
    for (int64_t i = 0; i < count; i++) {
        size_t size = texts[i] ? strlen(texts[i]) : 0;
        if (size) memcpy(at, texts[i], size);
        at += size + 1;
    }
    return GAT_OK;
}

static gat_status bad_texts(gat_error *err, const char *what)
{
    return error_set(err, GAT_EMODEL, "bad model file: entity texts are %s", what);
}

/* Pointers and a copy of the bytes as one block; an entity with an empty text has none. */
static gat_status unpack_texts(char ***out, const char *bytes, int64_t length, int64_t n, gat_error *err)
{
    char **texts = gat_alloc(n * (int64_t)sizeof *texts + length, 1);
    if (!texts) return error_nomem(err);
    char *at = (char *)(texts + n), *end = at + length;
    if (length) memcpy(at, bytes, (size_t)length);
    int64_t found = 0;
    for (; found < n && at < end; found++, at += strlen(at) + 1) texts[found] = *at ? at : NULL;
    if (found == n && at == end) {
        *out = texts;
        return GAT_OK;
    }
    gat_free(texts);
    return bad_texts(err, found < n ? "too few" : "too many");
}

gat_status model_file_texts(char ***out, const gat_model_file *file, const char *name, int64_t count, gat_error *err)
{
    const void *bytes;
    int64_t length;
    gat_status st = model_file_section(&bytes, &length, file, name, 1, err);
    if (st) return st;
    if (count > length || (length && ((const char *)bytes)[length - 1]) || !utf8_valid(bytes, (size_t)length))
        return bad_texts(err, "damaged");
    return unpack_texts(out, bytes, length, count, err);
}

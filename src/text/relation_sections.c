#include "text/relation_sections.h"

#define XXH_INLINE_ALL
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"

gat_status sections_own(relation_sections *s, const char *name, void *bytes, int64_t length, gat_error *err)
{
    if (!bytes) return error_nomem(err);
    if (s->count == MODEL_FILE_MAX_SECTIONS) {
        gat_free(bytes);
        return error_set(err, GAT_EFAILED, "the model has more than %d parts to store", MODEL_FILE_MAX_SECTIONS);
    }
    s->owned[s->count] = bytes;
    snprintf(s->name[s->count], sizeof s->name[0], "%s", name);
    s->list[s->count] = (gat_section){s->name[s->count], bytes, length};
    s->count++;
    return GAT_OK;
}

gat_status sections_copy(relation_sections *s, const char *name, const void *bytes, int64_t length, gat_error *err)
{
    void *copy = gat_alloc(length, 1);
    if (copy && length) memcpy(copy, bytes, (size_t)length);
    return sections_own(s, name, copy, length, err);
}

gat_status sections_names(relation_sections *s, const char *name, const gat_intern *names, gat_error *err)
{
    char *bytes;
    int64_t length;
    gat_status st = model_file_pack_names(&bytes, &length, names, err);
    return st ? st : sections_own(s, name, bytes, length, err);
}

void relation_sections_clear(relation_sections *s)
{
    for (int i = 0; i < s->count; i++) gat_free(s->owned[i]);
    s->count = 0;
}

gat_status sections_digest(uint64_t digest[2], const relation_sections *s, gat_error *err)
{
    XXH3_state_t *state = gat_alloc(1, sizeof *state);
    if (!state) return error_nomem(err);
    XXH3_128bits_reset(state);
    for (int i = 0; i < s->count; i++) XXH3_128bits_update(state, s->list[i].bytes, (size_t)s->list[i].length);
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    digest[0] = hash.high64;
    digest[1] = hash.low64;
    gat_free(state);
    return GAT_OK;
}

gat_status section_exact(const void **bytes, int64_t length, const gat_model_file *file, const char *name,
                         gat_error *err)
{
    int64_t found;
    gat_status st = model_file_section(bytes, &found, file, name, 1, err);
    if (!st && found != length)
        return error_set(err, GAT_EMODEL, "bad model file: section \"%s\" has a wrong length", name);
    return st;
}

gat_status section_names(gat_intern **out, const gat_model_file *file, const char *name, int64_t count, gat_error *err)
{
    const void *bytes;
    int64_t length;
    gat_status st = model_file_section(&bytes, &length, file, name, 1, err);
    return st ? st : model_file_unpack_names(out, bytes, length, count, err);
}

gat_status section_text(char **out, const gat_model_file *file, const char *name, gat_error *err)
{
    const void *bytes;
    int64_t length;
    gat_status st = model_file_section(&bytes, &length, file, name, 1, err);
    const char *text = bytes;
    if (st) return st;
    if (length < 1 || text[length - 1] || strlen(text) != (size_t)length - 1)
        return error_set(err, GAT_EMODEL, "bad model file: section \"%s\" is no text", name);
    *out = gat_strdup(text);
    return *out ? GAT_OK : error_nomem(err);
}

gat_status section_array(void *out, int64_t count, size_t size, const gat_model_file *file, const char *name,
                         gat_error *err)
{
    const void *bytes;
    if (count < 0 || count > INT64_MAX / (int64_t)size)
        return error_set(err, GAT_EMODEL, "bad model file: sizes out of range");
    gat_status st = section_exact(&bytes, count * (int64_t)size, file, name, err);
    if (st) return st;
    void *copy = gat_alloc(count, size);
    if (!copy) return error_nomem(err);
    memcpy(copy, bytes, (size_t)count * size);
    memcpy(out, &copy, sizeof copy);
    return GAT_OK;
}

gat_status section_keys(uint32_t **out, int64_t n, const gat_model_file *file, const char *name, gat_error *err)
{
    uint32_t *key = NULL;
    *out = NULL;
    gat_status st = section_array(&key, n, sizeof *key, file, name, err);
    if (st) return st;
    for (int64_t i = 1; i < n; i++)
        if (key[i] <= key[i - 1]) {
            gat_free(key);
            return error_set(err, GAT_EMODEL, "bad model file: features are out of order");
        }
    *out = key;
    return GAT_OK;
}

/* Eight bytes of length, a JSON header filled with blanks to a multiple of eight, then the numbers of all tensors without
 * gaps (github.com/huggingface/safetensors, "Format"). */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "tasks/export.h"

enum { MOST_NAME_BYTES = 1000000 };

/* A growing text; a failed allocation is remembered in `full`. */
typedef struct text {
    char *bytes;
    int64_t used, capacity;
    bool full;
} text;

static void put(text *t, const char *s, size_t length)
{
    int64_t need = t->used + (int64_t)length;
    if (need > t->capacity && !t->full) {
        char *bytes = gat_regrow(t->bytes, t->used, 2 * need + 256, 1);
        t->full = !bytes;
        if (bytes) t->bytes = bytes;
        if (bytes) t->capacity = 2 * need + 256;
    }
    if (t->full) return;
    memcpy(t->bytes + t->used, s, length);
    t->used = need;
}

static void put_string(text *t, const char *s) { put(t, s, strlen(s)); }

/* The inside of a JSON string. */
static void put_escaped(text *t, const char *s)
{
    for (; *s; s++) {
        char code[8];
        if ((unsigned char)*s < 0x20) put_string(t, (snprintf(code, sizeof code, "\\u%04x", (unsigned)*s), code));
        else if (*s == '"' || *s == '\\') put(t, (char[]){'\\', *s}, 2);
        else put(t, s, 1);
    }
}

static int64_t bytes_of_names(const gat_intern *names)
{
    int64_t bytes = 0;
    for (int32_t i = 0; i < intern_count(names); i++) bytes += 1 + (int64_t)strlen(intern_string(names, i));
    return bytes;
}

static void put_names(text *t, const char *key, const gat_intern *names)
{
    put_string(t, ",\"");
    put_string(t, key);
    put_string(t, "\":\"");
    for (int32_t i = 0; i < intern_count(names); i++) {
        if (i) put_string(t, "\\n");
        put_escaped(t, intern_string(names, i));
    }
    put_string(t, "\"");
}

static void put_metadata(text *t, const export_source *s)
{
    int64_t bytes = bytes_of_names(s->names) + (s->relations ? bytes_of_names(s->relations) : 0);
    put_string(t, "{\"__metadata__\":{\"format\":\"gatkit\"");
    if (bytes <= MOST_NAME_BYTES) {
        put_names(t, "entities", s->names);
        if (s->relations) put_names(t, "relations", s->relations);
    }
    put_string(t, "}");
}

/* *offset: of the tensor's first byte behind the header; moved behind its last. */
static void put_tensor(text *t, const char *name, int64_t rows, int64_t columns, int64_t *offset)
{
    char entry[200];
    int64_t end = *offset + rows * columns * (int64_t)sizeof(float);
    snprintf(entry, sizeof entry, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%lld,%lld],\"data_offsets\":[%lld,%lld]}",
             name, (long long)rows, (long long)columns, (long long)*offset, (long long)end);
    put_string(t, entry);
    *offset = end;
}

static void put_header(text *t, const export_source *s)
{
    const gat_params *p = s->params;
    int64_t offset = 0;
    put_metadata(t, s);
    for (int i = 0; p && i < p->count; i++) put_tensor(t, p->list[i].name, p->list[i].rows, p->list[i].cols, &offset);
    if (s->vectors) put_tensor(t, "entities_encoded", s->rows, s->dim, &offset);
    put_string(t, "}");
    while (t->used % 8 && !t->full) put_string(t, " ");
}

static gat_status write_header(gat_writer *writer, const text *t, gat_error *err)
{
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)((uint64_t)t->used >> 8 * i);
    gat_status st = writer_write(writer, length, sizeof length, err);
    return st ? st : writer_write(writer, t->bytes, (size_t)t->used, err);
}

static gat_status write_tensors(gat_writer *writer, const export_source *s, gat_error *err)
{
    const gat_params *p = s->params;
    gat_status st = GAT_OK;
    for (int i = 0; !st && p && i < p->count; i++)
        st = writer_write(writer, param_value(p, i), (size_t)param_size(p, i) * sizeof(float), err);
    if (st || !s->vectors) return st;
    return writer_write(writer, s->vectors, (size_t)(s->rows * s->dim) * sizeof(float), err);
}

gat_status export_safetensors(const export_source *source, const char *path, gat_error *err)
{
    text header = {0};
    gat_writer *writer = NULL;
    put_header(&header, source);
    gat_status st = header.full ? error_nomem(err) : writer_open(&writer, path, err);
    if (!st) st = write_header(writer, &header, err);
    if (!st) st = write_tensors(writer, source, err);
    if (!st) st = writer_commit(writer, err);
    else writer_abandon(writer);
    gat_free(header.bytes);
    return st;
}

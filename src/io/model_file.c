/* The container of models, written and read as one flat image.
 *
 * Placement is canonical: section i starts where section i - 1 ends, rounded up to 64. The reader demands
 * exactly that, so sections can neither overlap nor leave bytes uncovered, and equal contents give equal
 * files. A section's checksum runs over its bytes and the padding behind them; the header's over header
 * (its own field zero) and table. */
#include "io/model_file.h"

#define XXH_INLINE_ALL
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

enum { ALIGN = 64, FORMAT_VERSION = 1, BLOCK = 1 << 20 };

static const char magic[8] = "gatkit\x1a\n";

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the format is the memory of a little-endian machine");

typedef struct checksum {
    uint64_t low, high;
} checksum;

typedef struct header {
    char magic[8];
    uint32_t version, num_sections;
    uint64_t length;
    checksum sum;
    uint8_t zero[24];
} header;

typedef struct entry {
    char name[MODEL_FILE_NAME]; /* zero behind the name */
    uint64_t offset, length;
    checksum sum;
    uint8_t zero[8];
} entry;

_Static_assert(sizeof(header) == ALIGN && sizeof(entry) == ALIGN, "no padding in the file's records");

struct gat_model_file {
    char *path, *bytes; /* bytes: the whole file, or NULL: its pieces are read from fd */
    int fd, count;
    entry *table;       /* (count) */
    char **loaded;      /* (count) sections that were asked for, when read from fd */
    const char *prefix; /* of the sections of a part, which shares everything else with the whole; NULL: the whole */
};

static uint64_t round_up(uint64_t n) { return (n + ALIGN - 1) / ALIGN * ALIGN; }

static checksum from_hash(XXH128_hash_t h) { return (checksum){h.low64, h.high64}; }

/* Of header and table; the header's own field is taken as zero. */
static checksum table_sum(const header *h, const entry *table)
{
    char copy[sizeof(header) + MODEL_FILE_MAX_SECTIONS * sizeof(entry)];
    header blank = *h;
    blank.sum = (checksum){0};
    memcpy(copy, &blank, sizeof blank);
    memcpy(copy + sizeof blank, table, h->num_sections * sizeof *table);
    return from_hash(XXH3_128bits(copy, sizeof blank + h->num_sections * sizeof *table));
}

static bool name_is_good(const char *name)
{
    size_t length = strnlen(name, MODEL_FILE_NAME);
    if (length == 0 || length == MODEL_FILE_NAME) return false;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return true;
}

/* ---- writing --------------------------------------------------------------------------------------------- */

static const uint8_t zeros[ALIGN];

static size_t padding_of(uint64_t length) { return (size_t)(round_up(length) - length); }

/* The last block of a section is hashed from a padded copy. */
static checksum section_sum(const gat_section *s)
{
    size_t whole = (size_t)s->length / ALIGN * ALIGN, rest = (size_t)s->length - whole;
    uint8_t last[ALIGN] = {0};
    XXH3_state_t state;
    XXH3_128bits_reset(&state);
    if (whole) XXH3_128bits_update(&state, s->bytes, whole);
    if (rest) {
        memcpy(last, (const char *)s->bytes + whole, rest);
        XXH3_128bits_update(&state, last, ALIGN);
    }
    return from_hash(XXH3_128bits_digest(&state));
}

static void fill_table(header *h, entry *table, const gat_section *sections, int count)
{
    uint64_t offset = sizeof *h + (uint64_t)count * sizeof *table;
    for (int i = 0; i < count; i++) {
        size_t name_length = strlen(sections[i].name);
        assert(name_is_good(sections[i].name) && sections[i].length >= 0);
        memcpy(table[i].name, sections[i].name, name_length);
        table[i].offset = offset;
        table[i].length = (uint64_t)sections[i].length;
        table[i].sum = section_sum(&sections[i]);
        offset = round_up(offset + table[i].length);
    }
    memcpy(h->magic, magic, sizeof magic);
    h->version = FORMAT_VERSION;
    h->num_sections = (uint32_t)count;
    h->length = offset;
    h->sum = table_sum(h, table);
}

gat_status model_file_write(const char *path, const gat_section *sections, int count, gat_error *err)
{
    header h = {0};
    entry table[MODEL_FILE_MAX_SECTIONS] = {0};
    gat_writer *w = NULL;
    assert(count >= 0 && count <= MODEL_FILE_MAX_SECTIONS);
    fill_table(&h, table, sections, count);
    gat_status st = writer_open(&w, path, err);
    if (!st) st = writer_write(w, &h, sizeof h, err);
    if (!st) st = writer_write(w, table, (size_t)count * sizeof *table, err);
    for (int i = 0; !st && i < count; i++) {
        st = writer_write(w, sections[i].bytes, (size_t)sections[i].length, err);
        if (!st) st = writer_write(w, zeros, padding_of((uint64_t)sections[i].length), err);
    }
    if (!st) return writer_commit(w, err);
    writer_abandon(w);
    return st;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static gat_status bad(const gat_model_file *f, gat_error *err, const char *what)
{
    return error_set(err, GAT_EMODEL, "%.400s: %s", f->path, what);
}

static bool all_zero(const void *bytes, size_t count)
{
    const char *p = bytes;
    for (size_t i = 0; i < count; i++)
        if (p[i]) return false;
    return true;
}

static gat_status check_header(const header *h, const gat_model_file *f, size_t size, gat_error *err)
{
    if (size < sizeof *h || memcmp(h->magic, magic, sizeof magic)) return bad(f, err, "not a gatkit model");
    if (h->version != FORMAT_VERSION)
        return error_set(err, GAT_EMODEL, "%.400s: format version %u, this program reads %d", f->path, h->version,
                         FORMAT_VERSION);
    if (h->length != size)
        return error_set(err, GAT_EMODEL, "%.400s: damaged or cut off: the header says %llu bytes, the file has %llu",
                         f->path, (unsigned long long)h->length, (unsigned long long)size);
    if (h->num_sections > MODEL_FILE_MAX_SECTIONS || h->num_sections > (size - sizeof *h) / sizeof(entry))
        return bad(f, err, "damaged: more sections than a file of this size holds");
    if (!all_zero(h->zero, sizeof h->zero)) return bad(f, err, "damaged header");
    return GAT_OK;
}

/* Entry i, which has to start at *offset and end within the file; moves *offset behind it. */
static bool entry_is_good(const entry *table, uint32_t i, uint64_t *offset, uint64_t size)
{
    const entry *e = &table[i];
    if (!name_is_good(e->name) || !all_zero(e->zero, sizeof e->zero)) return false;
    size_t used = strlen(e->name);
    if (!all_zero(e->name + used, sizeof e->name - used)) return false;
    for (uint32_t j = 0; j < i; j++)
        if (!strcmp(table[j].name, e->name)) return false;
    if (e->offset != *offset || e->length > size - *offset || round_up(e->length) > size - *offset) return false;
    *offset += round_up(e->length);
    return true;
}

static gat_status check_table(const header *h, const entry *table, const gat_model_file *f, gat_error *err)
{
    checksum sum = table_sum(h, table);
    if (memcmp(&sum, &h->sum, sizeof sum)) return bad(f, err, "damaged: the checksum of the header does not match");
    uint64_t offset = sizeof *h + h->num_sections * sizeof *table;
    for (uint32_t i = 0; i < h->num_sections; i++)
        if (!entry_is_good(table, i, &offset, h->length)) return bad(f, err, "damaged table of sections");
    if (offset != h->length) return bad(f, err, "bytes behind the last section");
    return GAT_OK;
}

/* Bytes [offset, offset + count) of the file, which are there. */
static gat_status fetch(void *to, const gat_model_file *f, uint64_t offset, uint64_t count, gat_error *err)
{
    if (!f->bytes) return file_read_piece(f->fd, to, (int64_t)count, (int64_t)offset, f->path, err);
    memcpy(to, f->bytes + offset, count);
    return GAT_OK;
}

static gat_status wrong_sum(const entry *e, const gat_model_file *f, gat_error *err)
{
    return error_set(err, GAT_EMODEL, "%.400s: damaged: the checksum of section \"%s\" does not match", f->path,
                     e->name);
}

/* Bytes and padding of a section, through a buffer of BLOCK bytes. */
static gat_status check_section(const entry *e, const gat_model_file *f, char *buffer, gat_error *err)
{
    XXH3_state_t state;
    XXH3_128bits_reset(&state);
    for (uint64_t at = 0, end = round_up(e->length), n; at < end; at += n) {
        n = end - at < BLOCK ? end - at : BLOCK;
        gat_status st = fetch(buffer, f, e->offset + at, n, err);
        if (st) return st;
        XXH3_128bits_update(&state, buffer, n);
        uint64_t padding = at + n == end ? end - e->length : 0;
        if (!all_zero(buffer + n - padding, padding)) return wrong_sum(e, f, err);
    }
    checksum sum = from_hash(XXH3_128bits_digest(&state));
    return memcmp(&sum, &e->sum, sizeof sum) ? wrong_sum(e, f, err) : GAT_OK;
}

static gat_status read_table(gat_model_file *f, size_t size, gat_error *err)
{
    header h = {0};
    gat_status st = fetch(&h, f, 0, size < sizeof h ? size : sizeof h, err);
    if (!st) st = check_header(&h, f, size, err);
    if (st) return st;
    f->table = gat_alloc(h.num_sections, sizeof *f->table);
    f->loaded = gat_calloc(h.num_sections, sizeof *f->loaded);
    if (!f->table || !f->loaded) return error_nomem(err);
    st = fetch(f->table, f, sizeof h, h.num_sections * sizeof *f->table, err);
    if (!st) st = check_table(&h, f->table, f, err);
    if (!st) f->count = (int)h.num_sections;
    return st;
}

static gat_status check(gat_model_file *f, size_t size, gat_error *err)
{
    char *buffer = gat_alloc(BLOCK, 1);
    gat_status st = buffer ? read_table(f, size, err) : error_nomem(err);
    for (int i = 0; !st && i < f->count; i++) st = check_section(&f->table[i], f, buffer, err);
    gat_free(buffer);
    return st;
}

/* A file with a path of its own, not checked yet; NULL: out of memory. */
static gat_model_file *file_new(const char *path)
{
    gat_model_file *f = gat_calloc(1, sizeof *f);
    if (!f) return NULL;
    f->fd = -1;
    f->path = gat_strdup(path);
    if (f->path) return f;
    gat_free(f);
    return NULL;
}

gat_status model_file_take(gat_model_file **out, char **bytes, size_t size, const char *path, gat_error *err)
{
    gat_model_file *f = file_new(path);
    *out = NULL;
    if (!f) {
        gat_free(*bytes);
        *bytes = NULL;
        return error_nomem(err);
    }
    f->bytes = *bytes;
    *bytes = NULL;
    gat_status st = check(f, size, err);
    if (st) model_file_close(f);
    else *out = f;
    return st;
}

/* A pipe is read whole. */
static gat_status open_whole(gat_model_file **out, const char *path, gat_error *err)
{
    char *bytes;
    size_t size;
    gat_status st = file_read_all(&bytes, &size, path, err);
    return st ? st : model_file_take(out, &bytes, size, path, err);
}

/* *fd <- -1: a pipe. A file that is not there is no model. */
static gat_status open_file(int *fd, int64_t *size, const char *path, gat_error *err)
{
    gat_status st = file_open_pieces(fd, size, path, err);
    return st == GAT_EDATA ? error_set(err, GAT_EMODEL, "%.400s: no such file", path) : st;
}

gat_status model_file_open(gat_model_file **out, const char *path, gat_error *err)
{
    int64_t size;
    *out = NULL;
    gat_model_file *f = file_new(path);
    gat_status st = f ? open_file(&f->fd, &size, path, err) : error_nomem(err);
    if (!st && f->fd < 0) {
        model_file_close(f);
        return open_whole(out, path, err);
    }
    if (!st) st = check(f, (size_t)size, err);
    if (st) model_file_close(f);
    else *out = f;
    return st;
}

gat_status model_file_names_section(bool *out, const char *path, const char *name, gat_error *err)
{
    int64_t size;
    gat_model_file *f = file_new(path);
    *out = false;
    gat_status st = f ? open_file(&f->fd, &size, path, err) : error_nomem(err);
    if (!st && f->fd >= 0) {
        st = read_table(f, (size_t)size, err);
        *out = !st && model_file_length(f, name) >= 0;
    }
    model_file_close(f);
    return st;
}

void model_file_close(gat_model_file *f)
{
    if (!f) return;
    if (f->prefix) {
        gat_free(f);
        return;
    }
    for (int i = 0; i < f->count; i++) gat_free(f->loaded[i]);
    file_close_pieces(f->fd);
    gat_free(f->loaded);
    gat_free(f->table);
    gat_free(f->bytes);
    gat_free(f->path);
    gat_free(f);
}

/* -1: there is none. */
static int find(const gat_model_file *f, const char *name)
{
    size_t length = f->prefix ? strlen(f->prefix) : 0;
    for (int i = 0; i < f->count; i++)
        if (!strncmp(f->table[i].name, f->prefix ? f->prefix : "", length) && !strcmp(f->table[i].name + length, name))
            return i;
    return -1;
}

gat_status model_file_part(gat_model_file **out, const gat_model_file *whole, const char *prefix, gat_error *err)
{
    gat_model_file *f = *out = gat_alloc(1, sizeof *f);
    if (!f) return error_nomem(err);
    assert(!whole->prefix);
    *f = *whole;
    f->prefix = prefix;
    return GAT_OK;
}

static gat_status missing(const gat_model_file *f, const char *name, gat_error *err)
{
    return error_set(err, GAT_EMODEL, "%.400s: section \"%s\" is missing", f->path, name);
}

/* The file may have changed since it was opened: what is used is what is checked. */
static gat_status load(const gat_model_file *f, int i, gat_error *err)
{
    const entry *e = &f->table[i];
    uint64_t whole = round_up(e->length);
    char *bytes = gat_alloc((int64_t)whole, 1);
    gat_status st = bytes ? fetch(bytes, f, e->offset, whole, err) : error_nomem(err);
    checksum sum = st ? e->sum : from_hash(XXH3_128bits(bytes, whole));
    if (!st && memcmp(&sum, &e->sum, sizeof sum)) st = wrong_sum(e, f, err);
    if (st) gat_free(bytes);
    else f->loaded[i] = bytes;
    return st;
}

gat_status model_file_section(const void **bytes, int64_t *length, const gat_model_file *f, const char *name,
                              int64_t unit, gat_error *err)
{
    int i = find(f, name);
    *bytes = NULL;
    *length = 0;
    if (i < 0) return missing(f, name, err);
    if (unit > 1 && f->table[i].length % (uint64_t)unit)
        return error_set(err, GAT_EMODEL, "%.400s: section \"%s\": its length is not a multiple of %lld", f->path, name,
                         (long long)unit);
    gat_status st = f->bytes || f->loaded[i] ? GAT_OK : load(f, i, err);
    if (st) return st;
    *bytes = f->bytes ? f->bytes + f->table[i].offset : f->loaded[i];
    *length = (int64_t)f->table[i].length;
    return GAT_OK;
}

int64_t model_file_length(const gat_model_file *f, const char *name)
{
    int i = find(f, name);
    return i < 0 ? -1 : (int64_t)f->table[i].length;
}

gat_status model_file_floats(float *to, int64_t count, const gat_model_file *f, const char *name, gat_error *err)
{
    int i = find(f, name);
    if (i < 0) return missing(f, name, err);
    const entry *e = &f->table[i];
    if (e->length != (uint64_t)count * sizeof *to)
        return error_set(err, GAT_EMODEL, "%.400s: section \"%s\" has a wrong length", f->path, name);
    uint8_t padding[ALIGN];
    XXH3_state_t state;
    gat_status st = fetch(to, f, e->offset, e->length, err);
    if (!st) st = fetch(padding, f, e->offset + e->length, padding_of(e->length), err);
    if (st) return st;
    XXH3_128bits_reset(&state);
    XXH3_128bits_update(&state, to, e->length);
    XXH3_128bits_update(&state, padding, padding_of(e->length));
    checksum sum = from_hash(XXH3_128bits_digest(&state));
    if (memcmp(&sum, &e->sum, sizeof sum)) return wrong_sum(e, f, err);
    for (int64_t k = 0; k < count; k++)
        if (!isfinite(to[k]))
            return error_set(err, GAT_EMODEL, "%.400s: section \"%s\" holds what is not a number", f->path, name);
    return GAT_OK;
}

/* Reading with decompression. Compressed input goes through one block; plain input is read straight into the
 * caller's buffer once the block that held the magic bytes is used up. */
#define ZLIB_CONST
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/file_ops.h"
#include "base/memory.h"

enum { BLOCK_SIZE = 1 << 17, MAGIC_SIZE = 4, LARGEST_RATIO = 1000, RATIO_FREE = 64 << 20, GZIP_WINDOW = 15 + 16 };

typedef enum codec { PLAIN, GZIP, ZSTD } codec;

struct gat_reader {
    int fd; /* -1: from memory */
    const char *memory;
    size_t memory_left;
    char *path;
    codec codec;
    unsigned char *block; /* raw bytes in [used, count) */
    size_t used, count;
    bool source_ended;
    bool inside; /* within a gzip member or a zstd frame: the input must not end here */
    bool ended;
    int64_t raw_bytes, bytes; /* taken from the source, given to the caller */
    z_stream gzip;
    bool gzip_open;
    ZSTD_DCtx *zstd;
};

const char *reader_path(const gat_reader *r) { return r->path; }

static gat_status read_source(gat_reader *r, void *buffer, size_t capacity, size_t *count, gat_error *err)
{
    int64_t got = 0;
    if (r->fd >= 0) {
        got = file_op_read(r->fd, buffer, capacity);
        if (got < 0) return file_op_error(err, r->path, "read", errno);
    } else if (r->memory_left) {
        got = (int64_t)(capacity < r->memory_left ? capacity : r->memory_left);
        memcpy(buffer, r->memory, (size_t)got);
        r->memory += got;
        r->memory_left -= (size_t)got;
    }
    r->source_ended = got == 0;
    r->raw_bytes += got;
    *count = (size_t)got;
    return GAT_OK;
}

/* More raw bytes behind those not used yet. */
static gat_status fill(gat_reader *r, gat_error *err)
{
    size_t got = 0;
    memmove(r->block, r->block + r->used, r->count - r->used);
    r->count -= r->used;
    r->used = 0;
    gat_status st = read_source(r, r->block + r->count, BLOCK_SIZE - r->count, &got, err);
    if (!st) r->count += got;
    return st;
}

static void *zlib_alloc(void *opaque, unsigned items, unsigned size)
{
    (void)opaque;
    return gat_calloc(items, size);
}

static void zlib_free(void *opaque, void *p)
{
    (void)opaque;
    gat_free(p);
}

static gat_status start_codec(gat_reader *r, gat_error *err)
{
    static const unsigned char gzip_magic[] = {0x1f, 0x8b}, zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};
    while (r->count < MAGIC_SIZE && !r->source_ended) {
        gat_status st = fill(r, err);
        if (st) return st;
    }
    if (r->count >= sizeof gzip_magic && !memcmp(r->block, gzip_magic, sizeof gzip_magic)) {
        r->codec = GZIP;
        r->gzip.zalloc = zlib_alloc;
        r->gzip.zfree = zlib_free;
        r->gzip_open = inflateInit2(&r->gzip, GZIP_WINDOW) == Z_OK;
        return r->gzip_open ? GAT_OK : error_nomem(err);
    }
    if (r->count >= sizeof zstd_magic && !memcmp(r->block, zstd_magic, sizeof zstd_magic)) {
        r->codec = ZSTD;
        r->zstd = ZSTD_createDCtx();
        return r->zstd ? GAT_OK : error_nomem(err);
    }
    return GAT_OK;
}

void reader_close(gat_reader *r)
{
    if (!r) return;
    if (r->fd >= 0) close(r->fd);
    if (r->gzip_open) inflateEnd(&r->gzip);
    ZSTD_freeDCtx(r->zstd);
    gat_free(r->block);
    gat_free(r->path);
    gat_free(r);
}

static gat_reader *reader_new(const char *path)
{
    gat_reader *r = gat_calloc(1, sizeof *r);
    if (!r) return NULL;
    r->fd = -1;
    r->path = gat_strdup(path);
    r->block = gat_alloc(BLOCK_SIZE, 1);
    if (r->path && r->block) return r;
    reader_close(r);
    return NULL;
}

/* Hands over r, or frees it when the first bytes cannot be had. */
static gat_status start(gat_reader **out, gat_reader *r, gat_error *err)
{
    gat_status st = start_codec(r, err);
    if (st) reader_close(r);
    else *out = r;
    return st;
}

gat_status reader_open(gat_reader **out, const char *path, gat_error *err)
{
    *out = NULL;
    gat_reader *r = reader_new(path);
    if (!r) return error_nomem(err);
    r->fd = file_op_open(path, O_RDONLY);
    if (r->fd < 0) {
        gat_status st = file_op_error(err, path, "open", errno);
        reader_close(r);
        return st;
    }
    return start(out, r, err);
}

gat_status reader_open_memory(gat_reader **out, const void *bytes, size_t count, const char *name, gat_error *err)
{
    *out = NULL;
    gat_reader *r = reader_new(name);
    if (!r) return error_nomem(err);
    r->memory = bytes;
    r->memory_left = count;
    return start(out, r, err);
}

static gat_status read_plain(gat_reader *r, char *buffer, size_t capacity, size_t *count, gat_error *err)
{
    size_t left = r->count - r->used;
    if (!left) return read_source(r, buffer, capacity, count, err);
    *count = left < capacity ? left : capacity;
    memcpy(buffer, r->block + r->used, *count);
    r->used += *count;
    return GAT_OK;
}

static gat_status damaged(gat_reader *r, const char *kind, gat_error *err)
{
    return error_set(err, GAT_EDATA, "%.400s: damaged %s data", r->path, kind);
}

/* One call of inflate; a new member starts wherever the last one ended. */
static gat_status step_gzip(gat_reader *r, char *buffer, size_t capacity, size_t *count, gat_error *err)
{
    if (!r->inside && inflateReset(&r->gzip) != Z_OK) return damaged(r, "gzip", err);
    r->inside = true;
    r->gzip.next_in = r->block + r->used;
    r->gzip.avail_in = (unsigned)(r->count - r->used);
    r->gzip.next_out = (unsigned char *)buffer;
    r->gzip.avail_out = (unsigned)capacity;
    int result = inflate(&r->gzip, Z_NO_FLUSH);
    r->used = r->count - r->gzip.avail_in;
    *count = capacity - r->gzip.avail_out;
    if (result == Z_MEM_ERROR) return error_nomem(err);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return damaged(r, "gzip", err);
    if (result == Z_STREAM_END) r->inside = false;
    return GAT_OK;
}

static gat_status step_zstd(gat_reader *r, char *buffer, size_t capacity, size_t *count, gat_error *err)
{
    ZSTD_inBuffer in = {r->block, r->count, r->used};
    ZSTD_outBuffer out = {buffer, capacity, 0};
    size_t result = ZSTD_decompressStream(r->zstd, &out, &in);
    if (ZSTD_isError(result)) return damaged(r, "zstd", err);
    r->used = in.pos;
    *count = out.pos;
    r->inside = result != 0;
    return GAT_OK;
}

/* Decoders may hold back output, so at the end of the source they are asked until they give nothing. */
static gat_status read_packed(gat_reader *r, char *buffer, size_t capacity, size_t *count, gat_error *err)
{
    gat_status st = GAT_OK;
    while (!st && !*count) {
        if (r->used == r->count && !r->source_ended) st = fill(r, err);
        if (st) break;
        bool drained = r->used == r->count && r->source_ended;
        if (drained && !r->inside) return GAT_OK;
        st = r->codec == GZIP ? step_gzip(r, buffer, capacity, count, err) : step_zstd(r, buffer, capacity, count, err);
        if (!st && drained && !*count && r->inside)
            st = error_set(err, GAT_EDATA, "%.400s: compressed data ends too early (truncated file)", r->path);
    }
    return st;
}

gat_status reader_read(gat_reader *r, char *buffer, size_t capacity, size_t *count, gat_error *err)
{
    *count = 0;
    if (r->ended || !capacity) return GAT_OK;
    if (capacity > 1 << 30) capacity = 1 << 30;
    gat_status st =
        r->codec == PLAIN ? read_plain(r, buffer, capacity, count, err) : read_packed(r, buffer, capacity, count, err);
    if (st) return st;
    r->ended = *count == 0;
    r->bytes += (int64_t)*count;
    if (r->bytes > RATIO_FREE && r->bytes / LARGEST_RATIO > r->raw_bytes)
        return error_set(err, GAT_EDATA, "%.400s: decompresses to more than %d times its size", r->path, LARGEST_RATIO);
    return GAT_OK;
}

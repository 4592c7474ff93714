#include "base/gzip_text.h"

#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

enum { PIECE = 1 << 16, GZIP = 15 + 16, LEVEL = 6, MEMORY = 8 };

static void *take(void *opaque, unsigned items, unsigned size)
{
    (void)opaque;
    return gat_alloc(items, size);
}

static void give(void *opaque, void *p)
{
    (void)opaque;
    gat_free(p);
}

static gat_status pack(gat_writer *w, z_stream *z, const char *text, size_t length, gat_error *err)
{
    unsigned char out[PIECE];
    gat_status st = GAT_OK;
    int code = Z_OK;
    while (!st && code != Z_STREAM_END) {
        if (!z->avail_in && length) {
            z->next_in = (z_const unsigned char *)text;
            z->avail_in = length < PIECE ? (unsigned)length : PIECE;
            text += z->avail_in;
            length -= z->avail_in;
        }
        z->next_out = out;
        z->avail_out = PIECE;
        code = deflate(z, length ? Z_NO_FLUSH : Z_FINISH);
        st = writer_write(w, out, PIECE - z->avail_out, err);
    }
    return st;
}

static gat_status write_packed(gat_writer *w, const char *text, size_t length, gat_error *err)
{
    z_stream z = {.zalloc = take, .zfree = give};
    if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) return error_nomem(err);
    gat_status st = pack(w, &z, text, length, err);
    deflateEnd(&z);
    return st;
}

gat_status text_write(const char *path, const char *text, size_t length, gat_error *err)
{
    gat_writer *w;
    size_t n = strlen(path);
    gat_status st = writer_open(&w, path, err);
    if (st) return st;
    if (n > 3 && !strcmp(path + n - 3, ".gz")) st = write_packed(w, text, length, err);
    else st = writer_write(w, text, length, err);
    if (!st) return writer_commit(w, err);
    writer_abandon(w);
    return st;
}

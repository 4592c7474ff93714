#include "io/triple_file.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

typedef struct format {
    const char *ending;
    triple_read_function *read;
} format;

static const format formats[] = {
    {".tsv", tsv_read},   {".txt", tsv_read},    {".csv", csv_read},   {".nt", ntriples_read},
    {".nq", nquads_read}, {".ttl", turtle_read}, {".trig", trig_read},
};
static const char *const packings[] = {"", ".gz", ".zst"};

enum { NUM_FORMATS = sizeof formats / sizeof *formats, NUM_PACKINGS = sizeof packings / sizeof *packings };

const char *triple_file_ending(int index) { return index < NUM_FORMATS ? formats[index].ending : NULL; }
const char *triple_file_packing(int index) { return index < NUM_PACKINGS ? packings[index] : NULL; }

static bool ends_in(const char *s, size_t length, const char *ending)
{
    size_t n = strlen(ending);
    return n <= length && !strncmp(s + length - n, ending, n);
}

static triple_read_function *reader_for(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    for (int i = 1; i < NUM_PACKINGS; i++) {
        if (!ends_in(name, length, packings[i])) continue;
        length -= strlen(packings[i]);
        break;
    }
    for (int i = 0; i < NUM_FORMATS; i++)
        if (ends_in(name, length, formats[i].ending)) return formats[i].read;
    return memchr(name, '.', length) ? NULL : tsv_read;
}

gat_status triple_file_read(const char *path, triple_sink *sink, gat_error *err)
{
    gat_reader *reader;
    triple_read_function *read = reader_for(path);
    if (!read)
        return error_set(
            err, GAT_EDATA,
            "%.300s: unknown kind of file; known endings: .tsv .txt .csv .nt .nq .ttl .trig, each plain, .gz or .zst",
            path);
    gat_status st = reader_open(&reader, path, err);
    if (!st) st = read(reader, sink, err);
    reader_close(reader);
    return st;
}

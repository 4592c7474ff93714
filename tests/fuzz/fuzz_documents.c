/* Files of documents for entity linking. Whatever comes in, reading ends with a status, and every document read is sound. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "link/document_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const link_document *d)
{
    if (!utf8_valid(d->id, strlen(d->id))) abort();
    for (int64_t i = 0; i < d->num_entities; i++)
        if (!utf8_valid(d->entity[i].id, strlen(d->entity[i].id))) abort();
    for (int64_t i = 0; i < d->num_mentions; i++) {
        const link_mention *m = &d->mention[i];
        if (!utf8_valid(m->text, strlen(m->text)) || !utf8_valid(m->context, strlen(m->context))) abort();
        if (!d->given && (m->from < 0 || m->to <= m->from)) abort();
        if (m->gold >= d->num_entities) abort();
        for (int32_t k = 0; k < m->num_candidates; k++)
            if (m->candidate[k] < 0 || m->candidate[k] >= d->num_entities) abort();
    }
    for (int64_t i = 0; i < d->num_edges; i++)
        if (d->edge[i].from < 0 || d->edge[i].from >= d->num_entities || d->edge[i].to < 0 ||
            d->edge[i].to >= d->num_entities)
            abort();
}

static void read_all(document_file *file, gat_arena *arena)
{
    gat_error err = {0};
    gat_status st = GAT_OK;
    while (!st) {
        link_document *d;
        const char *text;
        arena_reset(arena);
        st = document_file_next(&d, &text, file, arena, &err);
        if (st && err.code != st) abort();
        if (st || !d) break;
        check(d);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    document_file file = {.find = true};
    gat_error err;
    gat_arena *arena = arena_new();
    if (arena && !reader_open_memory(&file.reader, data, size, "input", &err) &&
        !lines_open(&file.lines, file.reader, &err))
        read_all(&file, arena);
    document_file_close(&file);
    arena_free(arena);
    return 0;
}

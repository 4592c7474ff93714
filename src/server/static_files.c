#include "server/static_files.h"

#include <string.h>

const static_file *static_file_find(const char *path)
{
    int count;
    const static_file *table = static_file_table(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(table[i].path, path)) return &table[i];
    return NULL;
}

/* A tag is long and random enough to be no part of another. */
static bool client_has(const http_request *request, const char *etag)
{
    const char *known = http_header(request, "If-None-Match");
    return known && (!strcmp(known, "*") || strstr(known, etag));
}

void static_file_answer(http_response *r, const static_file *file, const http_request *request)
{
    bool packed = http_takes_gzip(request);
    const static_form *form = packed ? &file->gzip : &file->plain;
    *r = (http_response){.status = 304, .type = file->type};
    http_add_header(r, "ETag", form->etag);
    http_add_header(r, "Cache-Control", "no-cache");
    http_add_header(r, "Vary", "Accept-Encoding");
    if (client_has(request, form->etag)) return;
    if (packed) http_add_header(r, "Content-Encoding", "gzip");
    r->status = 200;
    r->constant = form->bytes;
    r->size = form->size;
}

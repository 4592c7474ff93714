#include "link/link_source.h"

gat_status link_source_take(link_source *s, gat_reader *reader, const lexicon *names, bool find, gat_error *err)
{
    gat_status st = document_file_take(&s->file, reader, err);
    s->names = names;
    s->file.find = find && names->kg.entities;
    return st;
}

gat_status link_source_open(link_source *s, const char *path, const lexicon *names, bool find, gat_error *err)
{
    gat_reader *reader;
    *s = (link_source){.names = names};
    gat_status st = reader_open(&reader, path, err);
    return st ? st : link_source_take(s, reader, names, find, err);
}

void link_source_close(link_source *s) { document_file_close(&s->file); }

gat_status link_source_next(link_document **out, link_source *s, gat_arena *arena, gat_error *err)
{
    const char *text;
    link_document *d;
    *out = NULL;
    gat_status st = document_file_next(&d, &text, &s->file, arena, err);
    if (st || !d) return st;
    if (s->file.find && text && !d->num_mentions) st = lexicon_find(d, text, s->names, arena, err);
    if (!st) st = lexicon_fill(d, s->names, &s->file, arena, err);
    if (!st) *out = d;
    return st;
}

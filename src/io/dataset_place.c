#include "io/dataset_place.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/dataset_parts.h"
#include "io/triple_file.h"

typedef struct search {
    const char *relation;
    int64_t line;
    bool found;
} search;

/* A made-up failure ends the reading at the first match. */
static gat_status look(void *context, gat_term head, gat_term relation, gat_term tail, const char *path, int64_t line,
                       gat_error *err)
{
    search *s = context;
    (void)head, (void)tail, (void)path, (void)err;
    if (relation.length != strlen(s->relation) || memcmp(relation.bytes, s->relation, relation.length)) return GAT_OK;
    s->found = true;
    s->line = line;
    return GAT_EFAILED;
}

static char *path_of(const gat_dataset *d, gat_split split)
{
    char *path = NULL;
    if (!d->path) return NULL;
    if (!file_is_folder(d->path)) return gat_strdup(d->path);
    folder_find_triples(&path, d->path, gat_split_name(split), NULL);
    return path;
}

void dataset_place(char *place, size_t size, const gat_dataset *d, gat_split split, const char *relation)
{
    search s = {.relation = relation};
    triple_sink sink = {.add = look, .context = &s};
    char *path = path_of(d, split);
    if (path) triple_file_read(path, &sink, NULL);
    if (s.found && s.line > 0) snprintf(place, size, "%.400s:%lld", path, (long long)s.line);
    else snprintf(place, size, "%.400s", s.found ? path : gat_split_name(split));
    gat_free(path);
}

#include "link/link_document.h"

#include <string.h>

void *arena_zeroed(gat_arena *arena, int64_t count, size_t size)
{
    void *p = arena_alloc(arena, count ? count : 1, size);
    if (p) memset(p, 0, (size_t)(count ? count : 1) * size);
    return p;
}

char *arena_text(gat_arena *arena, const char *s, size_t length)
{
    char *copy = arena_alloc(arena, (int64_t)length + 1, 1);
    if (!copy) return NULL;
    memcpy(copy, s, length);
    copy[length] = 0;
    return copy;
}

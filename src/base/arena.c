/* A list of blocks. A request that does not fit opens a new block twice as large as the last one; a reset
 * that finds several blocks keeps the largest, so that after two steps one block holds everything. */
#include "base/arena.h"

#include "base/memory.h"

enum { FIRST_BLOCK = 1 << 20 };

typedef struct block {
    struct block *next;
    size_t size, used;
    char *bytes;
} block;

struct gat_arena {
    block *top;
};

gat_arena *arena_new(void) { return gat_calloc(1, sizeof(gat_arena)); }

static void block_free(block *b)
{
    gat_free(b->bytes);
    gat_free(b);
}

void arena_free(gat_arena *arena)
{
    if (!arena) return;
    for (block *b = arena->top, *next; b; b = next) {
        next = b->next;
        block_free(b);
    }
    gat_free(arena);
}

static block *block_new(size_t size)
{
    block *b = gat_calloc(1, sizeof *b);
    if (!b) return NULL;
    b->bytes = gat_alloc((int64_t)size, 1);
    b->size = size;
    if (b->bytes) return b;
    gat_free(b);
    return NULL;
}

static block *block_for(gat_arena *arena, size_t bytes)
{
    block *top = arena->top;
    if (top && top->size - top->used >= bytes) return top;
    size_t size = top ? 2 * top->size : FIRST_BLOCK;
    block *b = block_new(size > bytes ? size : bytes);
    if (!b) return NULL;
    b->next = top;
    arena->top = b;
    return b;
}

void *arena_alloc(gat_arena *arena, int64_t count, size_t size)
{
    size_t bytes;
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, &bytes)) return NULL;
    if (bytes > PTRDIFF_MAX / 4) return NULL;
    bytes = (bytes + GAT_CACHE_LINE - 1) / GAT_CACHE_LINE * GAT_CACHE_LINE;
    block *b = block_for(arena, bytes);
    if (!b) return NULL;
    void *p = b->bytes + b->used;
    b->used += bytes;
    return p;
}

void arena_reset(gat_arena *arena)
{
    block *keep = arena->top;
    if (!keep) return;
    for (block *b = keep->next, *next; b; b = next) {
        next = b->next;
        block_free(b);
    }
    keep->next = NULL;
    keep->used = 0;
}

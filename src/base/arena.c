/* A list of blocks. A request that does not fit opens a new block twice as large as the last one. A reset that finds
 * several blocks gives them back, and the next one has room for all that was in them and a little more: from the second
 * step on one block holds everything, and memory that was touched once is not held beside it. */
#include "base/arena.h"

#include "base/memory.h"

enum { FIRST_BLOCK = 1 << 20, SPARE = 8 };

typedef struct block {
    struct block *next;
    size_t size, used, touched; /* touched: the most that was ever used */
    char *bytes;
} block;

struct gat_arena {
    block *top;
    size_t wanted; /* by the next first block; 0: the smallest */
};

gat_arena *arena_new(void) { return gat_calloc(1, sizeof(gat_arena)); }

static void block_free(block *b)
{
    int64_t untouched = (int64_t)(b->size - b->touched);
    gat_free(b->bytes);
    gat_free(b);
    memory_note(untouched);
}

static void free_blocks(gat_arena *arena)
{
    for (block *b = arena->top, *next; b; b = next) {
        next = b->next;
        block_free(b);
    }
    arena->top = NULL;
}

void arena_free(gat_arena *arena)
{
    if (!arena) return;
    free_blocks(arena);
    gat_free(arena);
}

static block *block_new(size_t size)
{
    block *b = gat_calloc(1, sizeof *b);
    if (!b) return NULL;
    memory_note(-(int64_t)size);
    b->bytes = gat_alloc((int64_t)size, 1);
    b->size = size;
    if (b->bytes) return b;
    memory_note((int64_t)size);
    gat_free(b);
    return NULL;
}

static block *block_for(gat_arena *arena, size_t bytes)
{
    block *top = arena->top;
    if (top && top->size - top->used >= bytes) return top;
    size_t first = arena->wanted > FIRST_BLOCK ? arena->wanted : FIRST_BLOCK, size = top ? 2 * top->size : first;
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
    if (b->used > b->touched) {
        memory_note((int64_t)(b->used - b->touched));
        b->touched = b->used;
    }
    return p;
}

void arena_reset(gat_arena *arena)
{
    size_t used = 0;
    if (!arena->top) return;
    for (const block *b = arena->top; b; b = b->next) used += b->used;
    if (arena->top->next) {
        free_blocks(arena);
        arena->wanted = used + used / SPARE;
    } else {
        arena->top->used = 0;
    }
}

/* A bump allocator for what lives as long as one training step: taken piece by piece, given back at once.
 * Blocks are kept across resets, so that a steady step allocates nothing. Not thread-safe. */
#ifndef GAT_BASE_ARENA_H
#define GAT_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct gat_arena gat_arena;

/* NULL: out of memory. */
gat_arena *arena_new(void);
void arena_free(gat_arena *arena);

/* count * size bytes at a multiple of 64, not zeroed, valid until the next reset; NULL: out of memory. */
void *arena_alloc(gat_arena *arena, int64_t count, size_t size);

void arena_reset(gat_arena *arena);

#endif

/* Where the library's memory comes from. */
#ifndef GAT_BASE_ALLOCATOR_H
#define GAT_BASE_ALLOCATOR_H

#include <stddef.h>

/* Called from any thread, by several at a time. */
typedef struct gat_allocator {
    /* bytes (above 0, a multiple of alignment) at a multiple of alignment (a power of two), not zeroed, as of aligned_alloc.
     * NULL: there is no more, which ends the call of the library in GAT_ENOMEM. */
    void *(*allocate)(void *context, size_t alignment, size_t bytes);
    void (*release)(void *context, void *p); /* what allocate gave; never NULL */
    void *context;
} gat_allocator;

#endif

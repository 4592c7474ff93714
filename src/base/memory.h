/* The one allocator of the project. Sizes are checked, memory is zeroed and aligned to a cache line,
 * and tests can make the n-th allocation fail. Nothing else calls malloc.
 *
 * Thread-safety: all functions may be called from any thread. */
#ifndef GAT_BASE_MEMORY_H
#define GAT_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/allocator.h"

enum { GAT_CACHE_LINE = 64 };

/* count * size zeroed bytes at a multiple of 64, or NULL: out of memory, or the product overflows.
 * A count of zero gives a valid pointer. */
void *gat_calloc(int64_t count, size_t size);

/* The same without the zeroing: for arrays written whole right after. */
void *gat_alloc(int64_t count, size_t size);

/* Grows `old` of old_count elements to count elements; the new part is not zeroed. NULL leaves `old` valid. */
void *gat_regrow(void *old, int64_t old_count, int64_t count, size_t size);

/* NULL is fine. */
void gat_free(void *p);

/* Owned copy of a string (or of its first n bytes). */
char *gat_strdup(const char *s);
char *gat_strndup(const char *s, size_t n);

/* Where all memory comes from, copied; process-wide. False, and nothing changed, once anything was allocated. Other threads must
 * not be inside the library. */
bool memory_set_allocator(const gat_allocator *allocator);

/* Test hook, process-wide: the n-th allocation from now (1 is the next) fails; with `persistent` all
 * later ones fail too; 0 switches the hook off. */
void memory_fail_at(int64_t n, bool persistent);

/* Allocations asked for since the last memory_fail_at. */
int64_t memory_count(void);

/* Bytes that are held by all of the above now, and at most since memory_restart_peak. Process-wide, as threads share
 * them. What an arena has taken but never handed out is left out: it is not resident. */
int64_t memory_in_use(void);
int64_t memory_peak(void);

/* Not where the program gave an allocator of its own: it does not tell how large pieces are, and the numbers above stay zero. */
bool memory_is_counted(void);

void memory_restart_peak(void);

/* After a restart: the peak is no less than so many bytes, which were held before it. */
void memory_raise_peak(int64_t bytes);

/* For arenas: so many bytes of what is taken come into use, or, negative, are not used. */
void memory_note(int64_t bytes);

/* Resident bytes of the process now, and bytes of memory that the machine has; 0 where the system does not tell,
 * or a sanitizer's memory would count. */
int64_t memory_resident(void);
int64_t memory_of_machine(void);

/* What the process holds now: resident, or, where that is not told, in use. */
int64_t memory_held(void);

/* Largest resident size of the process so far, in bytes; 0 where the system does not tell. */
int64_t memory_peak_rss(void);

#endif

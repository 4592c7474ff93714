/* aligned_alloc, or what the program gave in its place, behind a checked product and a failure counter. These are the one
 * process-wide state of the library: they have to reach every caller without being passed around. */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static atomic_int_fast64_t allocations, fail_at;
static atomic_bool fail_persistent, used;

static void *system_allocate(void *context, size_t alignment, size_t bytes)
{
    (void)context;
    return aligned_alloc(alignment, bytes);
}

static void system_release(void *context, void *p)
{
    (void)context;
    free(p);
}

/* Written before `used` alone. */
static gat_allocator source = {system_allocate, system_release, NULL};

bool memory_set_allocator(const gat_allocator *allocator)
{
    if (atomic_load(&used)) return false;
    source = *allocator;
    return true;
}

void memory_fail_at(int64_t n, bool persistent)
{
    atomic_store(&allocations, 0);
    atomic_store(&fail_persistent, persistent);
    atomic_store(&fail_at, n);
}

int64_t memory_count(void) { return atomic_load(&allocations); }

static bool told_to_fail(void)
{
    int64_t now = atomic_fetch_add(&allocations, 1) + 1;
    int64_t at = atomic_load(&fail_at);
    return at > 0 && (now == at || (now > at && atomic_load(&fail_persistent)));
}

void *gat_alloc(int64_t count, size_t size)
{
    size_t bytes;
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, &bytes)) return NULL;
    if (bytes > (size_t)PTRDIFF_MAX - GAT_CACHE_LINE || told_to_fail()) return NULL;
    size_t rounded = (bytes + GAT_CACHE_LINE - 1) / GAT_CACHE_LINE * GAT_CACHE_LINE;
    if (!atomic_load_explicit(&used, memory_order_relaxed)) atomic_store(&used, true);
    return source.allocate(source.context, GAT_CACHE_LINE, rounded ? rounded : GAT_CACHE_LINE);
}

void *gat_calloc(int64_t count, size_t size)
{
    void *p = gat_alloc(count, size);
    if (p) memset(p, 0, (size_t)count * size);
    return p;
}

void *gat_regrow(void *old, int64_t old_count, int64_t count, size_t size)
{
    void *p = gat_alloc(count, size);
    if (!p) return NULL;
    if (old) memcpy(p, old, (size_t)(old_count < count ? old_count : count) * size);
    gat_free(old);
    return p;
}

void gat_free(void *p)
{
    if (p) source.release(source.context, p);
}

char *gat_strndup(const char *s, size_t n)
{
    char *copy = gat_alloc((int64_t)n + 1, 1);
    if (!copy) return NULL;
    memcpy(copy, s, n);
    copy[n] = 0;
    return copy;
}

char *gat_strdup(const char *s) { return gat_strndup(s, strlen(s)); }

int64_t memory_peak_rss(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * 1024 : 0;
}

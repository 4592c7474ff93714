/* aligned_alloc, or what the program gave in its place, behind a checked product, a failure counter and a count of bytes. These
 * are the one process-wide state of the library: they have to reach every caller without being passed around. */
#include "base/memory.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static atomic_int_fast64_t allocations, fail_at;
static atomic_bool fail_persistent, used;
static atomic_int_fast64_t in_use, peak;

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

bool memory_is_counted(void) { return source.allocate == system_allocate; }

static int64_t size_of(void *p) { return p && memory_is_counted() ? (int64_t)malloc_usable_size(p) : 0; }

void memory_raise_peak(int64_t bytes)
{
    int64_t most = atomic_load_explicit(&peak, memory_order_relaxed);
    while (bytes > most &&
           !atomic_compare_exchange_weak_explicit(&peak, &most, bytes, memory_order_relaxed, memory_order_relaxed)) {
    }
}

void memory_note(int64_t bytes)
{
    if (!memory_is_counted()) return;
    memory_raise_peak(atomic_fetch_add_explicit(&in_use, bytes, memory_order_relaxed) + bytes);
}

int64_t memory_in_use(void) { return atomic_load(&in_use); }

int64_t memory_peak(void) { return atomic_load(&peak); }

void memory_restart_peak(void) { atomic_store(&peak, atomic_load(&in_use)); }

void *gat_alloc(int64_t count, size_t size)
{
    size_t bytes;
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, &bytes)) return NULL;
    if (bytes > (size_t)PTRDIFF_MAX - GAT_CACHE_LINE || told_to_fail()) return NULL;
    size_t rounded = (bytes + GAT_CACHE_LINE - 1) / GAT_CACHE_LINE * GAT_CACHE_LINE;
    if (!atomic_load_explicit(&used, memory_order_relaxed)) atomic_store(&used, true);
    void *p = source.allocate(source.context, GAT_CACHE_LINE, rounded ? rounded : GAT_CACHE_LINE);
    memory_note(size_of(p));
    return p;
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
    if (!p) return;
    memory_note(-size_of(p));
    source.release(source.context, p);
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

/* VmHWM of the process; 0: not told. */
static int64_t high_water(void)
{
    char line[200];
    long long kilobytes = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %lld", &kilobytes) == 1) break;
    if (f) fclose(f);
    return kilobytes * 1024;
}

/* getrusage would tell that of whatever ran in this process before the program, too. */
int64_t memory_peak_rss(void)
{
    int64_t known = high_water();
    if (known) return known;
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * 1024 : 0;
}

/* A sanitizer's shadow is no memory of ours. */
#if defined __SANITIZE_ADDRESS__
enum { RESIDENT_MEANS_LITTLE = 1 };
#elif defined __has_feature
#if __has_feature(address_sanitizer)
enum { RESIDENT_MEANS_LITTLE = 1 };
#else
enum { RESIDENT_MEANS_LITTLE = 0 };
#endif
#else
enum { RESIDENT_MEANS_LITTLE = 0 };
#endif

int64_t memory_resident(void)
{
    if (RESIDENT_MEANS_LITTLE) return 0;
    long long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f) return 0;
    if (fscanf(f, "%lld %lld", &pages, &resident) != 2) resident = 0;
    fclose(f);
    return resident * sysconf(_SC_PAGESIZE);
}

int64_t memory_of_machine(void) { return (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE); }

int64_t memory_held(void)
{
    int64_t resident = memory_resident(), counted = memory_in_use();
    return resident > counted ? resident : counted;
}

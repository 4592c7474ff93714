/* The public functions about the library as a whole. */
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "kernels/kernels.h"

const char *gat_version(void) { return GAT_VERSION; }

const char *gat_status_text(gat_status code) { return status_text(code); }

void gat_set_threads(int threads) { parallel_set_threads(threads); }

gat_status gat_set_allocator(const gat_allocator *allocator, gat_error *err)
{
    if (!allocator || !allocator->allocate || !allocator->release)
        return error_set(err, GAT_EUSAGE, "an allocator has both functions");
    if (!memory_set_allocator(allocator))
        return error_set(err, GAT_EUSAGE, "the allocator is set before any other call of the library");
    return GAT_OK;
}

int64_t gat_peak_rss(void) { return memory_peak_rss(); }

const char *gat_isa(void) { return kernels()->name; }

/* The list is found by trying, as only the kernels know the machine; the choice in force comes back. */
static gat_status refuse_isa(const char *name, gat_error *err)
{
    static const char *const names[] = {"portable", "avx2", "avx512"};
    const char *before = kernels()->name;
    char list[64] = "auto";
    size_t used = 4;
    for (int i = 0; i < 3; i++)
        if (kernels_select(names[i])) used += (size_t)snprintf(list + used, sizeof list - used, ", %s", names[i]);
    kernels_select(before);
    return error_set(err, GAT_EUSAGE, "instruction set \"%.80s\" is unknown or not on this machine, which has %s", name,
                     list);
}

gat_status gat_set_isa(const char *name, gat_error *err)
{
    return kernels_select(name) ? GAT_OK : refuse_isa(name, err);
}

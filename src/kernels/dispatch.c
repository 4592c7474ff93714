/* Which instruction set runs. The choice is process-wide: it is a property of the machine, made once. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "kernels/bf16.h"
#include "kernels/blas_core.h"
#include "kernels/kernels.h"
#include "kernels/path_layer.h"

extern const gat_kernels gat_kernels_portable;
extern const gat_bf16 gat_bf16_portable;
extern const gat_path_kernels gat_path_portable;

#ifdef GAT_ONLY_PORTABLE
static const gat_kernels *find(const char *name)
{
    bool known = !strcmp(name, "auto") || !strcmp(name, "portable");
    return known ? &gat_kernels_portable : NULL;
}

const gat_bf16 *bf16_kernels(void) { return &gat_bf16_portable; }
const gat_path_kernels *path_kernels(void) { return &gat_path_portable; }
#else
extern const gat_kernels gat_kernels_avx2, gat_kernels_avx512;
extern const gat_path_kernels gat_path_avx2, gat_path_avx512;
extern const gat_bf16 gat_bf16_avx2, gat_bf16_avx512, gat_bf16_avx512bf16;

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
}

static const gat_kernels *find(const char *name)
{
    bool automatic = !strcmp(name, "auto");
    if ((automatic || !strcmp(name, "avx512")) && has_avx512()) return &gat_kernels_avx512;
    if ((automatic || !strcmp(name, "avx2")) && has_avx2()) return &gat_kernels_avx2;
    return automatic || !strcmp(name, "portable") ? &gat_kernels_portable : NULL;
}

const gat_bf16 *bf16_kernels(void)
{
    const gat_kernels *table = kernels();
    if (table == &gat_kernels_portable) return &gat_bf16_portable;
    if (table == &gat_kernels_avx2) return &gat_bf16_avx2;
    return __builtin_cpu_supports("avx512bf16") ? &gat_bf16_avx512bf16 : &gat_bf16_avx512;
}

const gat_path_kernels *path_kernels(void)
{
    const gat_kernels *table = kernels();
    if (table == &gat_kernels_portable) return &gat_path_portable;
    return table == &gat_kernels_avx2 ? &gat_path_avx2 : &gat_path_avx512;
}
#endif

static _Atomic(const gat_kernels *) chosen;
static pthread_once_t first_use = PTHREAD_ONCE_INIT;

static void use(const gat_kernels *table)
{
    bool portable = table == &gat_kernels_portable;
    blas_use_core(portable ? "PRESCOTT" : !strcmp(table->name, "avx2") ? "HASWELL" : "SKYLAKEX");
    atomic_store(&chosen, table);
}

static void use_default(void)
{
    if (!atomic_load(&chosen)) use(find("auto"));
}

const gat_kernels *kernels(void)
{
    const gat_kernels *table = atomic_load_explicit(&chosen, memory_order_acquire);
    if (table) return table;
    pthread_once(&first_use, use_default);
    return atomic_load(&chosen);
}

bool kernels_select(const char *name)
{
    const gat_kernels *table = find(name);
    if (table) use(table);
    return table != NULL;
}

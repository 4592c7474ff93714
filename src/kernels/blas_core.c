#include "kernels/blas_core.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/parallel.h"

int openblas_get_num_threads(void);
void openblas_set_num_threads(int n);

/* OpenBLAS chooses its kernels when it is loaded, from the processor or from the environment; these two, which builds
 * for a single processor lack, make it choose again. */
void gotoblas_dynamic_init(void) __attribute__((weak));
void gotoblas_dynamic_quit(void) __attribute__((weak));

void blas_use_core(const char *core)
{
    if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit) return;
    const char *before = getenv("OPENBLAS_CORETYPE");
    char kept[64];
    snprintf(kept, sizeof kept, "%s", before ? before : "");
    setenv("OPENBLAS_CORETYPE", core, 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    if (*kept) setenv("OPENBLAS_CORETYPE", kept, 1);
    else unsetenv("OPENBLAS_CORETYPE");
}

/* The OpenMP flavour of OpenBLAS sets OpenMP's own number of threads along with its own: ours is put back. */
void blas_one_thread(void)
{
    if (openblas_get_num_threads() == 1) return;
    int threads = parallel_threads();
    openblas_set_num_threads(1);
    parallel_set_threads(threads);
}

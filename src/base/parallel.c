#include "base/parallel.h"

#ifdef _OPENMP
#include <omp.h>

void parallel_set_threads(int n) { omp_set_num_threads(n < 1 ? omp_get_num_procs() : n); }
int parallel_threads(void) { return omp_get_max_threads(); }
int parallel_thread(void) { return omp_get_thread_num(); }
#else
void parallel_set_threads(int n) { (void)n; }
int parallel_threads(void) { return 1; }
int parallel_thread(void) { return 0; }
#endif

int64_t balanced_row(const int64_t *indptr, int64_t num_rows, int64_t parts, int64_t p)
{
    if (p >= parts) return num_rows;
    int64_t target = part_start(indptr[num_rows], parts, p), low = 0, high = num_rows;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (indptr[middle] < target) low = middle + 1;
        else high = middle;
    }
    return low;
}

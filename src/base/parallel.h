/* How loops are cut. Work is split into chunks whose bounds depend on sizes alone, never on the number of
 * threads; each chunk writes its own rows or its own partial sum, and partial sums are added in chunk
 * order. That is what makes results equal to the bit for any number of threads. */
#ifndef GAT_BASE_PARALLEL_H
#define GAT_BASE_PARALLEL_H

#include <stdint.h>

/* Number of chunks of `size` elements that cover n. */
static inline int64_t chunk_count(int64_t n, int64_t size) { return (n + size - 1) / size; }

/* Sets the threads used by parallel loops started from the calling thread; n < 1: all cores. */
void parallel_set_threads(int n);
int parallel_threads(void);

/* Which of the parallel_threads() threads of a parallel loop this is: for scratch memory that leaves no trace in results. */
int parallel_thread(void);

/* Start of part p of `parts` equal parts of [0, n); part p ends where p + 1 starts. */
static inline int64_t part_start(int64_t n, int64_t parts, int64_t p)
{
    return n / parts * p + (n % parts < p ? n % parts : p);
}

/* Cuts rows so that every part has about the same number of edges: first row of part p, given the row
 * pointer of a CSR. Binary search; part `parts` starts at num_rows. */
int64_t balanced_row(const int64_t *indptr, int64_t num_rows, int64_t parts, int64_t p);

#endif

/* The loops that find the limits of the machine, compiled once per instruction set, as the kernels are. */
#ifndef GAT_BENCH_PROBE_LOOPS_H
#define GAT_BENCH_PROBE_LOOPS_H

#include <stdint.h>

enum { PROBE_BLOCK = 16, PROBE_SUMS = 128 };

typedef struct probe_loops {
    /* sum (floats) += rows index[0..count) of a table; floats a multiple of PROBE_BLOCK, at most PROBE_SUMS. The row `ahead`
     * places further is fetched early; index has that many more entries. */
    void (*gather)(float *sum, const float *table, int64_t floats, const int32_t *index, int64_t count, int ahead);

    /* Sum of x (n), n a multiple of 128. */
    float (*read)(const float *x, int64_t n);

    /* Multiply-adds in registers: `rounds` of them in each lane of every sum; returns multiplications and additions.
     * x (PROBE_SUMS) is read and written. The second one multiplies pairs of bf16 numbers; NULL where the instruction set cannot. */
    double (*fma)(float *x, int64_t rounds);
    double (*bf16)(float *x, int64_t rounds);
} probe_loops;

/* Those of the chosen kernels, and of its bf16 products. */
const probe_loops *probes(void);

#endif

/* Comparing a kernel with its reference. */
#ifndef GAT_BENCH_VERIFY_H
#define GAT_BENCH_VERIFY_H

#include "bench.h"

/* Largest differences allowed, relative to the largest value of the tensor: those of the tests. */
#define VERIFY_VALUES 2e-5
#define VERIFY_GRADIENTS 1e-4
#define VERIFY_BF16 1e-2 /* eight bits of each factor are kept */

/* GAT_EFAILED with "NAME: WHAT differs from the reference by ..." when `difference` is above `most` (or NaN). */
gat_status verify(double difference, double most, const bench_entry *entry, const char *what, gat_error *err);

#endif

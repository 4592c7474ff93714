/* What the machine can do at most, measured beside what is compared with it. */
#ifndef GAT_BENCH_LIMITS_H
#define GAT_BENCH_LIMITS_H

#include "bench.h"

/* A work whose rate is a limit: bytes or flops per second. Rows and their floats matter to LIMIT_GATHER alone. */
gat_status limit_new(bench_work **out, bench_limit limit, int64_t table_rows, int64_t row_floats, gat_error *err);

/* "gather from 7.4 MB" */
const char *limit_name(char text[60], bench_limit limit, int64_t table_rows, int64_t row_floats);

#endif

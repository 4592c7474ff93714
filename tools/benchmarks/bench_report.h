/* Rows as a table, as JSON or as CSV. */
#ifndef GAT_BENCH_REPORT_H
#define GAT_BENCH_REPORT_H

#include "measure.h"

/* On standard output. The JSON is one object: `rows`, and the machine they are from. */
gat_status print_table(const bench_row *rows, int count, gat_error *err);
gat_status print_json(const bench_row *rows, int count, gat_error *err);

/* Replaces the file. */
gat_status write_csv(const char *path, const bench_row *rows, int count, gat_error *err);

#endif

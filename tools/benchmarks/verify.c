#include "verify.h"

#include "base/error.h"

gat_status verify(double difference, double most, const bench_entry *entry, const char *what, gat_error *err)
{
    if (difference <= most) return GAT_OK;
    return error_set(err, GAT_EFAILED, "%s: %s differs from the reference by %.1e of the largest value, above %.0e",
                     entry->name, what, difference, most);
}

/* Filling a caller's gat_error. */
#ifndef GAT_BASE_ERROR_H
#define GAT_BASE_ERROR_H

#include "base/status.h"

/* Writes code and message into err (NULL is fine) and returns code, so that callers can
 * `return error_set(err, GAT_EDATA, "%s:%lld: ...", ...)`. */
__attribute__((format(printf, 3, 4))) gat_status error_set(gat_error *err, gat_status code, const char *format, ...);

/* "out of memory", for a failed allocation. */
gat_status error_nomem(gat_error *err);

/* The fixed text of a code; never NULL. */
const char *status_text(gat_status code);

#endif

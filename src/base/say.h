/* Formatting a line for the caller's log. */
#ifndef GAT_BASE_SAY_H
#define GAT_BASE_SAY_H

#include "base/log.h"

/* log may be NULL or silent. */
__attribute__((format(printf, 3, 4))) void log_say(const gat_log *log, gat_log_level level, const char *format, ...);

#endif

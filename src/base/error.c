/* Errors are formatted once, where they happen, into the caller's buffer. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

gat_status error_set(gat_error *err, gat_status code, const char *format, ...)
{
    if (!err) return code;
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    err->code = code;
    return code;
}

gat_status error_nomem(gat_error *err) { return error_set(err, GAT_ENOMEM, "%s", status_text(GAT_ENOMEM)); }

const char *status_text(gat_status code)
{
    switch (code) {
#define GAT_STATUS_CASE(name, value, text) \
    case name: return text;
        GAT_STATUS_LIST(GAT_STATUS_CASE)
#undef GAT_STATUS_CASE
    }
    return "unknown status";
}

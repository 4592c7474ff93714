#include "base/say.h"

#include <stdarg.h>
#include <stdio.h>

void log_say(const gat_log *log, gat_log_level level, const char *format, ...)
{
    if (!log || !log->function) return;
    char line[700];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    log->function(log->context, level, line);
}

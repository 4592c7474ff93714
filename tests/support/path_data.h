/* Models of paths for tests. */
#ifndef GAT_TESTS_PATH_DATA_H
#define GAT_TESTS_PATH_DATA_H

#include <stdio.h>

#include "support/check.h"
#include "support/ring_data.h"

/* Options: a small model of paths, then "name=value name=value ...". */
static inline gat_config path_config(const char *settings)
{
    char text[300];
    gat_config c;
    gat_error err = {0};
    config_init(&c);
    snprintf(text, sizeof text, "model=path\nlayers=2\nqueries=120\neval-queries=40\nbatch=8\npath-split=0.2\n%s",
             settings);
    for (char *s = text; *s; s++)
        if (*s == ' ') *s = '\n';
    if (config_parse(&c, text, "test", &err)) fail_msg("%s", err.message);
    return c;
}

#endif

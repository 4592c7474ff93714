/* Who may ask: checks that come before any route, against pages of other sites, rebound names and strangers. */
#ifndef GAT_SERVER_GATE_H
#define GAT_SERVER_GATE_H

#include "base/status.h"
#include "server/http.h"

typedef struct gate {
    const char *const *hosts; /* names that Host may have besides localhost, 127.0.0.1, [::1]; NULL ends the list */
    const char *token;        /* asked for as "Authorization: Bearer TOKEN"; NULL: none */
} gate;

/* HTTP status 0: may pass. Otherwise the status, and *why <- a fixed text. */
int gate_refuses(const gate *g, const http_request *request, const char **why);

#endif

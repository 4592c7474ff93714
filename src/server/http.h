/* The one door to libmicrohttpd: requests in, whole responses out. Everything above it would stand on another HTTP library. */
#ifndef GAT_SERVER_HTTP_H
#define GAT_SERVER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct http_server http_server;
typedef struct http_request http_request;

enum { HTTP_MOST_HEADERS = 4 };

/* What a handler fills. Names, values and types are constants. */
typedef struct http_response {
    int status;
    const char *type;     /* "application/json" */
    char *body;           /* taken: allocated by the C library (jansson's allocator, or malloc); NULL: none */
    const void *constant; /* in place of body: bytes that stay */
    size_t size;          /* of either */
    struct {
        const char *name, *value;
    } header[HTTP_MOST_HEADERS]; /* beside those that all have, or in place of one; name NULL ends the list */
} http_response;

/* One header more; there are at most HTTP_MOST_HEADERS. */
void http_add_header(http_response *response, const char *name, const char *value);

/* Called from several threads at a time, once a request. False: the request was suspended, and *response does not count. */
typedef bool http_handler(void *context, http_request *request, http_response *response);

/* In a handler: the answer comes later, from any thread, by http_answer; the request stays until then. */
void http_suspend(http_request *request);

/* The answer to a suspended request, once. The request is not to be touched afterwards. */
void http_answer(http_request *request, const http_response *response);

typedef struct http_options {
    const char *address; /* an IPv4 or IPv6 address, or "localhost" */
    int port;            /* 0: any free one */
    int threads;         /* that answer; from 1 */
    int connections;     /* open at a time; more are closed at once */
    int seconds;         /* an idle or stalled connection lives so long */
    size_t most_body;    /* bytes of a request's body; more is told by http_too_large */
} http_options;

/* Listens and answers from now on. GAT_EUSAGE: no such address; GAT_EFAILED: the port is taken. */
gat_status http_start(http_server **out, const http_options *options, http_handler *handler, void *context,
                      gat_error *err);

/* Takes no more connections; those that are open end with the next answer. NULL is fine. */
void http_close_door(http_server *server);

/* After http_close_door: sends what is answered, then ends; waits for it. Nothing may be suspended any more. NULL is fine. */
void http_stop(http_server *server);
int http_port(const http_server *server);

/* Whether an address stays on this machine; false for what is no address. */
bool http_loopback(const char *address);

/* Of a request. Strings live as long as it does. */
const char *http_method(const http_request *request);
const char *http_path(const http_request *request);                     /* decoded, without the query */
const char *http_query(const http_request *request, const char *name);  /* decoded; NULL: not given */
const char *http_header(const http_request *request, const char *name); /* the first; NULL: not given */
int http_header_count(const http_request *request, const char *name);
bool http_strange(const http_request *request); /* the name of a header is none, or %00 stands in the request's line */
const char *http_body(const http_request *request, size_t *size);
bool http_too_large(const http_request *request);

/* Whether the client takes gzip. */
bool http_takes_gzip(const http_request *request);

/* Whether a part of the query holds a NUL byte, has a name that is not in the list (ends with NULL), or comes twice. */
bool http_query_strange(const http_request *request, const char *const *names);

#endif

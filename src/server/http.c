#include "server/http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

struct http_server {
    struct MHD_Daemon *daemon;
    http_handler *handler;
    void *context;
    size_t most_body;
    atomic_bool closing;
    MHD_socket door;  /* that took connections, once it is closed; it stays until the daemon ends */
    atomic_int later; /* answers to requests that were suspended, not yet sent */
};

struct http_request {
    http_server *server;
    struct MHD_Connection *connection;
    const char *method, *path;
    char *body;
    int64_t size, capacity;
    bool begun, cut, too_large, suspended, answered; /* cut: the path holds %00 */
    http_response response;                          /* of a suspended request, once it is answered */
};

typedef union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} socket_address;

enum { REQUEST_MEMORY = 40 << 10 }; /* of a connection: request line and headers */

static bool address_of(socket_address *out, const char *text, int port)
{
    *out = (socket_address){0};
    if (!strcmp(text, "localhost")) text = "127.0.0.1";
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons((uint16_t)port);
        return true;
    }
    if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) != 1) return false;
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons((uint16_t)port);
    return true;
}

bool http_loopback(const char *address)
{
    socket_address a;
    if (!address_of(&a, address, 0)) return false;
    if (a.any.sa_family == AF_INET) return ntohl(a.v4.sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&a.v6.sin6_addr);
}

/* False: out of memory. What is too large is told by the answer. */
static bool body_add(http_request *r, const char *data, size_t size, size_t most)
{
    if (r->too_large || (size_t)r->size + size > most) return r->too_large = true;
    if (r->size + (int64_t)size > r->capacity) {
        int64_t capacity = 2 * r->capacity + (int64_t)size + 4096;
        char *grown = gat_regrow(r->body, r->capacity, capacity, 1);
        if (!grown) return false;
        r->body = grown;
        r->capacity = capacity;
    }
    memcpy(r->body + r->size, data, size);
    r->size += (int64_t)size;
    return true;
}

static const char *const fixed_headers[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"},
};

void http_add_header(http_response *response, const char *name, const char *value)
{
    int i = 0;
    while (i < HTTP_MOST_HEADERS && response->header[i].name) i++;
    assert(i < HTTP_MOST_HEADERS);
    response->header[i].name = name;
    response->header[i].value = value;
}

static bool has_header(const http_response *r, const char *name)
{
    for (int i = 0; i < HTTP_MOST_HEADERS && r->header[i].name; i++)
        if (!strcasecmp(r->header[i].name, name)) return true;
    return false;
}

static enum MHD_Result add_headers(struct MHD_Response *response, const http_response *r, bool last)
{
    enum MHD_Result ok = MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    if (last && !has_header(r, MHD_HTTP_HEADER_CONNECTION) && ok == MHD_YES)
        ok = MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    for (size_t i = 0; i < sizeof fixed_headers / sizeof *fixed_headers && ok == MHD_YES; i++)
        if (!has_header(r, fixed_headers[i][0]))
            ok = MHD_add_response_header(response, fixed_headers[i][0], fixed_headers[i][1]);
    for (int i = 0; i < HTTP_MOST_HEADERS && r->header[i].name && ok == MHD_YES; i++)
        ok = MHD_add_response_header(response, r->header[i].name, r->header[i].value);
    return ok;
}

/* The library does not write to bytes that stay, its interface is older than const. */
static struct MHD_Response *new_response(const http_response *r)
{
    if (r->body) return MHD_create_response_from_buffer(r->size, r->body, MHD_RESPMEM_MUST_FREE);
    void *bytes = r->constant ? (void *)(uintptr_t)r->constant : "";
    return MHD_create_response_from_buffer(r->constant ? r->size : 0, bytes, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result send_response(const http_server *server, struct MHD_Connection *connection, http_response *r)
{
    struct MHD_Response *response = new_response(r);
    if (!response) {
        free(r->body);
        return MHD_NO;
    }
    enum MHD_Result ok = add_headers(response, r, atomic_load(&server->closing));
    if (ok == MHD_YES) ok = MHD_queue_response(connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return ok;
}

void http_suspend(http_request *request)
{
    request->suspended = true;
    atomic_fetch_add(&request->server->later, 1);
    MHD_suspend_connection(request->connection);
}

/* The resumed connection comes to on_access once more. */
void http_answer(http_request *request, const http_response *response)
{
    request->response = *response;
    request->answered = true;
    MHD_resume_connection(request->connection);
}

/* The whole request is there. */
static enum MHD_Result on_whole(http_server *server, http_request *request)
{
    http_response response = {.status = 500, .type = "text/plain"};
    if (request->answered) {
        response = request->response;
        request->response.body = NULL;
    } else if (!server->handler(server->context, request, &response)) return MHD_YES;
    return send_response(server, request->connection, &response);
}

/* The request's first sign of life: its line as it was sent. The library cuts a path at %00. */
static void *on_line(void *context, const char *uri, struct MHD_Connection *connection)
{
    http_request *request = gat_calloc(1, sizeof *request);
    (void)context;
    (void)connection;
    if (request) request->cut = strstr(uri, "%00");
    return request;
}

/* The first call comes with the headers alone: an answer given then costs the connection (and most of the speed), so it is
 * passed over; calls with data follow, and one without. */
static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                 const char *version, const char *data, size_t *size, void **state)
{
    http_server *server = context;
    http_request *request = *state;
    (void)version;
    if (!request) return MHD_NO; /* no memory */
    if (!request->begun) {
        request->begun = true;
        return MHD_YES;
    }
    if (*size) {
        if (!body_add(request, data, *size, server->most_body)) return MHD_NO;
        *size = 0;
        return MHD_YES;
    }
    request->server = server;
    request->connection = connection;
    request->method = method;
    request->path = url;
    return on_whole(server, request);
}

static void on_end(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    http_request *request = *state;
    (void)context;
    (void)connection;
    (void)why;
    if (!request) return;
    if (request->suspended) atomic_fetch_sub(&request->server->later, 1);
    free(request->response.body);
    gat_free(request->body);
    gat_free(request);
    *state = NULL;
}

gat_status http_start(http_server **out, const http_options *o, http_handler *handler, void *context, gat_error *err)
{
    socket_address address;
    *out = NULL;
    if (!address_of(&address, o->address, o->port))
        return error_set(err, GAT_EUSAGE, "%s: neither an IPv4 nor an IPv6 address", o->address);
    http_server *server = gat_calloc(1, sizeof *server);
    if (!server) return error_nomem(err);
    *server =
        (http_server){.handler = handler, .context = context, .most_body = o->most_body, .door = MHD_INVALID_SOCKET};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME;
    if (address.any.sa_family == AF_INET6) flags |= MHD_USE_IPv6;
    server->daemon = MHD_start_daemon(
        flags, (uint16_t)o->port, NULL, NULL, on_access, server, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, on_line, NULL, MHD_OPTION_SOCK_ADDR, &address.any, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)(o->threads > 1 ? o->threads : 0), MHD_OPTION_CONNECTION_LIMIT, (unsigned)o->connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)o->seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_MEMORY,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!server->daemon) {
        gat_free(server);
        return error_set(err, GAT_EFAILED, "%s: cannot listen on port %d", o->address, o->port);
    }
    *out = server;
    return GAT_OK;
}

void http_close_door(http_server *server)
{
    if (!server) return;
    atomic_store(&server->closing, true);
    server->door = MHD_quiesce_daemon(server->daemon);
}

/* The daemon would close the connections of answers that are still on their way. */
static void wait_for_later(const http_server *server)
{
    enum { MOST_WAITS = 5000 };
    const struct timespec millisecond = {.tv_nsec = 1000000};
    for (int i = 0; i < MOST_WAITS && atomic_load(&server->later); i++) nanosleep(&millisecond, NULL);
}

void http_stop(http_server *server)
{
    if (!server) return;
    wait_for_later(server);
    MHD_stop_daemon(server->daemon);
    if (server->door != MHD_INVALID_SOCKET) close(server->door);
    gat_free(server);
}

int http_port(const http_server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

const char *http_method(const http_request *request) { return request->method; }
const char *http_path(const http_request *request) { return request->path; }

const char *http_query(const http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_header(const http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

typedef struct name_count {
    const char *name;
    int count;
} name_count;

static enum MHD_Result count_name(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    name_count *c = context;
    (void)kind;
    (void)value;
    c->count += !strcasecmp(name, c->name);
    return MHD_YES;
}

int http_header_count(const http_request *request, const char *name)
{
    name_count c = {.name = name};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, count_name, &c);
    return c.count;
}

/* Names are tokens (RFC 9110, 5.6.2); others are seen by one reader and not by another. */
static enum MHD_Result check_name(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    bool *strange = context;
    (void)kind;
    (void)value;
    for (const char *c = name; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
        *strange |= !letter && !strchr(others, *c);
    }
    *strange |= !*name;
    return MHD_YES;
}

bool http_strange(const http_request *request)
{
    bool strange = request->cut;
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, check_name, &strange);
    return strange;
}

const char *http_body(const http_request *request, size_t *size)
{
    *size = (size_t)request->size;
    return request->body ? request->body : "";
}

bool http_too_large(const http_request *request) { return request->too_large; }

/* "gzip" among the names of the list, and not with the weight 0. */
bool http_takes_gzip(const http_request *request)
{
    const char *list = http_header(request, "Accept-Encoding");
    while (list && *list) {
        list += strspn(list, ", \t");
        size_t name = strcspn(list, ",; \t"), whole = strcspn(list, ",");
        const char *weight = list + name + strspn(list + name, "; \t");
        if (name == 4 && !strncasecmp(list, "gzip", 4))
            return strncasecmp(weight, "q=", 2) != 0 || strtod(weight + 2, NULL) > 0;
        list += whole;
    }
    return false;
}

enum { MOST_PARAMETERS = 32 };

typedef struct query_check {
    const char *const *names;
    int seen[MOST_PARAMETERS];
    bool strange;
} query_check;

static enum MHD_Result check_part(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                  const char *value, size_t value_size)
{
    query_check *c = context;
    int i = 0;
    (void)kind;
    while (i < MOST_PARAMETERS && c->names[i] && strcmp(c->names[i], name) != 0) i++;
    c->strange |= i == MOST_PARAMETERS || !c->names[i] || c->seen[i]++ || strlen(name) != name_size || !value ||
                  strlen(value) != value_size;
    return c->strange ? MHD_NO : MHD_YES;
}

bool http_query_strange(const http_request *request, const char *const *names)
{
    query_check c = {.names = names};
    MHD_get_connection_values_n(request->connection, MHD_GET_ARGUMENT_KIND, check_part, &c);
    return c.strange;
}

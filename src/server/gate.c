#include "server/gate.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_host(const char *host, size_t length, const char *name)
{
    return strlen(name) == length && !strncasecmp(host, name, length);
}

/* A name that resolves to this machine only in somebody else's DNS must not pass (DNS rebinding). */
static bool host_known(const gate *g, const char *host)
{
    static const char *const local[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *end = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');
    size_t length = end ? (size_t)(end - host) + (host[0] == '[') : strlen(host);
    const char *port = host + length;
    if (*port && (*port != ':' || !port[1] || strspn(port + 1, "0123456789") != strlen(port + 1))) return false;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if (is_host(host, length, local[i])) return true;
    for (const char *const *name = g->hosts; name && *name; name++)
        if (is_host(host, length, *name)) return true;
    return false;
}

/* The page itself sends "http://" and its Host; every other page's Origin differs. */
static bool origin_is_own(const char *origin, const char *host)
{
    return !strncmp(origin, "http://", 7) && !strcasecmp(origin + 7, host);
}

/* In a time that tells nothing about where they differ. */
static bool equal_secret(const char *a, const char *b)
{
    size_t n = strlen(b);
    unsigned char differ = strlen(a) != n;
    for (size_t i = 0; i < n; i++) differ |= (unsigned char)(a[strlen(a) == n ? i : 0] ^ b[i]);
    return !differ;
}

static bool token_given(const gate *g, const http_request *request)
{
    static const char scheme[] = "Bearer ";
    const char *given = http_header(request, "Authorization");
    return given && http_header_count(request, "Authorization") == 1 && !strncmp(given, scheme, sizeof scheme - 1) &&
           equal_secret(given + sizeof scheme - 1, g->token);
}

static bool is_json(const http_request *request)
{
    const char *type = http_header(request, "Content-Type");
    size_t length = type ? strcspn(type, "; ") : 0;
    return type && is_host(type, length, "application/json");
}

int gate_refuses(const gate *g, const http_request *request, const char **why)
{
    const char *host = http_header(request, "Host"), *origin = http_header(request, "Origin");
    bool post = !strcmp(http_method(request), "POST");
    if (http_strange(request)) return *why = "a header or the address is no text of its kind", 400;
    if (!host || http_header_count(request, "Host") != 1 || !host_known(g, host))
        return *why = "the Host header is not one that this server answers to", 421;
    if (http_header_count(request, "Content-Length") > 1 || http_header(request, "Transfer-Encoding"))
        return *why = "bodies come with one Content-Length", 411;
    if (origin && !origin_is_own(origin, host)) return *why = "pages of other sites may not ask", 403;
    if (g->token && !token_given(g, request)) return *why = "this server asks for a token", 401;
    if (http_too_large(request)) return *why = "the body is too large", 413;
    if (post && !is_json(request)) return *why = "a body is of the type application/json", 415;
    return 0;
}

#include "server/respond.h"

#include <string.h>

#include "gatkit.h"
#include "report/json_value.h"

void respond_json(http_response *r, int status, json_t *object)
{
    r->body = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(object);
    r->size = r->body ? strlen(r->body) : 0;
    r->status = r->body ? status : 503;
    r->type = "application/json";
}

void respond_error(http_response *r, int status, const char *message)
{
    respond_json(r, status, json_pack("{s:{s:i,s:o}}", "error", "code", status, "message", report_string(message)));
    if (status == 401) http_add_header(r, "WWW-Authenticate", "Bearer");
    if (r->status == 503) http_add_header(r, "Retry-After", "1");
}

void respond_method(http_response *r, const char *allowed)
{
    respond_error(r, 405, "not this method");
    http_add_header(r, "Allow", allowed);
}

static int status_of(gat_status st)
{
    switch (st) {
    case GAT_OK: return 200;
    case GAT_EUSAGE: return 400;
    case GAT_EDATA: return 422;
    case GAT_ENOMEM: return 503;
    default: return 500;
    }
}

void respond_status(http_response *response, gat_status st, const gat_error *error)
{
    respond_error(response, status_of(st), error->message[0] ? error->message : gat_status_text(st));
}

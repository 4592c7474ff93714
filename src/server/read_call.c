#include "server/read_call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static gat_status read_count(int64_t *out, const route_parameter *p, const char *text, gat_error *err)
{
    char *end;
    *out = p->otherwise;
    if (!text) return GAT_OK;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool digits = *text >= '0' && *text <= '9';
    if (!digits || *end || errno || value < p->least || value > p->most)
        return error_set(err, GAT_EUSAGE, "%s: a whole number from %lld to %lld is expected", p->name,
                         (long long)p->least, (long long)p->most);
    *out = value;
    return GAT_OK;
}

static bool is_choice(const char *choices, const char *text)
{
    size_t length = strlen(text);
    for (const char *c = choices; *c; c += strcspn(c, "|"), c += *c == '|')
        if (strcspn(c, "|") == length && !strncmp(c, text, length)) return true;
    return false;
}

static gat_status read_parameter(route_call *call, int i, const route_parameter *p, const char *text, gat_error *err)
{
    call->text[i] = text;
    if (p->needed && !text) return error_set(err, GAT_EUSAGE, "%s is missing: %s", p->name, p->help);
    if (p->kind == PARAMETER_COUNT) return read_count(&call->count[i], p, text, err);
    if (p->kind == PARAMETER_CHOICE && text && !is_choice(p->choices, text))
        return error_set(err, GAT_EUSAGE, "%s: one of %s is expected", p->name, p->choices);
    return GAT_OK;
}

static gat_status read_parameters(route_call *call, const route *r, const http_request *request, gat_error *err)
{
    const char *names[MOST_ROUTE_PARAMETERS + 1] = {0};
    gat_status st = GAT_OK;
    for (int i = 0; i < MOST_ROUTE_PARAMETERS && r->parameters[i].name; i++) names[i] = r->parameters[i].name;
    if (http_query_strange(request, names))
        return error_set(err, GAT_EUSAGE, "a parameter is unknown, comes twice, or is not text");
    for (int i = 0; !st && names[i]; i++)
        st = read_parameter(call, i, &r->parameters[i], http_query(request, names[i]), err);
    return st;
}

/* *out <- the object that a POST brings; NULL with other methods. */
static gat_status read_body(json_t **out, const route *r, const http_request *request, gat_error *err)
{
    size_t size;
    json_error_t fault;
    const char *body = http_body(request, &size);
    *out = NULL;
    if (strcmp(r->method, "POST") != 0) return GAT_OK;
    *out = json_loadb(body, size, JSON_REJECT_DUPLICATES, &fault);
    if (json_is_object(*out)) return GAT_OK;
    return error_set(err, GAT_EUSAGE, "the body is no JSON object%s%s", *out ? "" : ": ", *out ? "" : fault.text);
}

gat_status call_read(route_call *call, const route *r, const http_request *request, gat_error *err)
{
    gat_status st = read_parameters(call, r, request, err);
    return st ? st : read_body(&call->body, r, request, err);
}

gat_status call_keep(route_call *call, gat_error *err)
{
    bool whole = true;
    for (int i = 0; i < MOST_ROUTE_PARAMETERS; i++) {
        const char *text = call->text[i];
        call->text[i] = call->own[i] = text ? gat_strdup(text) : NULL;
        whole = whole && !text == !call->own[i];
    }
    return whole ? GAT_OK : error_nomem(err);
}

void call_clear(route_call *call)
{
    json_decref(call->body);
    call->body = NULL;
    for (int i = 0; i < MOST_ROUTE_PARAMETERS; i++) {
        gat_free(call->own[i]);
        call->own[i] = NULL;
    }
}

#include "server/server.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "server/gate.h"
#include "server/http.h"
#include "server/metrics.h"
#include "server/model_set.h"
#include "server/route.h"
#include "server/static_files.h"

enum { MOST_BODY = 1 << 20, MOST_NAME = 256 };

struct gat_server {
    const char *const *paths;
    int num_paths, most_waiting;
    gate gate;
    pthread_mutex_t lock; /* of `models`, the pointer alone */
    model_set *models;
    server_metrics *metrics;
    atomic_int waiting;
    http_server *http;
};

static model_set *hold_models(gat_server *s)
{
    pthread_mutex_lock(&s->lock);
    model_set *set = s->models;
    model_set_hold(set);
    pthread_mutex_unlock(&s->lock);
    return set;
}

/* ---- responses ------------------------------------------------------------------------------------------- */

static void respond_json(http_response *r, int status, json_t *object)
{
    r->body = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(object);
    r->size = r->body ? strlen(r->body) : 0;
    r->status = r->body ? status : 503;
    r->type = "application/json";
}

static void respond_error(http_response *r, int status, const char *message)
{
    respond_json(r, status, json_pack("{s:{s:i,s:o}}", "error", "code", status, "message", report_string(message)));
    if (status == 401) http_add_header(r, "WWW-Authenticate", "Bearer");
    if (r->status == 503) http_add_header(r, "Retry-After", "1");
}

/* allowed: methods that the path has. */
static void respond_method(http_response *r, const char *allowed)
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

/* ---- parameters ------------------------------------------------------------------------------------------ */

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

/* ---- dispatch -------------------------------------------------------------------------------------------- */

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

static void call_route(http_response *response, const route *r, route_call *call, const http_request *request)
{
    gat_error error = {0};
    json_t *answer = NULL, *body = NULL;
    gat_status st = read_parameters(call, r, request, &error);
    if (!st) st = read_body(&body, r, request, &error);
    call->body = body;
    gat_set_threads(1); /* requests run beside each other; each stays on its thread */
    if (!st) st = r->function(&answer, call, &error);
    if (st) respond_error(response, status_of(st), error.message[0] ? error.message : gat_status_text(st));
    else respond_json(response, 200, answer);
    json_decref(body);
}

static void answer_route(gat_server *s, http_response *response, const route *r, const char *model, size_t size,
                         const http_request *request)
{
    char name[MOST_NAME];
    model_set *models = hold_models(s);
    route_call call = {.models = models};
    if (model && size < sizeof name) {
        memcpy(name, model, size);
        name[size] = 0;
        call.model = model_set_find(models, name);
    }
    if (model && !call.model) respond_error(response, 404, "no model of that name is loaded");
    else if (model && !(r->kinds >> call.model->kind & 1)) respond_error(response, 404, "not for this kind of model");
    else call_route(response, r, &call, request);
    model_set_drop(models);
}

static void respond_metrics(const gat_server *s, http_response *r)
{
    const char *names[64];
    for (int i = 0; i < route_count(); i++) names[i] = route_at(i)->path;
    *r = (http_response){.status = 200, .type = "text/plain; version=0.0.4", .body = metrics_text(s->metrics, names)};
    r->size = r->body ? strlen(r->body) : 0;
}

/* What is open to everybody who may ask at all; the page itself asks for the token. */
static void answer_file(http_response *response, const static_file *file, const http_request *request)
{
    const char *method = http_method(request);
    if (!strcmp(method, "GET") || !strcmp(method, "HEAD")) static_file_answer(response, file, request);
    else respond_method(response, "GET, HEAD");
}

static void answer_path(gat_server *s, const http_request *request, http_response *response, int *route_index)
{
    const char *model, *method = http_method(request), *path = http_path(request), *other;
    size_t size;
    const route *r = route_find(method, path, &model, &size, &other);
    if (r) *route_index = (int)(r - route_at(0));
    if (r) answer_route(s, response, r, model, size, request);
    else if (!strcmp(path, "/metrics") && !strcmp(method, "GET")) respond_metrics(s, response);
    else if (other) respond_method(response, strcmp(other, "GET") != 0 ? other : "GET, HEAD");
    else respond_error(response, 404, "nothing is here");
}

static void answer(gat_server *s, const http_request *request, http_response *response, int *route_index)
{
    const char *why;
    const static_file *file = static_file_find(http_path(request));
    gate door = {.hosts = s->gate.hosts, .token = file ? NULL : s->gate.token};
    int refused = gate_refuses(&door, request, &why);
    if (refused) respond_error(response, refused, why);
    else if (file) answer_file(response, file, request);
    else answer_path(s, request, response, route_index);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void on_request(void *context, const http_request *request, http_response *response)
{
    gat_server *s = context;
    double started = now();
    int route_index = route_count();
    if (atomic_fetch_add(&s->waiting, 1) >= s->most_waiting)
        respond_error(response, 503, "too many questions at a time");
    else answer(s, request, response, &route_index);
    atomic_fetch_sub(&s->waiting, 1);
    metrics_add(s->metrics, route_index, response->status, now() - started);
}

/* ---- life ------------------------------------------------------------------------------------------------ */

static int default_threads(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > 64 ? 64 : (int)cores;
}

static gat_status listen_on(gat_server *s, const server_options *o, gat_error *err)
{
    http_options http = {.address = o->address ? o->address : "127.0.0.1",
                         .port = o->port,
                         .threads = o->threads < 1 ? default_threads() : o->threads,
                         .connections = o->connections < 1 ? 4096 : o->connections,
                         .seconds = o->seconds < 1 ? 15 : o->seconds,
                         .most_body = MOST_BODY};
    if (!o->token && !http_loopback(http.address))
        return error_set(err, GAT_EUSAGE, "%s: only this machine may ask without a token; give one (--token-file)",
                         http.address);
    return http_start(&s->http, &http, on_request, s, err);
}

gat_status server_start(gat_server **out, const server_options *o, gat_error *err)
{
    gat_server *s = *out = gat_calloc(1, sizeof *s);
    if (!s) return error_nomem(err);
    *s = (gat_server){.paths = o->models,
                      .num_paths = o->num_models,
                      .most_waiting = o->most_waiting < 1 ? 256 : o->most_waiting,
                      .gate = {.hosts = o->hosts, .token = o->token},
                      .lock = PTHREAD_MUTEX_INITIALIZER};
    s->metrics = metrics_new(route_count());
    gat_status st = s->metrics ? model_set_new(&s->models, s->paths, s->num_paths, err) : error_nomem(err);
    if (!st) st = listen_on(s, o, err);
    if (!st) return GAT_OK;
    server_stop(s);
    *out = NULL;
    return st;
}

gat_status server_reload(gat_server *s, gat_error *err)
{
    model_set *fresh;
    gat_status st = model_set_new(&fresh, s->paths, s->num_paths, err);
    if (st) return st;
    pthread_mutex_lock(&s->lock);
    model_set *old = s->models;
    s->models = fresh;
    pthread_mutex_unlock(&s->lock);
    model_set_drop(old);
    return GAT_OK;
}

void server_stop(gat_server *s)
{
    if (!s) return;
    http_stop(s->http);
    model_set_drop(s->models);
    metrics_free(s->metrics);
    pthread_mutex_destroy(&s->lock);
    gat_free(s);
}

int server_port(const gat_server *s) { return http_port(s->http); }

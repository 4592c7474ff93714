#include "server/server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "server/gate.h"
#include "server/http.h"
#include "server/metrics.h"
#include "server/model_set.h"
#include "server/read_call.h"
#include "server/respond.h"
#include "server/route.h"
#include "server/static_files.h"
#include "server/work_queue.h"

enum { MOST_BODY = 1 << 20, MOST_NAME = 256 };

_Static_assert((int)MOST_CALLS >= (int)MOST_TOGETHER, "a route takes what the queue gives");

struct gat_server {
    const char *const *paths;
    int num_paths, most_waiting;
    gate gate;
    pthread_mutex_t lock; /* of `models`, the pointer alone */
    model_set *models;
    server_metrics *metrics;
    double deadline;
    atomic_int waiting; /* questions that are not answered yet */
    work_queue *queue;
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

/* ---- questions for the work queue ------------------------------------------------------------------------ */

typedef struct job {
    work_item item; /* first */
    const route *route;
    route_call call; /* holds its models */
    http_request *request;
    http_response response; /* made by work_jobs, until it is sent */
    double started;
} job;

static job *job_of(work_item *item) { return (job *)item; }

static void job_free(job *j)
{
    if (!j) return;
    call_clear(&j->call);
    model_set_drop(j->call.models);
    free(j->response.body);
    gat_free(j);
}

static void answer_calls(route_outcome *outcome, const route *r, const route_call *const *calls, int count)
{
    if (r->many) r->many(outcome, calls, count);
    for (int i = 0; i < count && !r->many; i++)
        outcome[i].status = r->function(&outcome[i].answer, calls[i], &outcome[i].error);
}

static void respond_outcome(http_response *response, const route_outcome *o)
{
    if (o->status) respond_status(response, o->status, &o->error);
    else respond_json(response, 200, o->answer);
}

/* All of one route and model. */
static void work_jobs(void *context, work_item *const *items, int count)
{
    const route_call *calls[MOST_CALLS];
    route_outcome *outcome = gat_calloc(count, sizeof *outcome);
    (void)context;
    for (int i = 0; i < count; i++) calls[i] = &job_of(items[i])->call;
    gat_set_threads(1); /* questions run beside each other; each stays on its thread */
    if (outcome) answer_calls(outcome, job_of(items[0])->route, calls, count);
    for (int i = 0; i < count; i++) {
        const route_outcome none = {.status = GAT_ENOMEM};
        respond_outcome(&job_of(items[i])->response, outcome ? &outcome[i] : &none);
    }
    gat_free(outcome);
}

static void send_job(void *context, work_item *item, bool late)
{
    gat_server *s = context;
    job *j = job_of(item);
    http_response response = {0};
    if (late) respond_error(&response, 504, "the time for an answer is over");
    else {
        response = j->response;
        j->response.body = NULL;
    }
    metrics_add(s->metrics, (int)(j->route - route_at(0)), response.status, clock_seconds() - j->started);
    http_answer(j->request, &response);
}

static void drop_job(void *context, work_item *item)
{
    gat_server *s = context;
    job_free(job_of(item));
    atomic_fetch_sub(&s->waiting, 1);
}

/* Takes the call over, and answers later; false: at once, with an error. */
static bool queue_call(gat_server *s, const route *r, route_call *call, http_request *request, http_response *response,
                       double started)
{
    gat_error error = {0};
    job *j = gat_calloc(1, sizeof *j);
    gat_status st = j ? call_keep(call, &error) : error_nomem(&error);
    if (st) {
        gat_free(j);
        respond_status(response, st, &error);
        return false;
    }
    *j = (job){.item = {.group = {r->many ? r : NULL, call->model}, .until = started + s->deadline},
               .route = r,
               .call = *call,
               .request = request,
               .started = started};
    *call = (route_call){0};
    model_set_hold(j->call.models);
    http_suspend(request);
    if (work_queue_add(s->queue, &j->item)) return true;
    work_item *item = &j->item;
    work_jobs(s, &item, 1);
    send_job(s, item, false);
    drop_job(s, item);
    return true;
}

/* ---- dispatch -------------------------------------------------------------------------------------------- */

static void answer_now(http_response *response, const route *r, const route_call *call)
{
    route_outcome outcome = {0};
    gat_set_threads(1);
    answer_calls(&outcome, r, &call, 1);
    respond_outcome(response, &outcome);
}

/* True: the answer is in *response; false: it comes later. So do all below. */
static bool call_route(gat_server *s, http_response *response, const route *r, route_call *call, http_request *request,
                       double started)
{
    gat_error error = {0};
    bool later = false;
    gat_status st = call_read(call, r, request, &error);
    if (st) respond_status(response, st, &error);
    else if (r->slow) later = queue_call(s, r, call, request, response, started);
    else answer_now(response, r, call);
    call_clear(call);
    return !later;
}

static bool answer_route(gat_server *s, http_response *response, const route *r, const char *model, size_t size,
                         http_request *request, double started)
{
    char name[MOST_NAME];
    model_set *models = hold_models(s);
    route_call call = {.models = models};
    bool now = true;
    if (model && size < sizeof name) {
        memcpy(name, model, size);
        name[size] = 0;
        call.model = model_set_find(models, name);
    }
    if (model && !call.model) respond_error(response, 404, "no model of that name is loaded");
    else if (model && !(r->kinds >> call.model->kind & 1)) respond_error(response, 404, "not for this kind of model");
    else now = call_route(s, response, r, &call, request, started);
    model_set_drop(models);
    return now;
}

static void respond_metrics(const gat_server *s, http_response *r)
{
    const char *names[64];
    for (int i = 0; i < route_count(); i++) names[i] = route_at(i)->path;
    *r = (http_response){.status = 200, .type = "text/plain; version=0.0.4", .body = metrics_text(s->metrics, names)};
    r->size = r->body ? strlen(r->body) : 0;
}

static bool only_reads(const char *method) { return !strcmp(method, "GET") || !strcmp(method, "HEAD"); }

/* What is open to everybody who may ask at all; the page itself asks for the token. */
static void answer_file(http_response *response, const static_file *file, const http_request *request)
{
    if (only_reads(http_method(request))) static_file_answer(response, file, request);
    else respond_method(response, "GET, HEAD");
}

static bool answer_path(gat_server *s, http_request *request, http_response *response, int *route_index, double started)
{
    const char *model, *method = http_method(request), *path = http_path(request), *other;
    size_t size;
    const route *r = route_find(method, path, &model, &size, &other);
    if (r) *route_index = (int)(r - route_at(0));
    if (r) return answer_route(s, response, r, model, size, request, started);
    bool metrics = !strcmp(path, "/metrics");
    if (metrics && only_reads(method)) respond_metrics(s, response);
    else if (metrics || other) respond_method(response, other && strcmp(other, "GET") != 0 ? other : "GET, HEAD");
    else respond_error(response, 404, "nothing is here");
    return true;
}

/* Where the form of a request is at fault, what follows may be a body or a request: nobody knows. */
static void respond_refusal(http_response *response, int status, const char *why)
{
    respond_error(response, status, why);
    if (status == 400 || status == 411) http_add_header(response, "Connection", "close");
}

static bool answer(gat_server *s, http_request *request, http_response *response, int *route_index, double started)
{
    const char *why;
    const static_file *file = static_file_find(http_path(request));
    gate door = {.hosts = s->gate.hosts, .token = file ? NULL : s->gate.token};
    int refused = gate_refuses(&door, request, &why);
    if (!refused && !file) return answer_path(s, request, response, route_index, started);
    if (refused) respond_refusal(response, refused, why);
    else answer_file(response, file, request);
    return true;
}

static bool on_request(void *context, http_request *request, http_response *response)
{
    gat_server *s = context;
    double started = clock_seconds();
    int route_index = route_count();
    if (atomic_fetch_add(&s->waiting, 1) >= s->most_waiting)
        respond_error(response, 503, "too many questions at a time");
    else if (!answer(s, request, response, &route_index, started)) return false;
    atomic_fetch_sub(&s->waiting, 1);
    metrics_add(s->metrics, route_index, response->status, clock_seconds() - started);
    return true;
}

/* ---- life ------------------------------------------------------------------------------------------------ */

static int default_threads(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > 64 ? 64 : (int)cores;
}

static int threads_of(const server_options *o) { return o->threads < 1 ? default_threads() : o->threads; }

static gat_status start_queue(gat_server *s, const server_options *o, gat_error *err)
{
    const work_calls calls = {.context = s, .work = work_jobs, .send = send_job, .drop = drop_job};
    return work_queue_start(&s->queue, &calls, threads_of(o), err);
}

static gat_status listen_on(gat_server *s, const server_options *o, gat_error *err)
{
    http_options http = {.address = o->address ? o->address : "127.0.0.1",
                         .port = o->port,
                         .threads = threads_of(o),
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
                      .deadline = o->deadline > 0 ? o->deadline : 30,
                      .most_waiting = o->most_waiting < 1 ? 256 : o->most_waiting,
                      .gate = {.hosts = o->hosts, .token = o->token},
                      .lock = PTHREAD_MUTEX_INITIALIZER};
    s->metrics = metrics_new(route_count());
    gat_status st = s->metrics ? model_set_new(&s->models, s->paths, s->num_paths, err) : error_nomem(err);
    if (!st) st = start_queue(s, o, err);
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
    http_close_door(s->http);
    work_queue_stop(s->queue); /* what comes from now on is answered at once */
    http_stop(s->http);
    work_queue_free(s->queue);
    model_set_drop(s->models);
    metrics_free(s->metrics);
    pthread_mutex_destroy(&s->lock);
    gat_free(s);
}

int server_port(const gat_server *s) { return http_port(s->http); }

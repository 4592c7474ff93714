/* gatkit serve: answers over HTTP until it is told to stop. */
#include <signal.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/report.h"
#include "server/server.h"

enum {
    KEY_ADDRESS = 'a',
    KEY_PORT = 'p',
    KEY_TOKEN = 700,
    KEY_HOST,
    KEY_DEADLINE,
    MOST_MODELS = 32,
    MOST_HOSTS = 16,
    MOST_TOKEN = 4096
};

typedef struct serve_arguments {
    gat_common common;
    const char *models[MOST_MODELS], *hosts[MOST_HOSTS + 1];
    const char *address, *token_file;
    int num_models, num_hosts;
    int64_t port, deadline;
} serve_arguments;

static const struct argp_option options[] = {
    {"address", KEY_ADDRESS, "IP", 0, "where to listen (default 127.0.0.1); any other needs --token-file", 0},
    {"deadline", KEY_DEADLINE, "SECONDS", 0,
     "default 30; predictions, explanations, pictures and questions about text that take longer are answered by 504",
     0},
    {"host", KEY_HOST, "NAME", 0, "a name that requests may call this server by, besides localhost; may come again", 0},
    {"port", KEY_PORT, "N", 0, "default 7474; 0: any free one, told on standard error and in --json", 0},
    {"token-file", KEY_TOKEN, "FILE", 0, "ask for the first line of FILE: Authorization: Bearer TOKEN", 0},
    {0}};

static error_t add(const char **list, int *count, int most, const char *arg, const char *what, struct argp_state *state)
{
    if (*count == most) return argument_refuse(state, "at most %d %s", most, what);
    list[(*count)++] = arg;
    return 0;
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    serve_arguments *a = state->input;
    switch (key) {
    case KEY_ADDRESS: a->address = arg; return 0;
    case KEY_TOKEN: a->token_file = arg; return 0;
    case KEY_PORT: return argument_count(state, &a->port, arg, "port", 0, 65535);
    case KEY_DEADLINE: return argument_count(state, &a->deadline, arg, "deadline", 1, 86400);
    case KEY_HOST: return add(a->hosts, &a->num_hosts, MOST_HOSTS, arg, "hosts", state);
    case ARGP_KEY_ARG: return add(a->models, &a->num_models, MOST_MODELS, arg, "models", state);
    case ARGP_KEY_NO_ARGS: return argument_refuse(state, "MODEL is missing");
    default: return argument_positional(state, key, arg, NULL, NULL, 0);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL...",
    .doc = "Answer over HTTP: models, entities, neighbours with attention, predictions, explanations, pairs of an "
           "alignment, relations in sentences, entities that mentions mean. What can be asked, with which parameters: "
           "/openapi.json. The same "
           "address in "
           "a browser is a page to look, click and ask.\n\n"
           "  gatkit serve build/wordnet.gatkit\n"
           "  curl 'http://localhost:7474/v1/models/wordnet/neighbors?entity=dog.n.01'\v"
           "A model is called by the name of its file. SIGHUP loads the files again without losing a request, SIGTERM "
           "and ctrl-C end after the answers under way. /metrics counts requests for Prometheus.",
    .children = common_options,
};

/* *out <- the first line; free with gat_free. */
static gat_status read_token(char **out, const char *path, gat_error *err)
{
    char line[MOST_TOKEN];
    *out = NULL;
    if (!path) return GAT_OK;
    FILE *file = fopen(path, "r");
    bool read = file && fgets(line, sizeof line, file);
    if (file) fclose(file);
    if (!read) return error_set(err, GAT_EUSAGE, "%s: cannot read a token", path);
    line[strcspn(line, "\r\n")] = 0;
    if (strlen(line) < 16) return error_set(err, GAT_EUSAGE, "%s: a token has at least 16 bytes", path);
    *out = gat_strdup(line);
    return *out ? GAT_OK : error_nomem(err);
}

static void tell_reload(gat_common *common, gat_server *server)
{
    gat_status st = server_reload(server, &common->error);
    if (st) screen_error(&common->screen, "the models stay as they were: %s", common->error.message);
    else screen_note(&common->screen, "models loaded again");
    common->error = (gat_error){0};
}

/* Until a signal to stop. All threads have these signals blocked. */
static void wait_for_signals(gat_common *common, gat_server *server, const sigset_t *signals)
{
    int number;
    while (!sigwait(signals, &number)) {
        if (number != SIGHUP) return;
        tell_reload(common, server);
    }
}

static gat_status tell_address(serve_arguments *a, int port, gat_error *err)
{
    const char *address = a->address ? a->address : "127.0.0.1";
    bool six = strchr(address, ':');
    char url[128];
    snprintf(url, sizeof url, "http://%s%s%s:%d", six ? "[" : "", address, six ? "]" : "", port);
    screen_note(&a->common.screen, "listening on %s", url);
    if (!a->common.json) return GAT_OK;
    gat_status st = report_json(json_pack("{s:s,s:i}", "url", url, "port", port), err);
    fflush(stdout);
    return st;
}

int cmd_serve(int argc, char **argv)
{
    serve_arguments a = {.port = 7474, .deadline = 30};
    gat_common *common = &a.common;
    gat_server *server = NULL;
    sigset_t signals;
    char *token = NULL;
    int code = arguments_read(&argp, argc, argv, common);
    if (code >= 0) return code;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    gat_status st = read_token(&token, a.token_file, &common->error);
    server_options o = {.models = a.models,
                        .num_models = a.num_models,
                        .address = a.address,
                        .port = (int)a.port,
                        .threads = common->threads,
                        .deadline = (double)a.deadline,
                        .token = token,
                        .hosts = a.hosts};
    if (!st) st = server_start(&server, &o, &common->error);
    if (!st) st = tell_address(&a, server_port(server), &common->error);
    if (!st) wait_for_signals(common, server, &signals);
    server_stop(server);
    gat_free(token);
    return report_end(common, st);
}

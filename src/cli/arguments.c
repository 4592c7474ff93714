/* The options every verb has, and the reading of a verb's arguments.
 *
 * argp (through getopt) tells mistakes in its own words, ends the process itself and knows nothing of nearest
 * names. So the arguments are walked once beforehand, by the same tables; what gets through is left to argp. */
#include "cli/arguments.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/suggest.h"

enum { KEY_JSON = 500, KEY_THREADS, KEY_SEED, KEY_ISA, KEY_HELP = 'h', KEY_VERSION = 'V', MAX_THREADS = 4096 };

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "For every verb:", -1},
    {"json", KEY_JSON, NULL, 0, "write one JSON object to standard output", 0},
    {"quiet", 'q', NULL, 0, "nothing on standard error but errors", 0},
    {"verbose", 'v', NULL, 0, "tell more on standard error", 0},
    {"threads", KEY_THREADS, "N", 0,
     "threads (default: all cores; small graphs train on one where that is faster); results do not depend on it", 0},
    {"seed", KEY_SEED, "N", 0, "seed of everything random (default 1)", 0},
    {"isa", KEY_ISA, "NAME", 0, "instruction set: auto, portable, avx2 or avx512 (default auto)", 0},
    {"help", KEY_HELP, NULL, 0, "show this text", 0},
    {"version", KEY_VERSION, NULL, 0, "show the version", 0},
    {0}};

/* ---- the walk beforehand --------------------------------------------------------------------------------- */

/* Calls visit for every option of the tables until it returns true. */
static const struct argp_option *each_option(const struct argp *argp, bool (*visit)(const struct argp_option *, void *),
                                             void *context)
{
    for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
        if (o->key && visit(o, context)) return o;
    for (const struct argp_child *c = argp->children; c && c->argp; c++) {
        const struct argp_option *found = each_option(c->argp, visit, context);
        if (found) return found;
    }
    return NULL;
}

/* A long option looked for by name or by an abbreviation of it. */
typedef struct long_search {
    const char *name;
    size_t length;
    const struct argp_option *first, *second; /* begin like that */
    gat_suggestion near;
} long_search;

static bool visit_long(const struct argp_option *o, void *context)
{
    long_search *s = context;
    if (!o->name) return false;
    if (!strncmp(o->name, s->name, s->length)) {
        if (!o->name[s->length]) return true;
        if (s->first) s->second = o;
        else s->first = o;
    }
    suggestion_offer(&s->near, o->name);
    return false;
}

static bool visit_short(const struct argp_option *o, void *context) { return o->key == *(const int *)context; }

static gat_status find_long(const struct argp_option **found, const struct argp *argp, const char *name, size_t length,
                            gat_error *err)
{
    long_search s = {.name = name, .length = length, .near = {.wanted = name, .length = length}};
    *found = each_option(argp, visit_long, &s);
    if (!*found && !s.second) *found = s.first;
    if (*found) return GAT_OK;
    if (s.second)
        return error_set(err, GAT_EUSAGE, "option '--%.*s' may be '--%s' or '--%s'", (int)length, name, s.first->name,
                         s.second->name);
    return error_set(err, GAT_EUSAGE, "unknown option '--%.*s'; the nearest is '--%s'", (int)length, name,
                     s.near.nearest);
}

/* Where the walk is: what was asked for so far. */
typedef struct walk {
    const struct argp *argp;
    int argc, at;
    char **argv;
    bool help, version;
} walk;

static void note_request(walk *w, const struct argp_option *o)
{
    if (o->key == KEY_HELP) w->help = true;
    if (o->key == KEY_VERSION) w->version = true;
}

static gat_status walk_long(walk *w, gat_error *err)
{
    const char *name = w->argv[w->at] + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const struct argp_option *o;
    gat_status st = find_long(&o, w->argp, name, length, err);
    if (st) return st;
    note_request(w, o);
    if (!o->arg && equals) return error_set(err, GAT_EUSAGE, "option '--%s' takes no value", o->name);
    bool needed = o->arg && !(o->flags & OPTION_ARG_OPTIONAL);
    if (needed && !equals && ++w->at >= w->argc)
        return error_set(err, GAT_EUSAGE, "option '--%s' needs a value: --%s %s", o->name, o->name, o->arg);
    return GAT_OK;
}

static gat_status walk_short(walk *w, gat_error *err)
{
    for (const char *c = w->argv[w->at] + 1; *c; c++) {
        int key = (unsigned char)*c;
        const struct argp_option *o = each_option(w->argp, visit_short, &key);
        if (!o) return error_set(err, GAT_EUSAGE, "unknown option '-%c'", *c);
        note_request(w, o);
        if (!o->arg) continue;
        if (!c[1] && ++w->at >= w->argc)
            return error_set(err, GAT_EUSAGE, "option '-%c' needs a value: --%s %s", *c, o->name, o->arg);
        return GAT_OK;
    }
    return GAT_OK;
}

static gat_status walk_all(walk *w, gat_error *err)
{
    for (w->at = 1; w->at < w->argc; w->at++) {
        const char *a = w->argv[w->at];
        if (a[0] != '-' || !a[1]) continue;
        if (!strcmp(a, "--")) break;
        gat_status st = a[1] == '-' ? walk_long(w, err) : walk_short(w, err);
        if (st) return st;
    }
    return GAT_OK;
}

/* ---- values ---------------------------------------------------------------------------------------------- */

error_t argument_refuse(struct argp_state *state, const char *format, ...)
{
    gat_common *common = state->input;
    va_list values;
    va_start(values, format);
    common->error.code = GAT_EUSAGE;
    vsnprintf(common->error.message, sizeof common->error.message, format, values);
    va_end(values);
    return EINVAL;
}

error_t argument_positional(struct argp_state *state, int key, char *arg, const char **slots, const char *const *names,
                            unsigned count)
{
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = state->input;
        return 0;
    }
    if (key == ARGP_KEY_ARG) {
        if (state->arg_num >= count) return argument_refuse(state, "one argument too many: '%s'", arg);
        slots[state->arg_num] = arg;
        return 0;
    }
    if (key == ARGP_KEY_END && state->arg_num < count)
        return argument_refuse(state, "%s is missing", names[state->arg_num]);
    return key == ARGP_KEY_END ? 0 : ARGP_ERR_UNKNOWN;
}

error_t argument_required(struct argp_state *state, const char *value, const char *option)
{
    return value ? 0 : argument_refuse(state, "option '--%s' is missing", option);
}

error_t argument_count(struct argp_state *state, int64_t *out, const char *arg, const char *option, int64_t least,
                       int64_t most)
{
    char *end;
    errno = 0;
    long long value = strtoll(arg, &end, 10);
    if (errno || end == arg || *end || value < least || value > most)
        return argument_refuse(state, "--%s %s: expected a whole number from %lld to %lld", option, arg,
                               (long long)least, (long long)most);
    *out = value;
    return 0;
}

error_t argument_real(struct argp_state *state, double *out, const char *arg, const char *option, double least,
                      double most)
{
    char *end;
    double value = strtod(arg, &end);
    if (end == arg || *end || !isfinite(value) || value < least || value > most)
        return argument_refuse(state, "--%s %s: expected a number from %g to %g", option, arg, least, most);
    *out = value;
    return 0;
}

error_t argument_size(struct argp_state *state, int64_t *out, const char *arg, const char *option)
{
    static const char suffixes[] = "KMGT";
    char *end;
    double value = strtod(arg, &end);
    const char *suffix = end != arg && *end && *end != ' ' ? strchr(suffixes, *end & ~0x20) : NULL;
    if (suffix) {
        value *= pow(1024, (double)(suffix - suffixes + 1));
        end++;
    }
    if (end == arg || *end || !(value >= 1) || value > 1e18)
        return argument_refuse(state, "--%s %s: expected a size such as 900M or 4G", option, arg);
    *out = (int64_t)value;
    return 0;
}

static error_t check_seed(struct argp_state *state, const char *arg)
{
    char *end;
    errno = 0;
    strtoull(arg, &end, 10);
    if (errno || *arg < '0' || *arg > '9' || *end)
        return argument_refuse(state, "--seed %s: expected a whole number, 0 or more", arg);
    return 0;
}

static error_t read_common(int key, char *arg, struct argp_state *state)
{
    gat_common *common = state->input;
    int64_t count = 0;
    error_t failed;
    switch (key) {
    case KEY_JSON: common->json = true; return 0;
    case 'q': common->screen.quiet = true; return 0;
    case 'v': common->screen.verbose = true; return 0;
    case KEY_ISA: common->isa = arg; return 0;
    case KEY_SEED: common->seed = arg; return check_seed(state, arg);
    case KEY_THREADS:
        failed = argument_count(state, &count, arg, "threads", 0, MAX_THREADS);
        common->threads = (int)count;
        return failed;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp common_argp = {.options = options, .parser = read_common};
const struct argp_child common_options[] = {{.argp = &common_argp}, {0}};

/* ---- reading --------------------------------------------------------------------------------------------- */

static int tell_usage(gat_common *common)
{
    screen_error(&common->screen, "%s", common->error.message);
    fprintf(stderr, "Try '%s --help'.\n", common->verb);
    return EXIT_USAGE;
}

static gat_status apply(const gat_common *common, gat_error *err)
{
    gat_set_threads(common->threads);
    return common->isa ? gat_set_isa(common->isa, err) : GAT_OK;
}

int arguments_read(const struct argp *argp, int argc, char **argv, gat_common *common)
{
    walk w = {.argp = argp, .argc = argc, .argv = argv};
    common->started = clock_seconds();
    common->verb = argv[0];
    screen_init(&common->screen);
    gat_status st = walk_all(&w, &common->error);
    if (!st && w.help) {
        setenv("ARGP_HELP_FMT", "no-dup-args-note,header-col=0", 0);
        argp_help(argp, stdout, ARGP_HELP_STD_HELP & ~(unsigned)ARGP_HELP_EXIT_OK, argv[0]);
        return EXIT_DONE;
    }
    if (!st && w.version) {
        print_version();
        return EXIT_DONE;
    }
    argp_err_exit_status = EXIT_USAGE;
    if (!st && argp_parse(argp, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS | ARGP_NO_EXIT, NULL, common)) st = GAT_EUSAGE;
    if (!st) st = apply(common, &common->error);
    return st ? tell_usage(common) : -1;
}

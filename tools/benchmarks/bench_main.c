/* The benchmark program behind tools/bench. */
#include <argp.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "bench_data.h"
#include "bench_report.h"
#include "cli/suggest.h"
#include "kernels/kernels.h"
#include "measure.h"

enum {
    MOST_ENTRIES = 100,
    EXIT_USAGE = 2,
    KEY_CSV = 256,
    KEY_LIST,
    KEY_CHECK,
    KEY_NO_PEER,
    KEY_LARGE_PEER,
    KEY_ROUNDS,
    KEY_ISA,
    KEY_PYTHON
};

typedef struct bench_options {
    const char *names[MOST_ENTRIES];
    int num_names;
    bool json, list, check, no_peer;
    const char *csv, *isa, *python;
    int threads;
    measure_options measure;
} bench_options;

static const struct argp_option option_table[] = {
    {"json", 'j', NULL, 0, "Print one JSON object with `rows` in place of the table", 0},
    {"csv", KEY_CSV, "FILE", 0, "Write the rows to FILE as well", 0},
    {"list", KEY_LIST, NULL, 0, "Print the names and end", 0},
    {"check", KEY_CHECK, NULL, 0, "Compare the kernels with their references and end; nothing is timed", 0},
    {"threads", 't', "N", 0, "Time N threads alone (default: one, and two where there are two cores)", 0},
    {"rounds", KEY_ROUNDS, "N", 0, "Rounds of work, limits and peer in turn (default 5)", 0},
    {"isa", KEY_ISA, "NAME", 0, "Instruction set: auto, avx512, avx2 or portable", 0},
    {"no-peer", KEY_NO_PEER, NULL, 0, "Leave PyTorch out", 0},
    {"large-peer", KEY_LARGE_PEER, NULL, 0, "PyTorch on the power-law graph too: needs 20 GB and minutes", 0},
    {"python", KEY_PYTHON, "PROGRAM", 0, "The Python that has torch (default /usr/bin/python3, Debian's)", 0},
    {0},
};

static const char documentation[] =
    "Times the kernels of gatkit beside the limits of the machine and beside PyTorch.\v"
    "NAME is a benchmark (see --list), or the start of some and a *. Without names all run, for about ten minutes. A "
    "kernel is first compared with a plain one in double precision; one that differs is not timed. In every round the "
    "limits, the work on one and on two threads and PyTorch take turns, so that a busy machine slows them alike: "
    "trust shares and ratios more than milliseconds.\n\n"
    "Columns:\n"
    "  ms          median of all runs; min ms: the least of them\n"
    "  share       what the limits ask for at least, over ms: products as\n"
    "              fast as sgemm with its rows split over threads, and a\n"
    "              row read at random for every edge and direction\n"
    "  scaling     time on one thread over ms\n"
    "  B/edge      memory of a layer for every edge, the graph included\n"
    "  over plain  what relation terms add to the time of a layer\n"
    "  peer ms     PyTorch's fastest formulation, on at most as many threads\n"
    "  ratio       peer ms over ms\n"
    "  gather      the same for the fastest one that gathers rows along the\n"
    "              edges and adds them up, as graph libraries on torch do\n"
    "  by hand     the same for one with a backward pass written by hand\n"
    "  others      cores that other programs used; above 0.1 repeat the run\n\n"
    "FB15k-237 is read from $GATKIT_DATA/linkpred (otherwise ../shared/data); absent, facts of its size are made "
    "up. Exit status: 0 done, 1 failed or a kernel is wrong, 2 wrong usage.\n\n"
    "Examples:\n"
    "  tools/bench attention-additive-4x32-fb15k237\n"
    "  tools/bench 'one-vs-all-*' evaluate-complex-200 --json\n"
    "  tools/bench --csv results.csv";

static int whole_number(struct argp_state *state, const char *text, const char *option, int most)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*end || n < 1 || n > most) argp_error(state, "--%s must be a whole number from 1 to %d", option, most);
    return (int)n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    bench_options *o = state->input;
    switch (key) {
    case 'j': o->json = true; return 0;
    case KEY_CSV: o->csv = arg; return 0;
    case KEY_LIST: o->list = true; return 0;
    case KEY_CHECK: o->check = true; return 0;
    case 't': o->threads = whole_number(state, arg, "threads", 1024); return 0;
    case KEY_ROUNDS: o->measure.rounds = whole_number(state, arg, "rounds", MOST_RUNS); return 0;
    case KEY_ISA: o->isa = arg; return 0;
    case KEY_NO_PEER: o->no_peer = true; return 0;
    case KEY_LARGE_PEER: o->measure.large_peer = true; return 0;
    case KEY_PYTHON: o->python = arg; return 0;
    case ARGP_KEY_ARG:
        if (o->num_names == MOST_ENTRIES) argp_error(state, "too many names");
        o->names[o->num_names++] = arg;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static bool matches(const char *pattern, const char *name) { return !fnmatch(pattern, name, 0); }

/* NULL: every name given is one of the catalogue's. */
static const char *unknown_name(const bench_options *o)
{
    for (int i = 0; i < o->num_names; i++) {
        bool known = false;
        const bench_entry *e;
        for (int k = 0; (e = catalogue(k)); k++) known = known || matches(o->names[i], e->name);
        if (!known) return o->names[i];
    }
    return NULL;
}

static bool wanted(const bench_options *o, const char *name)
{
    bool any = !o->num_names;
    for (int i = 0; i < o->num_names; i++) any = any || matches(o->names[i], name);
    return any;
}

static int refuse_name(const char *name)
{
    gat_suggestion nearest = {.wanted = name};
    const bench_entry *e;
    for (int k = 0; (e = catalogue(k)); k++) suggestion_offer(&nearest, e->name);
    fprintf(stderr, "bench: no benchmark \"%s\"; did you mean \"%s\"? (--list has all)\n", name, nearest.nearest);
    return EXIT_USAGE;
}

/* One thread, then two where the machine has them. */
static void choose_threads(bench_options *o)
{
    measure_options *m = &o->measure;
    m->thread_count[0] = o->threads ? o->threads : 1;
    m->thread_counts = 1;
    parallel_set_threads(0);
    if (!o->threads && parallel_threads() > 1) m->thread_count[m->thread_counts++] = 2;
}

/* Entries of several graphs and parts share a check. */
static bool same_check(const bench_entry *a, const bench_entry *b)
{
    return a->check == b->check && a->score == b->score && a->num_heads == b->num_heads && a->width == b->width &&
           a->relational == b->relational && a->loss == b->loss && a->precision == b->precision;
}

static gat_status check_all(const bench_options *o, gat_error *err)
{
    const bench_entry *e, *before;
    gat_status st = GAT_OK;
    for (int k = 0; !st && (e = catalogue(k)); k++) {
        bool done = false;
        if (!wanted(o, e->name)) continue;
        for (int i = 0; i < k && (before = catalogue(i)); i++)
            done = done || (wanted(o, before->name) && same_check(e, before));
        if (!done) st = e->check(e, err);
        if (!st) printf("%s: as the reference\n", e->name);
    }
    return st;
}

/* A limit that this machine does not have is left out. */
static bool absent(gat_status st, const bench_entry *e) { return st == GAT_EUSAGE && e->limit; }

static bench_peer *start_peer(const bench_options *o)
{
    char why[200];
    bench_peer *peer = o->no_peer ? NULL : peer_start(o->python, why);
    if (!peer && !o->no_peer) fprintf(stderr, "bench: no peer: %s\n", why);
    return peer;
}

/* A peer that failed is told of, and the next entry gets a fresh one: it may have run out of memory. */
static void renew_peer(bench_peer **peer, const bench_options *o, const bench_entry *e, const gat_error *why)
{
    if (!why->code) return;
    fprintf(stderr, "bench: %s: %s\n", e->name, why->message);
    peer_stop(*peer);
    *peer = start_peer(o);
}

static gat_status time_all(bench_row *rows, int *count, const bench_options *o, bench_data *data, bench_peer **peer,
                           gat_error *err)
{
    const bench_entry *e;
    for (int k = 0; (e = catalogue(k)); k++) {
        gat_error peer_error = {0};
        if (!wanted(o, e->name)) continue;
        fprintf(stderr, "%s\n", e->name);
        gat_status st = e->check(e, err);
        if (!st) st = measure(rows + *count, e, data, *peer, &o->measure, &peer_error, err);
        renew_peer(peer, o, e, &peer_error);
        if (absent(st, e)) {
            fprintf(stderr, "bench: %s\n", err->message);
            *err = (gat_error){0};
            continue;
        }
        if (st) return st;
        *count += o->measure.thread_counts;
    }
    return GAT_OK;
}

static gat_status run(const bench_options *o, gat_error *err)
{
    static bench_row rows[MOST_ENTRIES * MOST_THREAD_COUNTS];
    const char *folder = getenv("GATKIT_DATA");
    int count = 0;
    bench_peer *peer = start_peer(o);
    bench_data *data = bench_data_new(folder && *folder ? folder : "../shared/data");
    gat_status st = data ? time_all(rows, &count, o, data, &peer, err) : error_nomem(err);
    peer_stop(peer);
    bench_data_free(data);
    gat_status shown = o->json ? print_json(rows, count, err) : print_table(rows, count, err);
    if (!st) st = shown;
    return !st && o->csv ? write_csv(o->csv, rows, count, err) : st;
}

static int list(void)
{
    const bench_entry *e;
    for (int k = 0; (e = catalogue(k)); k++) puts(e->name);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {option_table, parse, "[NAME...]", documentation, NULL, NULL, NULL};
    bench_options o = {.isa = "auto", .python = "/usr/bin/python3", .measure = {.rounds = 5}};
    gat_error err = {0};
    char name[] = "bench";
    argv[0] = name;
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    if (unknown_name(&o)) return refuse_name(unknown_name(&o));
    if (!kernels_select(o.isa)) {
        fprintf(stderr, "bench: this machine has no instruction set \"%s\"\n", o.isa);
        return EXIT_USAGE;
    }
    if (o.list) return list();
    choose_threads(&o);
    gat_status st = o.check ? check_all(&o, &err) : run(&o, &err);
    if (st) fprintf(stderr, "bench: %s\n", err.message);
    if (fflush(stdout) || ferror(stdout)) return 1;
    return st ? 1 : 0;
}

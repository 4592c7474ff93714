#include "measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/parallel.h"
#include "limits.h"
#include "other_load.h"

/* Of a round: runs of the work on one number of threads, in seconds and at most so many. */
#define ROUND_SECONDS 0.25
enum { ROUND_RUNS = 8, PEER_ROUNDS = 5 };

double bench_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

typedef struct samples {
    double ms[MOST_RUNS];
    int count;
} samples;

/* All that is timed at one number of threads. */
typedef struct lane {
    samples work, plain, gather, product, peer[PEER_KINDS];
    char peer_name[PEER_KINDS][120];
} lane;

typedef struct session {
    const bench_entry *entry;
    const measure_options *options;
    bench_work *work, *plain, *gather, *product; /* but for the work NULL where not wanted */
    bench_peer *peer;
    lane lanes[MOST_THREAD_COUNTS];
} session;

static void put(samples *s, double ms)
{
    if (s->count < MOST_RUNS) s->ms[s->count++] = ms;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(samples *s)
{
    if (!s->count) return (double)NAN;
    qsort(s->ms, (size_t)s->count, sizeof *s->ms, compare_doubles);
    return (s->ms[s->count / 2] + s->ms[(s->count - 1) / 2]) / 2;
}

/* Milliseconds of one repetition. */
static double run_once(bench_work *w)
{
    double started = bench_clock();
    w->run(w);
    double ms = 1e3 * (bench_clock() - started);
    if (w->after) w->after(w);
    return ms;
}

static void run_some(samples *s, bench_work *w)
{
    if (!w) return;
    double spent = 0;
    for (int i = 0; i < ROUND_RUNS && (i == 0 || spent < 1e3 * ROUND_SECONDS); i++) {
        double ms = run_once(w);
        spent += ms;
        put(s, ms);
    }
}

static gat_status open_all(session *s, bench_data *data, gat_error *err)
{
    const bench_entry *entry = s->entry;
    gat_status st = entry->open(&s->work, entry, data, err);
    if (st) return st;
    const bench_cost *cost = &s->work->cost;
    if (cost->gathers > 0) st = limit_new(&s->gather, LIMIT_GATHER, cost->table_rows, cost->row_floats, err);
    if (!st && cost->flops > 0) st = limit_new(&s->product, cost->product, 0, 0, err);
    if (st || !entry->relational) return st;
    bench_entry plain = *entry;
    plain.relational = false;
    return plain.open(&s->plain, &plain, data, err);
}

static void close_all(session *s)
{
    bench_work *all[] = {s->work, s->plain, s->gather, s->product};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]) all[i]->close(all[i]);
}

static gat_status prepare_peer(session *s, gat_error *err)
{
    bool wanted = s->peer && s->work->ask && (s->options->large_peer || !s->entry->large_peer);
    char request[300];
    if (!wanted) {
        s->peer = NULL;
        return GAT_OK;
    }
    gat_status st = s->work->ask(request, sizeof request, s->work, err);
    return st ? st : peer_prepare(s->peer, request, s->options->thread_count, s->options->thread_counts, err);
}

static gat_status round_of_peer(session *s, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int t = 0; !st && t < s->options->thread_counts; t++)
        for (int kind = 0; !st && kind < PEER_KINDS; kind++) {
            double ms;
            lane *l = &s->lanes[t];
            st = peer_run(&ms, l->peer_name[kind], s->peer, (peer_kind)kind, s->options->thread_count[t], err);
            if (!st && !isnan(ms)) put(&l->peer[kind], ms);
        }
    return st;
}

static void round_of_work(session *s)
{
    for (int t = 0; t < s->options->thread_counts; t++) {
        lane *l = &s->lanes[t];
        parallel_set_threads(s->options->thread_count[t]);
        run_once(s->work); /* the peer has been on the caches */
        run_some(&l->work, s->work);
        run_some(&l->plain, s->plain);
        run_some(&l->gather, s->gather);
        run_some(&l->product, s->product);
    }
}

/* What the work needs at least, in milliseconds, when its parts go as fast as the limits went; NAN: unknown. */
static double floor_ms(const session *s, lane *l, char text[120])
{
    const bench_cost *cost = &s->work->cost;
    double ms = 0;
    size_t used = 0;
    text[0] = '\0';
    if (s->product) {
        double rate = s->product->flops / median(&l->product);
        ms += cost->flops / rate;
        used = (size_t)snprintf(text, 120, "%s at %.0f GF/s", s->product->data, 1e-6 * rate);
    }
    if (s->gather) {
        double rate = s->gather->bytes / median(&l->gather);
        ms += cost->gathers * (double)cost->row_floats * sizeof(float) / rate;
        snprintf(text + used, 120 - used, "%s%s at %.0f GB/s", used ? ", " : "", s->gather->data, 1e-6 * rate);
    }
    return s->product || s->gather ? ms : (double)NAN;
}

/* The peer may use up to as many threads: fewer are often faster. */
static void best_peer(peer_figure *best, session *s, const bench_row *row, int kind)
{
    *best = (peer_figure){.ms = (double)NAN};
    for (int t = 0; t < s->options->thread_counts; t++) {
        double ms = median(&s->lanes[t].peer[kind]);
        if (s->options->thread_count[t] > row->threads || isnan(ms) || ms >= best->ms) continue;
        best->ms = ms;
        memcpy(best->name, s->lanes[t].peer_name[kind], sizeof best->name);
    }
    best->ratio = best->ms / row->ms;
}

static double per_second(double amount, double ms) { return amount > 0 ? 1e3 * amount / ms : (double)NAN; }

static void summarize(bench_row *row, session *s, int t)
{
    const bench_work *w = s->work;
    lane *l = &s->lanes[t];
    *row = (bench_row){.name = s->entry->name, .threads = s->options->thread_count[t], .item = w->item};
    row->ms = median(&l->work); /* sorts */
    row->min_ms = l->work.ms[0];
    row->runs = l->work.count;
    row->gflops = 1e-9 * per_second(w->flops, row->ms);
    row->gbytes = 1e-9 * per_second(w->bytes, row->ms);
    row->rate = per_second(w->items, row->ms);
    row->limit_share = floor_ms(s, l, row->limit) / row->ms;
    row->bytes_per_edge = w->bytes_per_edge > 0 ? w->bytes_per_edge : (double)NAN;
    row->scaling = s->options->thread_count[0] == 1 ? median(&s->lanes[0].work) / row->ms : (double)NAN;
    row->plain_ms = median(&l->plain);
    row->over_plain = row->ms / row->plain_ms - 1;
    for (int kind = 0; kind < PEER_KINDS; kind++) best_peer(&row->peer[kind], s, row, kind);
    memcpy(row->data, w->data, sizeof row->data);
}

/* A peer that fails is told of and left; its rows go without. */
static void with_peer(session *s, gat_status (*step)(session *, gat_error *), gat_error *peer_error)
{
    if (s->peer && step(s, peer_error)) s->peer = NULL;
}

gat_status measure(bench_row *rows, const bench_entry *entry, bench_data *data, bench_peer *peer,
                   const measure_options *options, gat_error *peer_error, gat_error *err)
{
    session s = {.entry = entry, .options = options, .peer = peer};
    gat_status st = open_all(&s, data, err);
    if (!st) with_peer(&s, prepare_peer, peer_error);
    int beside = s.peer ? peer_process(s.peer) : 0;
    load_mark started = load_now(beside);
    for (int i = 0; !st && i < options->rounds; i++) {
        round_of_work(&s);
        if (i < PEER_ROUNDS) with_peer(&s, round_of_peer, peer_error);
        st = s.work->status;
    }
    double other_load = load_between(started, load_now(beside));
    for (int t = 0; !st && t < options->thread_counts; t++) {
        summarize(&rows[t], &s, t);
        rows[t].other_load = other_load;
    }
    if (st && s.work && !err->code) error_set(err, st, "%s: %s", entry->name, status_text(st));
    close_all(&s);
    return st;
}

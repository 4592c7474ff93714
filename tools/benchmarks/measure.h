/* Timing of one entry. Everything that is compared runs in turn, round after round, so that a busy machine slows all of it:
 * the work at each number of threads, the limits it is measured against, the plain layer beside a relational one, the peer. */
#ifndef GAT_BENCH_MEASURE_H
#define GAT_BENCH_MEASURE_H

#include "bench.h"
#include "peer.h"

enum { MOST_THREAD_COUNTS = 2, MOST_RUNS = 200 };

/* The peer on at most as many threads. */
typedef struct peer_figure {
    char name[120]; /* empty: none */
    double ms;      /* NAN */
    double ratio;   /* over ours; NAN */
} peer_figure;

typedef struct bench_row {
    const char *name;
    int threads, runs;
    double ms, min_ms;     /* median and least of the runs */
    double gflops, gbytes; /* per second; NAN: not about these */
    double rate;           /* items per second; NAN */
    const char *item;
    double limit_share;          /* of the time, what the measured limits ask for at least; NAN: no limit known */
    char limit[120];             /* which, with their values */
    double bytes_per_edge;       /* NAN: not about edges */
    double scaling;              /* time on one thread over this time; NAN */
    double plain_ms, over_plain; /* of a relational layer: the plain one's time, and how much more this takes; NAN */
    peer_figure peer[PEER_KINDS];
    double other_load; /* cores that other programs used meanwhile; NAN: unknown */
    char data[200];
} bench_row;

typedef struct measure_options {
    int thread_count[MOST_THREAD_COUNTS], thread_counts;
    int rounds;
    bool large_peer;
} measure_options;

/* rows (thread_counts) <- the entry, which has been checked. peer: NULL for none; when it fails, peer_error says why and the
 * rows go without it. Both errors are zeroed by the caller. */
gat_status measure(bench_row *rows, const bench_entry *entry, bench_data *data, bench_peer *peer,
                   const measure_options *options, gat_error *peer_error, gat_error *err);

#endif

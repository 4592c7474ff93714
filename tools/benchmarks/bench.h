/* What the parts of the benchmark program share: an entry of the catalogue, the work it opens, and what the work costs.
 *
 * An entry is checked against the plain double-precision reference before it is timed; a wrong kernel is never timed.
 * How much a work could do at best is told by its cost and by the limits measured beside it (limits.h). */
#ifndef GAT_BENCH_H
#define GAT_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "kernels/attention.h"
#include "kernels/loss.h"

typedef struct bench_data bench_data;

/* Which graph an entry runs on. */
typedef enum bench_graph { BENCH_NO_GRAPH, BENCH_FB15K237, BENCH_WN18RR, BENCH_POWERLAW } bench_graph;

/* What of a layer is timed. */
typedef enum bench_part { BENCH_WHOLE, BENCH_FORWARD, BENCH_BACKWARD } bench_part;

/* A limit of the machine; see limits.h. */
typedef enum bench_limit {
    LIMIT_NONE,
    LIMIT_READ,
    LIMIT_GATHER,
    LIMIT_SGEMM,
    LIMIT_FMA,
    LIMIT_BF16,         /* products of bf16 numbers in registers */
    LIMIT_BF16_PRODUCT, /* of matrices */
} bench_limit;

/* What one repetition costs the machine at least: matrix products at the speed of `product`, then rows gathered at random
 * from a table of that size. All zero: no limit is known. */
typedef struct bench_cost {
    double flops;
    bench_limit product; /* LIMIT_SGEMM or LIMIT_BF16_PRODUCT */
    double gathers;      /* rows read */
    int64_t table_rows, row_floats;
} bench_cost;

/* One thing to time. Benchmarks embed it as their first member. */
typedef struct bench_work bench_work;
struct bench_work {
    void (*run)(bench_work *work);   /* one repetition */
    void (*after)(bench_work *work); /* after each, untimed; NULL: nothing */
    void (*close)(bench_work *work);
    gat_status status; /* of the last repetition that failed */
    bench_cost cost;
    double flops, bytes;   /* for the rates that are shown; 0: none */
    double items;          /* things done, for the rate; 0: none */
    const char *item;      /* "triples" */
    double bytes_per_edge; /* 0: not about edges */
    char data[200];        /* what it ran on */

    /* request <- what the peer is asked, "TASK ... FILE" (peer_file.h), and that file written; NULL: no peer does this. */
    gat_status (*ask)(char *request, size_t size, bench_work *work, gat_error *err);
};

typedef struct bench_entry bench_entry;

/* *out is closed by its own `close`; NULL after a failure. */
typedef gat_status bench_open(bench_work **out, const bench_entry *entry, bench_data *data, gat_error *err);

/* GAT_EFAILED: the kernels and the reference differ. */
typedef gat_status bench_check(const bench_entry *entry, gat_error *err);

struct bench_entry {
    const char *name;
    bench_open *open;
    bench_check *check;
    bench_graph graph;
    bench_part part;
    gat_score score; /* attention */
    int num_heads, width;
    int num_layers;  /* of a path model */
    bool relational; /* attention: with relation terms in score and message; then timed beside the plain layer */
    bool large_peer; /* the peer needs 12 GB and minutes */
    gat_loss loss;   /* one-vs-all */
    gat_precision precision;
    bench_limit limit; /* limits */
};

/* Opened by the catalogue's entries; one file each. */
bench_open attention_open, linear_open, one_vs_all_open, evaluate_open, csr_open, path_open, limit_open;
bench_check layer_check, linear_check, one_vs_all_check, evaluate_check, csr_check, path_check, limit_check;

/* The entries, in the order in which they run; NULL past the end. */
const bench_entry *catalogue(int index);

/* Seconds of a monotonic clock. */
double bench_clock(void);

#endif

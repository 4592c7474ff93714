/* The peer: a Python program that does the same with PyTorch, as another process that is asked line by line. Where Python or
 * torch is absent there is none, and rows go without. */
#ifndef GAT_BENCH_PEER_H
#define GAT_BENCH_PEER_H

#include <stdbool.h>

#include "base/status.h"

typedef struct bench_peer bench_peer;

/* What is timed: the fastest formulation that leaves the backward pass to torch; the fastest of those among them that gather
 * rows along the edges and add them up again, as graph libraries on torch do; the fastest that brings its own backward pass. */
typedef enum peer_kind { PEER_AUTOGRAD, PEER_GATHER, PEER_BY_HAND, PEER_KINDS } peer_kind;

/* NULL: `python` cannot run it; why (200) says what was wrong. */
bench_peer *peer_start(const char *python, char *why);
void peer_stop(bench_peer *peer);
int peer_process(const bench_peer *peer); /* its id */

/* Makes the request's data and tries every formulation on each number of threads, once. Removes the request's file. */
gat_status peer_prepare(bench_peer *peer, const char *request, const int *thread_count, int thread_counts,
                        gat_error *err);

/* One repetition of the fastest formulation on so many threads: milliseconds, and its name (120). NAN: it has none of this kind. */
gat_status peer_run(double *ms, char *name, bench_peer *peer, peer_kind kind, int threads, gat_error *err);

#endif

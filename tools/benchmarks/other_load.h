/* How busy other programs kept the machine while something was timed: figures of a busy machine are not to be trusted. */
#ifndef GAT_BENCH_OTHER_LOAD_H
#define GAT_BENCH_OTHER_LOAD_H

/* A moment: seconds of the clock, and of processor time that all programs and that this one and its peer have used. */
typedef struct load_mark {
    double wall, all, own;
} load_mark;

/* peer: process id of the peer, 0: none. */
load_mark load_now(int peer);

/* Cores that others used in between, on average; NAN where the system does not tell. */
double load_between(load_mark from, load_mark to);

#endif

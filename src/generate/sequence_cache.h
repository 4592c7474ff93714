/* Writing sequences name by name: CACHE_ROWS of them side by side, all at the same place, with the keys and values of the
 * places before kept. All rows are always computed, so that the bits of a row depend on its own names alone. One thread. */
#ifndef GAT_GENERATE_SEQUENCE_CACHE_H
#define GAT_GENERATE_SEQUENCE_CACHE_H

#include "generate/sequence_net.h"

enum { CACHE_ROWS = 64 };

typedef struct sequence_cache {
    const sequence_net *net;                        /* borrowed */
    int64_t length;                                 /* most places */
    float *past;                                    /* (layers, places, CACHE_ROWS, 2D): k | v */
    float *pointed;                                 /* (places, CACHE_ROWS, D): k of pointing */
    int32_t *name;                                  /* (places, CACHE_ROWS) */
    graph_parts *parts;                             /* (CACHE_ROWS) */
    float *x, *y, *z, *wide, *qkv, *stats, *weight; /* scratch of a step */
    float *logit;                                   /* (CACHE_ROWS, columns) of the step made last */
    int32_t *column;
    int64_t *bag_first;
    float *ones;
} sequence_cache;

gat_status sequence_cache_init(sequence_cache *cache, const sequence_net *net, gat_error *err);
void sequence_cache_clear(sequence_cache *cache);

/* Puts name[i] at place `place` of sequence i, for all i; then cache->logit tells of the next name. Places come in order from
 * 0 on; 0 begins new sequences. */
void sequence_cache_step(sequence_cache *cache, int64_t place, const int32_t name[CACHE_ROWS]);

#endif

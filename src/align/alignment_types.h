/* What an alignment is asked for and what it tells. */
#ifndef GAT_ALIGNMENT_TYPES_H
#define GAT_ALIGNMENT_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"

/* How answers follow from scores: beliefs of the last round (sparse Sinkhorn); the score itself; the score less the mean of
 * the ten best on both sides (CSLS, Conneau et al. 2018); the assignment with the largest sum of beliefs. */
typedef enum gat_align_decode {
    GAT_DECODE_SINKHORN,
    GAT_DECODE_COSINE,
    GAT_DECODE_CSLS,
    GAT_DECODE_ONE_TO_ONE,
    GAT_NUM_DECODES
} gat_align_decode;

/* Where similarities come from: the agreement of neighbours alone; a learned attention encoder alone; both; the third-order
 * view of propagated labels alone, in shots that each start from the pairs the one before was sure of, which is LightEA (Mao
 * et al. 2022). */
typedef enum gat_align_encoder {
    GAT_ENCODER_LOOP,
    GAT_ENCODER_ATTENTION,
    GAT_ENCODER_BOTH,
    GAT_ENCODER_LABELS,
    GAT_NUM_ENCODERS
} gat_align_encoder;

/* Zero-initialise, then set the graphs and what differs. Links: KG1 entity, KG2 entity. Names: entity, name, ... */
typedef struct gat_align_options {
    const char *kg1, *kg2;       /* triple files or folders, of an OpenEA data set twice the same folder */
    const char *seeds, *valid;   /* known links; valid ones choose and calibrate, in place of a tenth of the seeds */
    const char *names1, *names2; /* both or none */
    int name_column;             /* from 1; 0: 2 */
    const char *word_vectors;    /* word, numbers: for the words of the names; NULL: none */
    const char *attributes1, *attributes2; /* entity, attribute, literal; both or none */
    const char *sources, *targets;         /* who is asked, who may answer; NULL: everybody that is in no seed */
    const char *apply; /* a stored alignment: its pairs stay, the new entities are aligned; no links then */
    gat_align_decode decode;
    gat_align_encoder encoder;
    int dim;                           /* numbers of a propagated label; 0: 256, or fewer where memory asks for it */
    int rounds;                        /* 0: by the data; negative: one shot, by propagation alone */
    double min_confidence;             /* pairs below are left out */
    bool skip_bad_links;               /* leave out lines that name unknown entities or contradict others */
    uint64_t seed;                     /* 0: 1 */
    double time_limit;                 /* seconds, 0: none; rounds end early */
    double spent;                      /* seconds that count towards it already */
    int (*should_stop)(void *context); /* asked between rounds; NULL: never */
    void *context;
    gat_log log;
} gat_align_options;

enum { GAT_ALIGN_LEVELS = 10 };

/* Held-back answers with at least this confidence, by a calibration on the others (five parts), and how many are right. */
typedef struct gat_align_level {
    double confidence;
    int64_t answers, right;
} gat_align_level;

typedef struct gat_align_report {
    int64_t entities1, entities2, seeds, pairs;
    int64_t kept_pairs; /* of the stored alignment that was applied, among the pairs */
    int rounds;         /* of neighbours alone; those with vectors come on top */
    double tau;         /* scale of the softmax, as chosen */
    int64_t held_links; /* held-back or valid links; 0: there were none, and the next fields mean nothing */
    double hits_at_1, hits_at_10, mrr;
    gat_align_level levels[GAT_ALIGN_LEVELS]; /* confidence 0, .1, ... .9 */
    double calibration_error;                 /* expected, over ten bins, of the same answers */
    char digest[33];
} gat_align_report;

/* Names are borrowed from the alignment; texts, from entity_name.tsv of the folders or from the names, NULL where there are
 * none. */
typedef struct gat_aligned_pair {
    const char *source, *target;
    const char *source_text, *target_text;
    double confidence;
} gat_aligned_pair;

/* One reason for a pair: neighbours that are one, and the relations that lead to them; `inverse` tells that a fact leads from
 * the neighbour to the entity. */
typedef struct gat_align_reason {
    const char *relation1, *neighbor1, *relation2, *neighbor2;
    const char *text1, *text2; /* of the neighbours, or NULL */
    bool inverse1, inverse2;
    double belief; /* that the neighbours are one */
    double weight; /* share of the score */
} gat_align_reason;

/* A fact of an entity, with the entity at its other end. */
typedef struct gat_aligned_fact {
    const char *relation, *neighbor;
    const char *text; /* of the neighbour, or NULL */
    bool inverse;     /* the fact leads from the neighbour to the entity */
} gat_aligned_fact;

/* What a stored alignment is. */
typedef struct gat_alignment_info {
    int64_t entities1, entities2, relations1, relations2, facts1, facts2;
    int64_t beliefs;                      /* pairs whose belief was kept */
    const char *encoder, *decode;         /* names */
    bool names, word_vectors, attributes; /* were given */
    uint64_t seed;
    char data_digest1[33], data_digest2[33];
    gat_align_report report;
} gat_alignment_info;

/* An alignment of two graphs. */
typedef struct gat_alignment gat_alignment;

/* "sinkhorn", "cosine", "csls", "one-to-one"; and back, -1 when unknown. */
GAT_PUBLIC const char *gat_decode_name(gat_align_decode decode);
GAT_PUBLIC int gat_decode_by_name(const char *name);

/* "loop", "attention", "both"; and back, -1 when unknown. */
GAT_PUBLIC const char *gat_align_encoder_name(gat_align_encoder encoder);
GAT_PUBLIC int gat_align_encoder_by_name(const char *name);

#endif

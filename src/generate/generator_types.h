/* What callers of the generator of whole small graphs see. */
#ifndef GAT_GENERATOR_TYPES_H
#define GAT_GENERATOR_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"
#include "model/option.h"

/* A model that draws whole small graphs like those it has learned from. Read-only once made. */
typedef struct gat_generator gat_generator;

/* How it is trained, set by name. */
typedef struct gat_generator_config gat_generator_config;

/* After every epoch. */
typedef struct gat_generator_progress {
    int64_t epoch, epochs;
    double loss;       /* bits per graph of train, in this epoch's orders, while the net was learning */
    double valid_bits; /* bits per graph of valid (the first 4,096), below 0: no valid */
    double learning_rate;
    bool improved;
} gat_generator_progress;

/* Zero-initialise, then set what differs. Strings are borrowed for the call. */
typedef struct gat_generator_inputs {
    const char *data;       /* folder with train and perhaps valid (or dev) .jsonl, .jsonl.gz or .jsonl.zst, and perhaps
                             * vocab.json; or one such file, for train */
    const char *checkpoint; /* NULL: none. Left there after a finished run: remove it once the model is saved */
    const char *finished;   /* with resume and without checkpoint: a model of the same run here is loaded and given */
    bool resume;            /* go on from the checkpoint when it is there */
    double time_limit;      /* seconds, 0: none; counted from the call, less `spent` */
    double spent;           /* seconds that the caller has used already */
    int64_t stop_after;     /* as should_stop does once this epoch is done, if more are to come; 0: never */
    gat_log log;
    void (*on_progress)(void *context, const gat_generator_progress *progress); /* NULL is fine */
    /* Asked between steps; non-zero writes the checkpoint and ends the call in GAT_EINTERRUPTED. NULL is fine. */
    int (*should_stop)(void *context);
    void *context;
} gat_generator_inputs;

typedef struct gat_generator_info {
    int64_t train_graphs, valid_graphs, train_triples, entities, relations, most_triples, parameters;
    int64_t epochs, best_epoch;
    double valid_bits; /* of the kept epoch, as in gat_generator_progress */
    char digest[33], data_digest[33];
    const char *config; /* "name = value" lines, borrowed */
} gat_generator_info;

/* One triple by its names, borrowed for the call. */
typedef struct gat_generated_triple {
    const char *head, *relation, *tail;
} gat_generated_triple;

/* A graph that was drawn. */
typedef struct gat_generated_graph {
    int64_t index; /* from 0 */
    const gat_generated_triple *triple;
    int64_t num_triples;
    double log2_likelihood; /* of the triples in the order drawn, by the model as it was trained */
    /* That, and log2 of the number of orders: of the graph in any order if the net likes all of them alike; else in the
     * mean an upper bound, as the net chose the order. */
    double log2_likelihood_as_a_set;
    bool known; /* it is in train or valid */
} gat_generated_graph;

/* Zero-initialise, then set what differs. Graph i of a seed is the same whatever the count. */
typedef struct gat_generate_options {
    int64_t count;
    uint64_t seed;
    double temperature; /* 0: the default, 1 */
    int64_t top_k;      /* draw among the k likeliest, 0: all */
    double top_p;       /* draw among the likeliest that together have this probability, 0: all */
    bool free;  /* otherwise: heads and tails as seen with the relation in train, no loop of a relation that has none
                 * there, no triple twice, and where all graphs of train are connected, so are these */
    bool apart; /* they need not be connected */
    bool novel; /* draw again what is in train or valid */
    const char *const *relations; /* num_relations: these alone; 0: all */
    int64_t num_relations;
    const char *contains;                                             /* an entity that every graph has; NULL: any */
    int (*on_graph)(void *context, const gat_generated_graph *graph); /* non-zero ends the call */
    void *context;
} gat_generate_options;

/* How often something holds among graphs drawn. */
typedef struct gat_graph_distance {
    double generated, floor; /* total variation, 0 .. 1: drawn graphs against test; as many of train against test */
} gat_graph_distance;

enum { GAT_GRAPH_RULES = 9 };

typedef struct gat_generator_evaluation {
    int64_t graphs, refused; /* drawn and judged; drawn and refused by constraints on the way */
    int64_t valid, novel, valid_novel, distinct, empty; /* of graphs; distinct: up to the order of triples */
    int64_t broken[GAT_GRAPH_RULES];                    /* first rule broken, see gat_graph_rule_name */
    int64_t test_graphs, test_valid, test_known; /* of test: all, valid by the same rules, also in train or valid */
    int64_t scored;                              /* test graphs all of whose names the model knows: bits are theirs */
    double bits;                                 /* per test graph: of its triples in a random order */
    double bits_set; /* less log2 of the orders: an upper bound of the bits of the graph as a set */
    gat_graph_distance out_degree, in_degree, relation, two_paths;
    double seconds;
} gat_generator_evaluation;

typedef struct gat_generator_evaluate_options {
    gat_generate_options draw; /* on_graph and context are not used; count 0: 2,000 */
    const char *rules;         /* file of rules; NULL: connected, arguments as seen in train, nothing twice */
} gat_generator_evaluate_options;

#endif

/* What growing a graph takes and gives. Names are borrowed from the model and from the graph in the options; they must
 * outlive the result. */
#ifndef GAT_GROWTH_TYPES_H
#define GAT_GROWTH_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "graph/split.h"
#include "tasks/answer.h"

enum { GAT_GROWTH_MOST = 1000000 };

/* Zero-initialise, then set what differs. */
typedef struct gat_growth_options {
    const char *around, *relation; /* proposals have this entity at an end, this relation; NULL: any */
    int64_t count;            /* most facts that are added, 1 to GAT_GROWTH_MOST; measuring, 0: as many as are hidden */
    double min_probability;   /* in [0,1] */
    int64_t batch;            /* facts added before the graph is read again; 0: a tenth of count, at least 1 */
    int64_t questions;        /* most questions the model is asked at first; 0: by the kind of model */
    const gat_dataset *graph; /* facts in place of the training facts, as elsewhere; NULL: those */
    const gat_dataset *data;  /* its valid facts fit the weights of what speaks for a fact, and all its facts are
                                      known; NULL: weights found on other graphs */
    bool measure;             /* the test facts of data are hidden: as many are proposed, and compared with them */
    const char *types;        /* lines "entity TAB type ..."; NULL: entity_type.tsv beside data, if it is there;
                                      else, or with "none", types are the relations that entities stand in */
    gat_log log;
} gat_growth_options;

/* A fact that proposals follow from: one step or two, each a directed relation, to the relation at its end. */
typedef struct gat_rule {
    const char *relation, *body[2]; /* body[1] NULL: one step */
    bool reversed[2];               /* the step goes from the tail to the head of its facts */
    int64_t support;                /* pairs that the body joins and the relation too */
    double confidence;              /* support / (pairs that the body joins + 2) */
    double pca;                     /* the same among pairs whose head has any fact of the relation (AMIE) */
} gat_rule;

/* How many facts of a relation go together. */
typedef struct gat_relation_shape {
    const char *relation;
    int64_t facts, heads, tails;
    int64_t most_tails, most_heads; /* of a head, of a tail: 99 % of the facts stand in no larger set */
    bool functional, inverse_functional;
} gat_relation_shape;

typedef struct gat_rule_list {
    int64_t count, num_shapes;
    gat_rule *rule; /* most confident first */
    gat_relation_shape *shape;
} gat_rule_list;

/* Why a fact was proposed: a rule with the facts it was applied to, or a path of a path model's attention. */
typedef struct gat_growth_reason {
    bool rule;
    double weight; /* confidence of the rule, or product of the attention along the path */
    int num_steps;
    gat_path_step step[GAT_LONGEST_PATH]; /* attention: 1 in a rule */
} gat_growth_reason;

enum { GAT_GROWTH_REASONS = 3 };

typedef struct gat_proposal {
    const char *head, *relation, *tail;
    double probability;      /* that it is right, when it was added */
    double tail_probability; /* what the model alone says of the tail, and of the head */
    double head_probability;
    double rule_confidence; /* of the best rule that says so; 0: none */
    int num_reasons;
    gat_growth_reason reason[GAT_GROWTH_REASONS]; /* rules first, then paths */
} gat_proposal;

/* Facts proposed one way, compared with the hidden ones. */
typedef struct gat_growth_row {
    const char *name;
    int64_t proposed, right, judged, judged_right; /* judged: hidden, or false by the checked negatives */
    double at_100, at_1000, precision, recall;     /* shares of right ones; NaN where too few are proposed */
    double in_type, supported;                     /* shares; supported: by a rule of confidence .1 or more */
} gat_growth_row;

enum { GAT_GROWTH_ROWS = 4 };

typedef struct gat_growth_measures {
    int64_t hidden, hidden_in_reach; /* the latter name what the model knows */
    int64_t negatives;               /* checked to be false, beside data; 0: no such file */
    bool typed;                      /* in_type is by a file of types */
    int num_rows;
    gat_growth_row row[GAT_GROWTH_ROWS];
} gat_growth_measures;

/* In the order in which they were added. */
typedef struct gat_growth {
    int64_t count, rounds, candidates, asked; /* candidates of the first round; questions in all */
    gat_proposal *proposal;
    double log_probability;        /* sum */
    double supported;              /* share with a rule of confidence .1 or more */
    double best_probability;       /* of a fact that the last round could have added */
    double coherence;              /* mean logarithm of the probability + supported; NaN without proposals */
    bool fitted;                   /* weights are fitted to valid facts of data */
    gat_growth_measures *measures; /* NULL: not asked for */
} gat_growth;

#endif

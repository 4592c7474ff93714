/* What `evaluate` returns. */
#ifndef GAT_EVALUATION_H
#define GAT_EVALUATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/precision.h"
#include "eval/ranking.h"
#include "graph/split.h"

typedef struct gat_evaluate_options {
    gat_split split;
    const gat_dataset *graph; /* facts the encoder passes messages over in place of those it was trained on; or NULL */
    gat_precision precision;  /* BF16: faster where the processor has it; the ranks are the same */
    /* Asked between blocks of questions; non-zero ends the call in GAT_EINTERRUPTED. NULL is fine. */
    int (*should_stop)(void *context);
    void *context;
} gat_evaluate_options;

/* Of one relation. The name is borrowed from the model. */
typedef struct gat_relation_ranking {
    const char *name;
    gat_relation_kind kind;
    gat_ranking both, tail, head;
} gat_relation_ranking;

/* What the probabilities of the ten best answers to each question of the split are worth; of about 2,000 questions at
 * most. */
typedef struct gat_calibration_report {
    int64_t answers, right; /* right: facts of the split */
    double ece, ece_best;   /* expected calibration error in ten bins; of the best answers alone */
    bool fitted;            /* to these very facts: the error flatters */
} gat_calibration_report;

typedef struct gat_evaluation {
    gat_split split;
    gat_ranking both, tail, head;
    gat_ranking kind[GAT_NUM_RELATION_KINDS]; /* both directions */
    int64_t num_relations;
    gat_relation_ranking *relation;     /* relations with a query, most queries first */
    gat_ranking baseline;               /* the rule "reverse of a training fact" */
    int64_t candidates;                 /* entities that answers are ranked among: those of the data */
    int64_t unseen;                     /* facts of the split with an entity unseen in training */
    int64_t in_graph;                   /* facts of the split that the messages pass over: their figures flatter */
    gat_calibration_report calibration; /* no answers: the model has no probabilities */
    double seconds;                     /* of the ranking */
} gat_evaluation;

#endif

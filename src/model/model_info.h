/* What is known about a model from outside. */
#ifndef GAT_MODEL_INFO_H
#define GAT_MODEL_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "eval/ranking.h"

typedef struct gat_model gat_model;

/* What a side model is worth on valid, over the candidates that the fit of its weights sees: weights fitted to one half of
 * the questions judge the other. */
typedef struct gat_side_report {
    int64_t answers;
    double alone, both; /* MRR by paths alone, and of both models */
} gat_side_report;

/* What a model is and came from. Strings are borrowed from the model. */
typedef struct gat_model_info {
    const char *model, *attention, *decoder, *config; /* config: "name = value" lines */
    const char *side;                                 /* decoder of the side model; "": none */
    char digest[33];                                  /* of parameters and vocabulary */
    char data_digest[33];                             /* of the data it was made from */
    int64_t entities, seen_entities, relations, train_triples, parameters, epochs, best_epoch, dim;
    int64_t members;               /* that answer together, each of that dim and after so many epochs */
    int64_t queries, best_queries; /* of models of paths: learned from in all, and up to the kept state */
    int64_t eval_queries;          /* between validations; 0: a file of an earlier version does not tell */
    uint64_t seed, holdout_seed;
    double holdout;
    bool has_valid;
    gat_ranking valid; /* of the kept epoch */
} gat_model_info;

#endif

/* A trained (or training) model of a knowledge graph: configuration, names, training facts, parameters.
 *
 * Names cover all splits, so that every entity of the data has a score; only the first num_seen entities and
 * num_seen_relations relations occur in training and own parameters. */
#ifndef GAT_MODEL_KG_MODEL_H
#define GAT_MODEL_KG_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "eval/answer_calibration.h"
#include "eval/ranking.h"
#include "graph/triples.h"
#include "model/config.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/model_info.h"
#include "model/model_kind.h"
#include "path/path_model.h"

/* What is stored about where a model came from; written to files as it stands. */
typedef struct model_origin {
    int64_t epochs, best_epoch, has_valid;
    gat_ranking valid;
    double holdout;
    uint64_t holdout_seed, data_digest[2];
} model_origin;

struct gat_model {
    const model_kind *kind;
    gat_config config;
    gat_intern *entities, *relations;
    int32_t num_seen, num_seen_relations;
    char **entity_text; /* by entity id, one block; NULL without texts */
    gat_triples facts;  /* of training */
    model_origin origin;
    bool calibrated;                /* probabilities were fitted to valid: */
    answer_calibration calibration; /* here */
    model_view *view;               /* of the model's own entities and facts; made by model_finish */
    char *config_lines;             /* the configuration as text; made by model_finish */

    /* Of models of paths alone. */
    path_model *path;              /* with the parameters; else NULL */
    int64_t queries, best_queries; /* learned from in all, and up to the kept state */
    int64_t eval_queries;          /* between validations */
    struct gat_model *side;        /* an embedding model that speaks beside it (side_view.h); NULL: none */
    double *side_weight;           /* (2, 2 num_seen_relations) of the two */

    /* Of models with entity embeddings alone. */
    gat_params params;
    int entity, relation; /* parameters: (num_seen, D), (2 num_seen_relations, relation width), each for all members */
    gat_decoder_params decoder;
    int64_t members; /* decoders side by side in a row of the tables: one while they are trained, see members.h */
    uint64_t seed;   /* of their random numbers: the configuration's, or a member's own */
    int unknown;     /* (1, D): common row of entities without an embedding; -1: not learned */
    gat_encoder encoder;
    float *positions; /* (num_seen, position-dim) in the graph of facts; NULL without */
};

/* The parameters, of whatever kind the model is. */
static inline gat_params *model_params(gat_model *m) { return m->path ? &m->path->params : &m->params; }
static inline const gat_params *model_params_of(const gat_model *m) { return m->path ? &m->path->params : &m->params; }

/* Columns of the entity table, with all members. */
static inline int64_t model_width(const gat_model *m) { return m->config.dim * m->members; }

/* An empty model of the kind that config asks for. */
gat_status model_new(gat_model **out, const gat_config *config, gat_error *err);

/* Makes the view that answers questions, and the lines that describe the model: after training or loading, before any use below. */
gat_status model_finish(gat_model *model, gat_error *err);

void model_free(gat_model *model);

/* 128 bits over parameters and vocabulary. */
gat_status model_digest(uint64_t digest[2], const gat_model *model, gat_error *err);

#endif

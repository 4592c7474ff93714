/* Training of a path model, net after net and step by step: AdamW (Loshchilov, Hutter 2019) with warm-up and a cosine
 * that ends with the budget of questions. All that follows from seed and position is made again when a run is resumed;
 * state beyond the parameters is `at` and `moments`. */
#ifndef GAT_PATH_PATH_TRAINING_H
#define GAT_PATH_PATH_TRAINING_H

#include "path/path_model.h"
#include "path/path_split.h"

typedef struct path_training_options {
    double lr, warmup_steps, weight_decay;
    double clip;    /* largest norm of a step's gradient; 0: none */
    int64_t batch;  /* questions a step */
    int64_t budget; /* questions of a net; the learning rate ends there */
    double share;   /* of the facts asked at once; 0: by their number */
    path_hide hide;
    uint64_t seed;
} path_training_options;

/* Where a run stands. */
typedef struct path_position {
    int64_t net;
    int64_t epoch, chunk, question; /* of the net: next question of the chunk */
    int64_t steps, questions;       /* of the net: done */
    double loss, weight;            /* sums over the steps since they were last taken */
} path_position;

typedef struct path_training {
    path_model *model;
    path_training_options options;
    path_facts *facts;
    path_graph *graph;
    gat_filter *known; /* of the training facts */
    path_split split;
    path_step *step;
    float *moments; /* (2, params.size) */
    path_position at;
    bool prepared; /* split and graph are those of `at` */
} path_training;

/* Borrows model and facts. The model's parameters are those of the start (path_model_draw). GAT_EDATA: no facts. */
gat_status path_training_new(path_training **out, path_model *model, const gat_triples *facts, int32_t num_entities,
                             const path_training_options *options, gat_error *err);
void path_training_free(path_training *training);

/* One step; the nets that have begun are ready in the model. *done: the last net has used up its budget. */
gat_status path_training_step(bool *done, path_training *training, gat_error *err);

/* Goes on from a stored position; loss and weight are taken as they are. *sane: a run over these facts can stand
 * there. */
gat_status path_training_go_to(bool *sane, path_training *training, const path_position *at, gat_error *err);

/* Learning rate of the next step. */
double path_training_rate(const path_training *training);

/* Questions done, of all nets together. */
int64_t path_training_questions(const path_training *training);

/* Share of the facts asked at once when the user does not say. */
double path_share_by_size(int64_t facts);

#endif

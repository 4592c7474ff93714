/* A model applied to a set of entities and facts: encoded embeddings, ready to answer. The model's own view covers its
 * vocabulary and training facts; another graph's view brings entities the model has never seen. An unseen entity starts
 * from the mean of the trained embeddings and, with an attention encoder, takes what its facts say.
 *
 * Read-only once built; usable from any number of threads. */
#ifndef GAT_MODEL_VIEW_H
#define GAT_MODEL_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "graph/csr.h"
#include "graph/filter.h"
#include "graph/triples.h"
#include "model/kg_model.h"

typedef struct model_view {
    const gat_model *model;
    const gat_intern *entities; /* borrowed */
    gat_filter *known;          /* of the facts, in the view's entity ids and the model's relation ids */
    gat_graph *graph;           /* of the facts */
    gat_graph *far_graph;       /* the same with the further edges of the encoder's reach; NULL: there are none */
    float *positions;           /* (N, position-dim); NULL: none */
    int64_t num_entities, dim;
    bool plain;     /* entities are those of training: the rows of the model's table, which are the encoder's input */
    float *encoded; /* (N,D); the table itself where plain and without an encoder */
    float *squares; /* (N) |encoded|^2 */
} model_view;

/* facts use ids of `entities` and of the model's relations; those of unseen relations are left out. */
gat_status view_build(model_view **out, const gat_model *model, const gat_intern *entities, const gat_triples *facts,
                      gat_error *err);
void view_free(model_view *view);

/* Encodes again, after the parameters have changed. */
gat_status view_refresh(model_view *view, gat_error *err);

/* query (B,D) of the questions (entity[b], relation[b]); relation in [0, 2R), R = num_seen_relations. */
gat_status view_queries(float *query, const model_view *view, const int32_t *entity, const int32_t *relation, int64_t b,
                        gat_error *err);

/* Scores (B,N) of such queries. */
void view_score_queries(float *scores, const float *query, const model_view *view, int64_t b);

/* Both. */
gat_status view_score(float *scores, float *query, const model_view *view, const int32_t *entity,
                      const int32_t *relation, int64_t b, gat_error *err);

/* Attention of the last layer over the edges into each of the nodes in `graph`, one node after the other: alpha (edges, H);
 * free with gat_free. Where the reach goes further, what it takes is missing from the sum. Costs a pass of the encoder, however many nodes. GAT_EUSAGE for a model without attention. */
gat_status view_attention(float **alpha, const model_view *view, const int32_t *nodes, int64_t count, gat_error *err);

#endif

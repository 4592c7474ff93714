/* Views of models with entity embeddings (gat, none): encoded embeddings. An unseen entity starts from what `unknown` asks
 * for and, with an attention encoder, takes what its facts say. */
#ifndef GAT_MODEL_EMBEDDING_VIEW_H
#define GAT_MODEL_EMBEDDING_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "model/view.h"

typedef struct embedding_view {
    model_view base;
    gat_graph *far_graph; /* of the facts with the further edges of the encoder's reach; NULL: there are none */
    float *positions;     /* (N, position-dim); NULL: none */
    int64_t dim;
    bool plain;     /* entities are those of training: the rows of the model's table, which are the encoder's input */
    float *encoded; /* (N,D); the table itself where plain and without an encoder */
    float *squares; /* (N) |encoded|^2 */
} embedding_view;

/* NULL: a view of a model without embeddings. */
static inline const embedding_view *embedding_view_of(const model_view *view)
{
    return view->model->kind == &embedding_kind ? (const embedding_view *)view : NULL;
}

/* The same; GAT_EUSAGE where there are no embeddings. what: "similarity", in the message. */
gat_status embedding_view_need(const embedding_view **out, const model_view *view, const char *what, gat_error *err);

/* query (B,D) of the questions (entity[b], relation[b]); relation in [0, 2R), R = num_seen_relations. */
gat_status embedding_queries(float *query, const embedding_view *view, const int32_t *entity, const int32_t *relation,
                             int64_t b, gat_error *err);

/* Scores (B,N) of such queries. */
void embedding_scores(float *scores, const float *query, const embedding_view *view, int64_t b);

/* Attention of the last layer over the edges into each of the nodes in `graph`, one node after the other: alpha (edges, H);
 * free with gat_free. Where the reach goes further, what it takes is missing from the sum. Costs a pass of the
 * encoder, however many nodes; with one layer that looks at edges alone, only the nodes' edges. GAT_EUSAGE for a model without attention. */
gat_status embedding_attention(float **alpha, const embedding_view *view, const int32_t *nodes, int64_t count,
                               gat_error *err);

#endif

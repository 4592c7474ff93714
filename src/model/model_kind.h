/* What differs between kinds of models: the parameters, and the views that answer. Names, training facts, configuration,
 * digest and file are common to all. One table a kind. */
#ifndef GAT_MODEL_MODEL_KIND_H
#define GAT_MODEL_MODEL_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "graph/triples.h"
#include "model/config.h"
#include "model/model_info.h"

typedef struct model_view model_view;

typedef struct model_kind {
    /* Declares the parameters of a model whose config and counts are set. */
    gat_status (*declare)(gat_model *model, gat_error *err);
    /* Initial values, from the model's seed. */
    void (*init_params)(gat_model *model);

    /* Bytes of the struct of its views, which begins with a model_view; zeroed before view_prepare. */
    size_t view_size;
    /* Takes a view whose common part is made of the facts, and makes it ready to answer. own: they are those of training. A
     * failure leaves what view_clear frees. */
    gat_status (*view_prepare)(model_view *view, const gat_triples *facts, bool own, gat_error *err);
    /* Makes it ready again, after the parameters have changed. */
    gat_status (*view_refresh)(model_view *view, gat_error *err);
    /* scores (B,N) of the questions (entity[b], relation[b]). */
    gat_status (*view_score)(float *scores, const model_view *view, const int32_t *entity, const int32_t *relation,
                             int64_t b, gat_error *err);
    /* scores (R) of the facts (head, r, tail). */
    gat_status (*view_score_relations)(float *scores, const model_view *view, int32_t head, int32_t tail,
                                       gat_error *err);
    void (*view_clear)(model_view *view);
} model_kind;

/* Of models with entity embeddings: gat and none. */
extern const model_kind embedding_kind;

#endif

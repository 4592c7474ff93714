/* A trained recommender: who chose what, the facts about it, and what one of five ways to score has learned. */
#ifndef GAT_RECOMMEND_RECOMMENDER_H
#define GAT_RECOMMEND_RECOMMENDER_H

#include "recommend/history_net.h"
#include "recommend/item_pairs.h"
#include "recommend/light_training.h"
#include "recommend/list_measure.h"
#include "recommend/matrix_factors.h"
#include "recommend/recommend_config.h"

typedef enum rec_term {
    REC_TERM_PAIRS,
    REC_TERM_SPECTRAL,
    REC_TERM_ATTENTION,
    REC_TERM_FACTORS,
    REC_TERM_LIGHT,
    REC_TERMS
} rec_term;

struct gat_recommender {
    gat_recommend_config config;
    char *config_lines;
    gat_intern *users, *items, *entities, *relations;
    char **title; /* by item; NULL: none at all */
    histories known;
    gat_triples facts;
    /* what has been learned; what a kind does not need is empty */
    item_pairs pairs;
    int64_t factor_dim;
    float *from, *to;   /* (I,factor_dim): a history is the sum of its from, compared with to */
    float *reader;      /* (U,factor_dim): users with vectors of their own (lightgcn) */
    float *factors;     /* (I, config.dim): of matrix factorisation, beside the attention */
    light_result light; /* beside the attention; its items carry the weight of the term. Empty: none */
    history_net net;
    float weight[REC_TERMS]; /* of the attention model's terms */
    int64_t epochs, best_epoch, duplicates, linked_items;
    gat_recommend_evaluation valid;
    /* made from the above */
    double *gram;             /* of factors: (D,D) */
    float *encoded, *targets; /* of the net */
};

void recommender_free(gat_recommender *r);
gat_status recommender_train(gat_recommender **out, const gat_recommend_inputs *inputs,
                             const gat_recommend_config *config, gat_error *err);
gat_status recommender_save(const gat_recommender *r, const char *path, gat_error *err);
gat_status recommender_load(gat_recommender **out, const char *path, gat_error *err);
gat_status recommender_describe(gat_recommend_info *out, const gat_recommender *r, gat_error *err);
gat_status recommender_evaluate(gat_recommend_evaluation *out, const gat_recommender *r, const char *data,
                                gat_split split, gat_error *err);
gat_status recommender_answer(gat_recommendation **out, const gat_recommender *r,
                              const gat_recommend_question *question, gat_error *err);
void recommendation_free(gat_recommendation *answer);

/* What is made from the learned parts: before anything is scored. */
gat_status recommender_prepare(gat_recommender *r, gat_error *err);

/* mf: the weight of squares, by default one that suits some hundred thousand interactions. */
static inline double recommender_penalty(const gat_recommend_config *c) { return c->l2 > 0 ? c->l2 : 30; }

static inline int64_t recommender_nodes(const gat_recommender *r)
{
    return (int64_t)intern_count(r->items) + intern_count(r->entities);
}

/* Some histories to be scored, with all that is made for them together. */
typedef struct rec_readers {
    const gat_recommender *model;
    const rec_history *list;
    const int32_t *user; /* or NULL: nobody the model knows */
    int64_t count;
    float *state;  /* (count, D + 1) of attention, or NULL */
    float *solved; /* (count,D) of factors, or NULL */
} rec_readers;

/* list and user are borrowed. */
gat_status readers_make(rec_readers *out, const gat_recommender *r, const rec_history *list, const int32_t *user,
                        int64_t count, gat_error *err);
void readers_clear(rec_readers *readers);

/* scores (I) of reader i. One without a history: how often each item was chosen. */
void readers_score(float *scores, const rec_readers *readers, int64_t i);

/* One term alone, added with the given weight. */
void readers_term(float *scores, const rec_readers *readers, int64_t i, rec_term term, float weight);

#endif

/* The nets of a model: what they share, their training, and what they say together with the linear part. */
#ifndef GAT_TEXT_NET_MEMBERS_H
#define GAT_TEXT_NET_MEMBERS_H

#include "text/net_mixture.h"
#include "text/relation_clock.h"
#include "text/text_net.h"

typedef struct net_members {
    gat_intern *deprels; /* labels of edges that are told apart */
    feature_table atoms[NET_BLOCKS];
    text_net *net; /* (count) */
    int count;
    net_mixture mixture;
} net_members;

/* What training needs beside the model. All borrowed. */
typedef struct net_school {
    const sentence_source *source;
    const uint8_t *truth;  /* (sentences, labels) */
    const uint8_t *fold;   /* (sentences) sentences of fold 0 choose the weight of the nets */
    const float *held_out; /* (sentences, label_stride) margins of the linear part that has not seen the fold */
    const gat_relation_inputs *inputs;
    const relation_clock *clock;
} net_school;

/* Trains config.members nets on everything, one a thread; before them some on what is not in fold 0, which with the linear
 * part's held-out margins tell how nets and linear part are mixed. After the time limit there may be fewer nets, or none. */
gat_status net_members_train(net_members *out, gat_relations *model, const net_school *school, gat_error *err);
void net_members_clear(net_members *members);

/* p (n, labels) <- the calibrated mixture of the nets' probabilities of sentences from `from` on and of the linear part's,
 * which stand there. attention: of the list's words, or NULL. */
gat_status net_members_answer(float *p, float *attention, const gat_relations *model, const sentence_source *source,
                              int64_t from, int64_t n, gat_error *err);

/* Sizes of a member, by the model. */
net_shape net_members_shape(const gat_relations *model, const net_members *members);

/* ---- for training ---------------------------------------------------------------------------------------- */

/* Some nets asked together. */
typedef struct net_round {
    const gat_relations *model;
    const text_net *net; /* (count) */
    int count;
    const batch_source *from;
    const int64_t *which; /* (n) sentences of the corpus; NULL: the first n */
    int64_t n;
    float *p;                      /* (n, labels) zeroed; <- mean over nets */
    float *attention;              /* of all words of the list, or NULL */
    const sentence_source *source; /* where attention is wanted; sentence 0 of the corpus is `first` */
    int64_t first;
} net_round;

gat_status net_round_answer(const net_round *round);

#endif

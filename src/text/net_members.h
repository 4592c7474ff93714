/* The nets of a model: what they share, their training, and what they say together. */
#ifndef GAT_TEXT_NET_MEMBERS_H
#define GAT_TEXT_NET_MEMBERS_H

#include "base/log.h"
#include "text/text_net.h"

typedef struct net_members {
    gat_intern *deprels; /* labels of edges that are told apart; NULL: no nets */
    feature_table atoms;
    text_net *net; /* (count) */
    int count;
} net_members;

typedef struct net_lesson {
    const sentence_source *source;
    const uint8_t *truth; /* (sentences, labels) */
    gat_log log;
    int (*should_stop)(void *context);
    void *context;
} net_lesson;

/* Trains config.members nets; one a thread. */
gat_status net_members_train(net_members *out, const gat_relations *model, const net_lesson *lesson, gat_error *err);
void net_members_clear(net_members *members);

/* p (n, labels) <- the probabilities of sentences from `from` on: config.net_weight of the mean over members, the rest of what
 * stands there. attention: of the list's words, or NULL. */
gat_status net_members_answer(float *p, float *attention, const gat_relations *model, const sentence_source *source,
                              int64_t from, int64_t n, gat_error *err);

/* Sizes of a member, by the model. */
net_shape net_members_shape(const gat_relations *model, const net_members *members);

#endif

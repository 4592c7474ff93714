/* Training of one net on some of the sentences: label smoothing, warm-up, a cosine, decoupled decay, a running mean of the
 * weights. */
#ifndef GAT_TEXT_NET_STUDENT_H
#define GAT_TEXT_NET_STUDENT_H

#include "text/relation_clock.h"
#include "text/text_net.h"

/* What is learned from. All borrowed. */
typedef struct net_lesson {
    const gat_relations *model; /* for its configuration */
    const batch_source *from;
    const uint8_t *truth; /* (sentences, labels) */
    const int64_t *use;   /* (count) the sentences */
    int64_t count;
    uint64_t seed;
    const relation_clock *clock; /* asked before every step: GAT_EINTERRUPTED */
} net_lesson;

/* *loss: mean of the last pass. */
gat_status net_teach(text_net *net, const net_shape *shape, const net_lesson *lesson, double *loss, gat_error *err);

#endif

/* Nets that are done, kept in a file beside the model while others are being trained. What comes before the nets takes seconds
 * and is done again; the nets belong to it or are refused. */
#ifndef GAT_TEXT_NET_CHECKPOINT_H
#define GAT_TEXT_NET_CHECKPOINT_H

#include "text/text_net.h"

enum { CHECKPOINT_NETS = 32 };

typedef struct net_checkpoint {
    const char *path;     /* NULL: nothing is kept */
    uint64_t identity[2]; /* of what the nets are trained on */
    const text_net *net[CHECKPOINT_NETS];
    bool done[CHECKPOINT_NETS];
} net_checkpoint;

/* Of configuration, sentences and linear part, which sees all there is of features, vectors and graph. */
void net_checkpoint_identity(uint64_t identity[2], const gat_relations *model);

/* All nets that are done. */
gat_status net_checkpoint_write(const net_checkpoint *checkpoint, gat_error *err);

/* Net `index` out of the file, into an empty one; *found false: the file has not got it. GAT_EUSAGE: the file belongs to another
 * training; GAT_EMODEL: damaged. */
gat_status net_checkpoint_read(bool *found, text_net *net, const net_shape *shape, const net_checkpoint *checkpoint,
                               int index, gat_error *err);

#endif

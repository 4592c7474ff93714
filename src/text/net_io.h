/* The nets of a model in its file. */
#ifndef GAT_TEXT_NET_IO_H
#define GAT_TEXT_NET_IO_H

#include "text/net_members.h"
#include "text/relation_sections.h"

gat_status net_members_sections(relation_sections *sections, const net_members *members, gat_error *err);

/* Into zeroed members; what a failure leaves, net_members_clear frees. */
gat_status net_members_read(net_members *members, const gat_relations *model, const gat_model_file *file,
                            gat_error *err);

#endif

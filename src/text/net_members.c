#include "text/net_members.h"

#include "base/memory.h"

void net_members_clear(net_members *m)
{
    for (int i = 0; i < m->count; i++) text_net_clear(&m->net[i]);
    intern_free(m->deprels);
    for (int b = 0; b < NET_BLOCKS; b++) feature_table_clear(&m->atoms[b]);
    gat_free(m->net);
    *m = (net_members){0};
}

net_shape net_members_shape(const gat_relations *model, const net_members *m)
{
    const gat_relation_config *c = &model->config;
    net_shape shape = {.score = (gat_score)c->attention,
                       .sinusoidal = c->positions == POSITIONS_SINUSOIDAL,
                       .heads = (int32_t)c->attn_heads,
                       .layers = (int32_t)c->layers,
                       .dim = (int32_t)c->dim,
                       .labels = relations_labels(model),
                       .vector_dim = model->vectors.dim,
                       .relations = net_edge_relations(c, m->deprels),
                       .wide_dim = (int32_t)c->wide_dim,
                       .wide = model->part[GAT_PART_ALL].table.count,
                       .dropout = (float)c->dropout,
                       .attn_dropout = (float)c->attn_dropout,
                       .top_dropout = (float)c->top_dropout};
    for (int b = 0; b < NET_BLOCKS; b++) shape.atoms[b] = m->atoms[b].count;
    return shape;
}

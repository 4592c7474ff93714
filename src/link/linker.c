#include "link/linker.h"

#include "base/memory.h"

void linker_free(gat_linker *l)
{
    if (!l) return;
    link_net_clear(&l->net);
    lexicon_clear(&l->names);
    intern_free(l->types);
    gat_free(l->config_lines);
    gat_free(l);
}

link_shape linker_shape(const gat_linker *l)
{
    const gat_link_config *c = &l->config;
    return (link_shape){(int32_t)c->dim, (int32_t)c->attn_heads, (int32_t)c->layers,
                        (int32_t)candidate_inputs(&l->names), (float)c->dropout};
}

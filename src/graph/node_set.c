#include "graph/node_set.h"

#include "base/error.h"
#include "base/memory.h"

gat_status node_set_init(node_set *set, int64_t num_nodes, gat_error *err)
{
    *set = (node_set){.place = gat_calloc(num_nodes, sizeof *set->place),
                      .nodes = gat_alloc(num_nodes, sizeof *set->nodes)};
    if (set->place && set->nodes) return GAT_OK;
    node_set_clear(set);
    return error_nomem(err);
}

void node_set_clear(node_set *set)
{
    gat_free(set->place);
    gat_free(set->nodes);
    *set = (node_set){0};
}

void node_set_empty(node_set *set)
{
    for (int64_t i = 0; i < set->count; i++) set->place[set->nodes[i]] = 0;
    set->count = 0;
}

#include "graph/skeleton.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

static int compare_ids(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* row <- the different neighbours of v in order, itself and far edges left out; returns how many. */
static int64_t fill_row(int32_t *row, const gat_graph *g, int64_t v)
{
    int64_t count = 0, kept = 0;
    for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++)
        if (g->in_indices[e] != v && g->in_relation[e] < 2 * g->num_relations) row[count++] = g->in_indices[e];
    qsort(row, (size_t)count, sizeof *row, compare_ids);
    for (int64_t i = 0; i < count; i++)
        if (!kept || row[kept - 1] != row[i]) row[kept++] = row[i];
    return kept;
}

gat_status skeleton_init(gat_skeleton *s, const gat_graph *g, gat_error *err)
{
    *s = (gat_skeleton){.num_nodes = g->num_nodes,
                        .indptr = gat_alloc((int64_t)g->num_nodes + 1, sizeof *s->indptr),
                        .indices = gat_alloc(g->num_edges, sizeof *s->indices)};
    if (!s->indptr || !s->indices) {
        skeleton_clear(s);
        return error_nomem(err);
    }
    s->indptr[0] = 0;
    for (int64_t v = 0; v < g->num_nodes; v++)
        s->indptr[v + 1] = s->indptr[v] + fill_row(s->indices + s->indptr[v], g, v);
    return GAT_OK;
}

void skeleton_clear(gat_skeleton *s)
{
    gat_free(s->indptr);
    gat_free(s->indices);
    *s = (gat_skeleton){0};
}

/* One sort makes both CSRs. Row x of `out` is, in order: facts with x as head (relations [0, R)), facts with x
 * as tail ([R, 2R)), the self-loop. Row x of `in` is the same row with its first two parts exchanged and their
 * relations shifted by R, because the edge that leaves x for a fact and the edge that enters x for the same
 * fact are each other's inverse. So both have one row pointer, and `in` is `out` rotated row by row.
 *
 * Invariant: edge e of `in` goes from in_indices[e]; out_eid is a permutation of [0, E). */
#include "graph/csr.h"

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/directed.h"

void graph_free(gat_graph *g)
{
    if (!g) return;
    gat_free(g->in_indptr);
    gat_free(g->in_indices);
    gat_free(g->in_relation);
    gat_free(g->out_indptr);
    gat_free(g->out_indices);
    gat_free(g->out_relation);
    gat_free(g->out_eid);
    gat_free(g->fact_edges);
    gat_free(g->far_edge);
    gat_free(g->far_path);
    gat_free(g);
}

static gat_graph *graph_new(int32_t num_nodes, int32_t num_relations, int64_t facts)
{
    gat_graph *g = gat_calloc(1, sizeof *g);
    if (!g) return NULL;
    int64_t edges = 2 * facts + num_nodes;
    g->num_nodes = num_nodes;
    g->num_relations = num_relations;
    g->num_edges = edges;
    g->num_facts = facts;
    g->in_indptr = gat_alloc((int64_t)num_nodes + 1, sizeof *g->in_indptr);
    g->in_indices = gat_alloc(edges, sizeof *g->in_indices);
    g->in_relation = gat_alloc(edges, sizeof *g->in_relation);
    g->out_indptr = gat_alloc((int64_t)num_nodes + 1, sizeof *g->out_indptr);
    g->out_indices = gat_alloc(edges, sizeof *g->out_indices);
    g->out_relation = gat_alloc(edges, sizeof *g->out_relation);
    g->out_eid = gat_alloc(edges, sizeof *g->out_eid);
    g->fact_edges = gat_alloc(2 * facts, sizeof *g->fact_edges);
    if (g->in_indptr && g->in_indices && g->in_relation && g->out_indptr && g->out_indices && g->out_relation &&
        g->out_eid && g->fact_edges)
        return g;
    graph_free(g);
    return NULL;
}

/* Every row has one more edge than in the sorted list: its self-loop. */
static void fill_indptr(gat_graph *g, const int64_t *indptr)
{
    for (int64_t x = 0; x <= g->num_nodes; x++) g->in_indptr[x] = g->out_indptr[x] = indptr[x] + x;
}

static int64_t forward_part(const gat_directed *row, int64_t degree, int32_t num_relations)
{
    int64_t low = 0, high = degree;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (row[middle].relation < num_relations) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Row x of both directions, without out_eid; notes where the inverse of each edge landed in `in`. */
static void fill_row(gat_graph *g, int32_t x, const gat_directed *row, int64_t degree)
{
    int32_t r = g->num_relations;
    int64_t start = g->out_indptr[x], forward = forward_part(row, degree, r);
    for (int64_t i = 0; i < degree; i++) {
        bool is_forward = i < forward;
        int64_t out = start + i, in = start + (is_forward ? degree - forward + i : i - forward);
        g->out_indices[out] = g->in_indices[in] = row[i].to;
        g->out_relation[out] = row[i].relation;
        g->in_relation[in] = is_forward ? row[i].relation + r : row[i].relation - r;
        g->fact_edges[2 * (int64_t)row[i].fact + is_forward] = (int32_t)in;
    }
    int64_t loop = start + degree;
    g->out_indices[loop] = g->in_indices[loop] = x;
    g->out_relation[loop] = g->in_relation[loop] = 2 * r;
    g->out_eid[loop] = (int32_t)loop;
}

static void fill_eid(gat_graph *g, const gat_directed *edges, const int64_t *indptr)
{
#pragma omp parallel for schedule(dynamic, 256)
    for (int32_t x = 0; x < g->num_nodes; x++)
        for (int64_t i = indptr[x]; i < indptr[x + 1]; i++) {
            bool is_inverse = edges[i].relation >= g->num_relations;
            g->out_eid[i + x] = g->fact_edges[2 * (int64_t)edges[i].fact + is_inverse];
        }
}

gat_status graph_build(gat_graph **out, const gat_triples *facts, int32_t num_nodes, int32_t num_relations,
                       gat_error *err)
{
    gat_directed *edges = NULL;
    int64_t *indptr = NULL;
    gat_graph *g = NULL;
    gat_status st;
    *out = NULL;
    if (num_nodes < 0 || facts->count > (INT32_MAX - (int64_t)num_nodes) / 2)
        return error_set(err, GAT_EUSAGE, "%d entities with %lld facts: at most 2^31 - 1 edges", num_nodes,
                         (long long)facts->count);
    st = directed_sort(&edges, &indptr, &num_nodes, &facts, 1, num_relations, err);
    if (st) goto done;
    g = graph_new(num_nodes, num_relations, facts->count);
    if (!g) {
        st = error_nomem(err);
        goto done;
    }
    fill_indptr(g, indptr);
#pragma omp parallel for schedule(dynamic, 256)
    for (int32_t x = 0; x < num_nodes; x++) fill_row(g, x, edges + indptr[x], indptr[x + 1] - indptr[x]);
    fill_eid(g, edges, indptr);
    *out = g;
    g = NULL;
done:
    gat_free(edges);
    gat_free(indptr);
    graph_free(g);
    return st;
}

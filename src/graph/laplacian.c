#include "graph/laplacian.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/igraph_bridge.h"

/* Numbers the components by their first node. stack (N): scratch. */
static void find_components(gat_laplacian *l, int32_t *stack)
{
    const gat_skeleton *s = l->graph;
    for (int32_t v = 0; v < s->num_nodes; v++) l->component[v] = -1;
    for (int32_t start = 0; start < s->num_nodes; start++) {
        if (l->component[start] >= 0) continue;
        int32_t top = 0;
        stack[top++] = start;
        l->component[start] = l->num_components;
        while (top) {
            int32_t v = stack[--top];
            for (int64_t i = s->indptr[v]; i < s->indptr[v + 1]; i++) {
                int32_t u = s->indices[i];
                if (l->component[u] >= 0) continue;
                l->component[u] = l->num_components;
                stack[top++] = u;
            }
        }
        l->num_components++;
    }
}

/* The trivial eigenvector of a component is sqrt(degree), over its length. */
static void fill_trivial(gat_laplacian *l)
{
    const gat_skeleton *s = l->graph;
    for (int32_t c = 0; c < l->num_components; c++) l->sums[c] = 0;
    for (int32_t v = 0; v < s->num_nodes; v++) l->sums[l->component[v]] += (double)skeleton_degree(s, v);
    for (int32_t v = 0; v < s->num_nodes; v++) {
        double degree = (double)skeleton_degree(s, v);
        l->trivial[v] = degree > 0 ? sqrt(degree / l->sums[l->component[v]]) : 0;
        l->inverse_root[v] = degree > 0 ? 1 / sqrt(degree) : 0;
    }
}

gat_status laplacian_init(gat_laplacian *l, const gat_skeleton *s, gat_error *err)
{
    int64_t n = s->num_nodes;
    *l = (gat_laplacian){.graph = s,
                         .trivial = gat_alloc(n, sizeof *l->trivial),
                         .inverse_root = gat_alloc(n, sizeof *l->inverse_root),
                         .component = gat_alloc(n, sizeof *l->component),
                         .sums = gat_alloc(n, sizeof *l->sums)};
    int32_t *stack = gat_alloc(n, sizeof *stack);
    bool ok = l->trivial && l->inverse_root && l->component && l->sums && stack;
    if (ok) {
        find_components(l, stack);
        fill_trivial(l);
    } else laplacian_clear(l);
    gat_free(stack);
    return ok ? GAT_OK : error_nomem(err);
}

void laplacian_clear(gat_laplacian *l)
{
    gat_free(l->trivial);
    gat_free(l->inverse_root);
    gat_free(l->component);
    gat_free(l->sums);
    *l = (gat_laplacian){0};
}

void laplacian_multiply(double *y, const double *x, const gat_laplacian *l)
{
    const gat_skeleton *s = l->graph;
    for (int32_t c = 0; c < l->num_components; c++) l->sums[c] = 0;
    for (int32_t v = 0; v < s->num_nodes; v++) l->sums[l->component[v]] += x[v] * l->trivial[v];
    for (int32_t v = 0; v < s->num_nodes; v++) {
        double sum = 0;
        for (int64_t i = s->indptr[v]; i < s->indptr[v + 1]; i++)
            sum += x[s->indices[i]] * l->inverse_root[s->indices[i]];
        y[v] = sum * l->inverse_root[v] - 3 * l->sums[l->component[v]] * l->trivial[v];
        if (!skeleton_degree(s, v)) y[v] = -2 * x[v];
    }
}

/* Eigenvectors that are not trivial: a component of m nodes has m - 1. */
static int64_t vectors_there(const gat_laplacian *l) { return l->graph->num_nodes - l->num_components; }

/* The sign that makes an entry of largest size positive; of several such, up to rounding, the first. */
static double sign_of(const double *vector, int64_t n)
{
    double largest = 0;
    int64_t v = 0;
    for (int64_t i = 0; i < n; i++) largest = fmax(largest, fabs(vector[i]));
    while (v < n - 1 && fabs(vector[v]) < (1 - 1e-6) * largest) v++;
    return vector[v] < 0 ? -1 : 1;
}

/* Column k of out <- vector (N). */
static void put_column(float *out, int k, int dim, const double *vector, const gat_laplacian *l)
{
    int64_t n = l->graph->num_nodes;
    double connected = 0, square = 0;
    for (int64_t v = 0; v < n; v++) {
        connected += l->trivial[v] > 0;
        square += vector[v] * vector[v];
    }
    double scale = sign_of(vector, n) * sqrt(connected / square);
    for (int64_t v = 0; v < n; v++) out[v * dim + k] = l->trivial[v] > 0 ? (float)(scale * vector[v]) : 0;
}

gat_status laplacian_vectors(float *out, const gat_skeleton *s, int dim, gat_error *err)
{
    gat_laplacian l;
    gat_status st = laplacian_init(&l, s, err);
    if (st) return st;
    int64_t n = s->num_nodes, there = vectors_there(&l);
    int count = there < dim ? (int)there : dim;
    double *vectors = gat_alloc(n * count, sizeof *vectors);
    if (!vectors) st = error_nomem(err);
    if (!st) memset(out, 0, (size_t)(n * dim) * sizeof *out);
    if (!st && count) st = bridge_eigenvectors(vectors, &l, count, err);
    for (int k = 0; !st && k < count; k++) put_column(out, k, dim, vectors + k * n, &l);
    gat_free(vectors);
    laplacian_clear(&l);
    return st;
}

/* Eigenvectors of the normalised Laplacian I - D^-1/2 A D^-1/2 of the plain graph, a positional encoding (Dwivedi and
 * Bresson 2020): those of the smallest eigenvalues, without the one of each component that only tells degrees. igraph's
 * ARPACK finds them as the largest of S = D^-1/2 A D^-1/2, whose eigenvalues lie in [-1, 1] and whose trivial ones are
 * moved to -2, out of the way. */
#ifndef GAT_GRAPH_LAPLACIAN_H
#define GAT_GRAPH_LAPLACIAN_H

#include <stdint.h>

#include "graph/skeleton.h"

/* The matrix as an operator. */
typedef struct gat_laplacian {
    const gat_skeleton *graph; /* borrowed */
    double *trivial;           /* (N): the trivial eigenvector of the node's component, length 1; 0: no neighbours */
    double *inverse_root;      /* (N): 1 / sqrt(degree), 0 */
    int32_t *component;        /* (N) */
    int32_t num_components;
    double *sums; /* (components): scratch */
} gat_laplacian;

gat_status laplacian_init(gat_laplacian *out, const gat_skeleton *graph, gat_error *err);
void laplacian_clear(gat_laplacian *laplacian);

/* y = S x, with eigenvalue -2 in place of 1 for the trivial vectors and of 0 for nodes without neighbours; x and y (N).
 * One thread at a time. */
void laplacian_multiply(double *y, const double *x, const gat_laplacian *laplacian);

/* out (N, dim): eigenvectors as columns in order of their eigenvalues, scaled to mean square 1 over the nodes that have
 * neighbours, the entry of largest size positive. Columns past what the graph has are zero, and rows of nodes without
 * neighbours. Where an eigenvalue repeats, any basis of its space may be found. GAT_EUSAGE: built without igraph; GAT_EFAILED: ARPACK did not converge. */
gat_status laplacian_vectors(float *out, const gat_skeleton *graph, int dim, gat_error *err);

#endif

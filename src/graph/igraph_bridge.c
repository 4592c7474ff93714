/* igraph's default error handler aborts the process and its warning handler prints: both are exchanged around
 * the calls and put back. They are thread-local only where igraph was built so, and Debian's was not; a lock
 * keeps calls through this bridge apart. What igraph allocates is freed by igraph. */
#include "graph/igraph_bridge.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

#ifdef GAT_WITH_IGRAPH

#include <igraph.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Everything of igraph's that lives during one measurement; what is not made yet is zero. */
typedef struct session {
    igraph_t graph;
    igraph_vector_int_t ends, sizes;
    igraph_vector_t pagerank;
    bool has_graph, has_ends, has_sizes, has_pagerank;
    igraph_error_handler_t *old_error;
    igraph_warning_handler_t *old_warning;
} session;

static igraph_error_t build(session *s, const gat_triples *facts, int32_t num_nodes)
{
    igraph_error_t e = igraph_vector_int_init(&s->ends, 2 * facts->count);
    if (e) return e;
    s->has_ends = true;
    for (int64_t i = 0; i < facts->count; i++) {
        VECTOR(s->ends)[2 * i] = facts->data[i].head;
        VECTOR(s->ends)[2 * i + 1] = facts->data[i].tail;
    }
    e = igraph_create(&s->graph, &s->ends, num_nodes, IGRAPH_DIRECTED);
    s->has_graph = !e;
    return e;
}

static igraph_error_t count_components(gat_graph_measures *out, session *s)
{
    igraph_integer_t count;
    igraph_error_t e = igraph_vector_int_init(&s->sizes, 0);
    if (e) return e;
    s->has_sizes = true;
    e = igraph_connected_components(&s->graph, NULL, &s->sizes, &count, IGRAPH_WEAK);
    if (e) return e;
    out->components = count;
    out->largest_component = count ? igraph_vector_int_max(&s->sizes) : 0;
    return IGRAPH_SUCCESS;
}

static igraph_error_t measure_degrees(gat_graph_measures *out, session *s)
{
    igraph_integer_t most = 0, nodes = igraph_vcount(&s->graph);
    if (nodes == 0) return IGRAPH_SUCCESS;
    igraph_error_t e = igraph_maxdegree(&s->graph, &most, igraph_vss_all(), IGRAPH_ALL, IGRAPH_LOOPS);
    out->max_degree = most;
    out->mean_degree = 2 * (double)igraph_ecount(&s->graph) / (double)nodes;
    return e;
}

static igraph_error_t rank_nodes(double *pagerank, session *s)
{
    igraph_error_t e = igraph_vector_init(&s->pagerank, 0);
    if (e) return e;
    s->has_pagerank = true;
    e = igraph_pagerank(&s->graph, IGRAPH_PAGERANK_ALGO_PRPACK, &s->pagerank, NULL, igraph_vss_all(), IGRAPH_DIRECTED,
                        0.85, NULL, NULL);
    if (!e) igraph_vector_copy_to(&s->pagerank, pagerank);
    return e;
}

static pthread_mutex_t igraph_lock = PTHREAD_MUTEX_INITIALIZER;

static void session_open(session *s)
{
    memset(s, 0, sizeof *s);
    pthread_mutex_lock(&igraph_lock);
    s->old_error = igraph_set_error_handler(igraph_error_handler_ignore);
    s->old_warning = igraph_set_warning_handler(igraph_warning_handler_ignore);
}

static void session_close(session *s)
{
    if (s->has_pagerank) igraph_vector_destroy(&s->pagerank);
    if (s->has_sizes) igraph_vector_int_destroy(&s->sizes);
    if (s->has_graph) igraph_destroy(&s->graph);
    if (s->has_ends) igraph_vector_int_destroy(&s->ends);
    igraph_set_warning_handler(s->old_warning);
    igraph_set_error_handler(s->old_error);
    pthread_mutex_unlock(&igraph_lock);
}

static gat_status failure(igraph_error_t code, gat_error *err)
{
    if (code == IGRAPH_ENOMEM) return error_nomem(err);
    return error_set(err, GAT_EFAILED, "igraph: %s", igraph_strerror(code));
}

bool bridge_built_in(void) { return true; }

gat_status bridge_measure(gat_graph_measures *out, double *pagerank, const gat_triples *facts, int32_t num_nodes,
                          gat_error *err)
{
    session s;
    *out = (gat_graph_measures){0};
    session_open(&s);
    igraph_error_t e = build(&s, facts, num_nodes);
    if (!e) e = count_components(out, &s);
    if (!e) e = measure_degrees(out, &s);
    if (!e && pagerank && num_nodes > 0) e = rank_nodes(pagerank, &s);
    session_close(&s);
    return e ? failure(e, err) : GAT_OK;
}

/* Lanczos vectors kept, and restarts. */
enum { LANCZOS_VECTORS = 2, LANCZOS_RESTARTS = 3000 };

static igraph_error_t multiply(igraph_real_t *to, const igraph_real_t *from, int n, void *extra)
{
    (void)n;
    laplacian_multiply(to, from, extra);
    return IGRAPH_SUCCESS;
}

static igraph_arpack_options_t arpack_options(int n, int count)
{
    igraph_arpack_options_t o;
    int kept = LANCZOS_VECTORS * count + 20;
    igraph_arpack_options_init(&o);
    o.n = n;
    o.nev = count;
    o.ncv = kept < n ? kept : n;
    o.which[0] = 'L';
    o.which[1] = 'A';
    o.mxiter = LANCZOS_RESTARTS;
    o.tol = 1e-6;
    o.start = 1;
    return o;
}

/* A fixed start that leans to no node: the golden ratio's multiples, modulo 1. */
static void fill_start(igraph_matrix_t *vectors, int n)
{
    for (int i = 0; i < n; i++) MATRIX(*vectors, i, 0) = fmod(0.6180339887498949 * (i + 1), 1) - 0.5;
}

static igraph_error_t solve(double *vectors, const gat_laplacian *laplacian, int count)
{
    int n = laplacian->graph->num_nodes;
    igraph_arpack_options_t options = arpack_options(n, count);
    igraph_matrix_t found;
    igraph_error_t e = igraph_matrix_init(&found, n, 1);
    if (e) return e;
    fill_start(&found, n);
    e = igraph_arpack_rssolve(multiply, (void *)(uintptr_t)laplacian, &options, NULL, NULL, &found);
    if (!e && igraph_matrix_ncol(&found) < count) e = IGRAPH_ARPACK_MAXIT;
    if (!e)
        for (int k = 0; k < count; k++)
            for (int i = 0; i < n; i++) vectors[(int64_t)k * n + i] = MATRIX(found, i, k);
    igraph_matrix_destroy(&found);
    return e;
}

/* ARPACK's BLAS is not the one of kernels/linear.h: with one OpenMP thread it keeps to that. */
gat_status bridge_eigenvectors(double *vectors, const gat_laplacian *laplacian, int count, gat_error *err)
{
    int threads = parallel_threads();
    session s;
    session_open(&s);
    parallel_set_threads(1);
    igraph_error_t e = solve(vectors, laplacian, count);
    parallel_set_threads(threads);
    session_close(&s);
    return e ? failure(e, err) : GAT_OK;
}

/* ---- what draws random numbers ---- */

/* igraph's generator is one for the process: it is exchanged like the handlers. Whether igraph_rng_set_default takes the
 * generator or a copy differs between versions: what is put back serves both. */
typedef struct drawing {
    session s;
    igraph_rng_t rng, *place, old;
    bool has_rng;
} drawing;

static igraph_error_t drawing_open(drawing *d, uint64_t seed)
{
    session_open(&d->s);
    d->has_rng = false;
    igraph_error_t e = igraph_rng_init(&d->rng, &igraph_rngtype_pcg64);
    if (e) return e;
    d->has_rng = true;
    d->place = igraph_rng_default();
    d->old = *d->place;
    e = igraph_rng_seed(&d->rng, seed);
    igraph_rng_set_default(&d->rng);
    return e;
}

static void drawing_close(drawing *d)
{
    if (d->has_rng) {
        igraph_rng_set_default(d->place);
        *d->place = d->old;
        igraph_rng_destroy(&d->rng);
    }
    session_close(&d->s);
}

enum { LEIDEN_ROUNDS = 10, MOST_COARSER = 6 };

static int compare_sizes(const void *x, const void *y)
{
    const int32_t *a = x, *b = y;
    return (*a < *b) - (*a > *b);
}

/* Whether the `few` largest communities hold half of the nodes. */
static igraph_error_t look_at_sizes(bool *large, const igraph_vector_int_t *community, int few)
{
    int64_t n = igraph_vector_int_size(community), held = 0;
    int32_t *size = gat_calloc(n, sizeof *size);
    if (!size) return IGRAPH_ENOMEM;
    for (int64_t i = 0; i < n; i++) size[VECTOR(*community)[i]]++;
    qsort(size, (size_t)n, sizeof *size, compare_sizes);
    for (int64_t i = 0; i < few && i < n; i++) held += size[i];
    gat_free(size);
    *large = 2 * held >= n;
    return IGRAPH_SUCCESS;
}

/* Modularity: a node weighs its degree, and the resolution is what makes degrees into chances; half of it, and communities are
 * larger. */
static igraph_error_t partition(igraph_vector_int_t *found, session *s, int few)
{
    igraph_vector_t *degree = &s->pagerank;
    igraph_error_t e = igraph_vector_init(degree, 0);
    if (e) return e;
    s->has_pagerank = true;
    e = igraph_strength(&s->graph, degree, igraph_vss_all(), IGRAPH_ALL, IGRAPH_LOOPS, NULL);
    double ends = 2 * (double)igraph_ecount(&s->graph), resolution = ends > 0 ? 1 / ends : 1;
    bool large = false;
    for (int coarser = 0; !e && !large && coarser < MOST_COARSER; coarser++, resolution /= 2) {
        e = igraph_community_leiden(&s->graph, NULL, degree, resolution, 0.01, false, LEIDEN_ROUNDS, found, NULL, NULL);
        if (!e) e = look_at_sizes(&large, found, few);
    }
    return e;
}

static igraph_error_t community_of_each(int32_t *community, session *s, int few)
{
    igraph_vector_int_t *found = &s->sizes;
    igraph_error_t e = igraph_vector_int_init(found, 0);
    if (e) return e;
    s->has_sizes = true;
    e = partition(found, s, few);
    for (int64_t i = 0; !e && i < igraph_vector_int_size(found); i++) community[i] = (int32_t)VECTOR(*found)[i];
    return e;
}

gat_status bridge_communities(int32_t *community, const gat_triples *facts, int32_t num_nodes, int few, uint64_t seed,
                              gat_error *err)
{
    drawing d;
    igraph_error_t e = drawing_open(&d, seed);
    if (!e) e = build(&d.s, facts, num_nodes);
    if (!e) e = igraph_to_undirected(&d.s.graph, IGRAPH_TO_UNDIRECTED_COLLAPSE, NULL);
    if (!e) e = igraph_simplify(&d.s.graph, true, true, NULL);
    if (!e && num_nodes > 0) e = community_of_each(community, &d.s, few);
    drawing_close(&d);
    return e ? failure(e, err) : GAT_OK;
}

#else

bool bridge_built_in(void) { return false; }

gat_status bridge_measure(gat_graph_measures *out, double *pagerank, const gat_triples *facts, int32_t num_nodes,
                          gat_error *err)
{
    (void)pagerank;
    (void)facts;
    (void)num_nodes;
    *out = (gat_graph_measures){0};
    return error_set(err, GAT_EUSAGE, "graph measures are not built in (GATKIT_IGRAPH is off)");
}

gat_status bridge_eigenvectors(double *vectors, const gat_laplacian *laplacian, int count, gat_error *err)
{
    (void)vectors;
    (void)laplacian;
    (void)count;
    return error_set(err, GAT_EUSAGE, "positions laplacian: eigenvectors are not built in (GATKIT_IGRAPH is off)");
}

gat_status bridge_communities(int32_t *community, const gat_triples *facts, int32_t num_nodes, int few, uint64_t seed,
                              gat_error *err)
{
    (void)community;
    (void)few;
    (void)facts;
    (void)num_nodes;
    (void)seed;
    return error_set(err, GAT_EUSAGE, "communities are not built in (GATKIT_IGRAPH is off)");
}

#endif

/* Edges are gathered over many entities and their vectors made at once, a block after the other; each vector is added to
 * its entity in the order of the edges. */
#include "model/unseen.h"

#include <stdbool.h>
#include <string.h>

#include "autodiff/ops.h"
#include "base/error.h"
#include "base/memory.h"
#include "kernels/row.h"
#include "model/decoder.h"

enum { UNSEEN_ROWS = 4096 };

/* Edges from an embedded entity to one without, and what comes of them. */
typedef struct filling {
    const gat_model *model;
    gat_tape *tape;
    gat_mat x;
    int32_t entity[UNSEEN_ROWS], relation[UNSEEN_ROWS], target[UNSEEN_ROWS];
    int64_t count;
} filling;

/* Far edges are no facts: their relations have no vectors. */
static bool usable(const gat_graph *g, int64_t edge, const uint8_t *source, const uint8_t *hidden)
{
    return g->in_relation[edge] < 2 * g->num_relations && source[g->in_indices[edge]] == GAT_ROW_OWN &&
           !(hidden && hidden[edge]);
}

void unseen_sources(uint8_t *source, const gat_config *c, const gat_graph *g, const uint8_t *hidden)
{
    if (c->unknown == GAT_UNKNOWN_COMMON) return;
    for (int32_t i = 0; i < g->num_nodes; i++)
        for (int64_t e = g->in_indptr[i]; source[i] == GAT_ROW_COMMON && e < g->in_indptr[i + 1]; e++)
            if (usable(g, e, source, hidden)) source[i] = GAT_ROW_FILLED;
}

/* Mean of the trained embeddings, row after row. */
static gat_status mean_row(float *mean, const gat_model *m, gat_error *err)
{
    const float *table = param_value(&m->params, m->entity);
    int64_t n = m->num_seen, d = model_width(m);
    double *sum = gat_calloc(d, sizeof *sum);
    if (!sum) return error_nomem(err);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < d; j++) sum[j] += (double)table[i * d + j];
    for (int64_t j = 0; j < d; j++) mean[j] = n ? (float)(sum[j] / (double)n) : 0;
    gat_free(sum);
    return GAT_OK;
}

gat_status unseen_common_row(float *row, const gat_model *m, gat_error *err)
{
    if (m->unknown < 0) return mean_row(row, m, err);
    memcpy(row, param_value(&m->params, m->unknown), (size_t)model_width(m) * sizeof *row);
    return GAT_OK;
}

/* Adds the vectors of the gathered edges to their entities, and forgets the edges. */
static gat_status flush(filling *f, gat_error *err)
{
    const gat_model *m = f->model;
    gat_mat *asked = NULL;
    int64_t d = f->x.cols;
    tape_reset(f->tape);
    if (m->config.unknown == GAT_UNKNOWN_FACTS && f->count)
        asked = decoder_queries(f->tape, m, &f->x, ad_param(f->tape, &m->params, m->relation), f->entity, f->relation,
                                f->count, 0);
    gat_status st = tape_status(f->tape, err);
    for (int64_t i = 0; !st && i < f->count; i++)
        row_add(f->x.data + f->target[i] * d, asked ? asked->data + i * d : f->x.data + f->entity[i] * d, 1, d);
    f->count = 0;
    return st;
}

/* Gathers the usable edges of one entity; *used of them. */
static gat_status gather(filling *f, int64_t *used, int32_t node, const uint8_t *source, const gat_graph *g,
                         const uint8_t *hidden, gat_error *err)
{
    gat_status st = GAT_OK;
    *used = 0;
    for (int64_t e = g->in_indptr[node]; !st && e < g->in_indptr[node + 1]; e++) {
        if (!usable(g, e, source, hidden)) continue;
        f->entity[f->count] = g->in_indices[e];
        f->relation[f->count] = g->in_relation[e];
        f->target[f->count++] = node;
        ++*used;
        if (f->count == UNSEEN_ROWS) st = flush(f, err);
    }
    return st;
}

/* used (N): edges that each filled row was made from. */
static gat_status fill(filling *f, int64_t *used, const uint8_t *source, const gat_graph *g, const uint8_t *hidden,
                       gat_error *err)
{
    int64_t d = f->x.cols;
    gat_status st = GAT_OK;
    for (int32_t i = 0; !st && i < f->x.rows; i++) {
        if (source[i] != GAT_ROW_FILLED) continue;
        memset(f->x.data + i * d, 0, (size_t)d * sizeof(float));
        st = gather(f, &used[i], i, source, g, hidden, err);
    }
    if (!st) st = flush(f, err);
    for (int32_t i = 0; !st && i < f->x.rows; i++)
        for (int64_t j = 0; used[i] && j < d; j++) f->x.data[i * d + j] /= (float)used[i];
    return st;
}

gat_status unseen_fill(float *x, const uint8_t *source, const gat_model *m, const gat_graph *g, const uint8_t *hidden,
                       gat_error *err)
{
    filling *f = gat_calloc(1, sizeof *f);
    int64_t *used = gat_calloc(g->num_nodes, sizeof *used);
    gat_status st = f && used ? GAT_OK : error_nomem(err);
    if (!st && !(f->tape = tape_new(false))) st = error_nomem(err);
    if (!st) {
        f->model = m;
        f->x = (gat_mat){x, NULL, g->num_nodes, model_width(m)};
        st = fill(f, used, source, g, hidden, err);
    }
    if (f) tape_free(f->tape);
    gat_free(f);
    gat_free(used);
    return st;
}

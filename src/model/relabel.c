#include "model/relabel.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/training_memory.h"

enum { CACHED_TABLE = 1 << 24 }; /* floats: 64 MB */

bool relabel_wanted(const gat_config *c, int64_t n)
{
    if (c->node_order != GAT_NODES_AUTO) return c->node_order == GAT_NODES_BY_DEGREE;
    return c->model == GAT_MODEL_GAT && !training_is_sampled(c) && n * c->dim > CACHED_TABLE;
}

static void count_ends(int64_t *degree, const gat_triples *facts, int32_t n)
{
    for (int64_t i = 0; i < facts->count; i++) {
        const gat_triple *f = &facts->data[i];
        if (f->head < n) degree[f->head]++;
        if (f->tail < n) degree[f->tail]++;
    }
}

/* place <- by counting: first[d] is the place of the next entity of degree d. */
static void sort_places(int32_t *place, int64_t *first, const int64_t *degree, int32_t n, int64_t most)
{
    for (int32_t i = 0; i < n; i++) first[degree[i]]++;
    for (int64_t d = most, at = 0; d >= 0; d--) {
        int64_t count = first[d];
        first[d] = at;
        at += count;
    }
    for (int32_t i = 0; i < n; i++) place[i] = (int32_t)first[degree[i]]++;
}

gat_status relabel_by_degree(int32_t **place, const gat_triples *facts, int32_t n, gat_error *err)
{
    int64_t most = 0, *first = NULL, *degree = gat_calloc(n, sizeof *degree);
    *place = gat_alloc(n, sizeof **place);
    if (degree) count_ends(degree, facts, n);
    for (int32_t i = 0; degree && i < n; i++) most = degree[i] > most ? degree[i] : most;
    if (degree) first = gat_calloc(most + 1, sizeof *first);
    if (*place && first) sort_places(*place, first, degree, n, most);
    gat_status st = *place && first ? GAT_OK : error_nomem(err);
    if (st) {
        gat_free(*place);
        *place = NULL;
    }
    gat_free(first);
    gat_free(degree);
    return st;
}

gat_status relabel_invert(int32_t *place, int32_t n, gat_error *err)
{
    int32_t *old = gat_alloc(n, sizeof *old);
    if (!old) return error_nomem(err);
    memcpy(old, place, (size_t)n * sizeof *old);
    for (int32_t i = 0; i < n; i++) place[old[i]] = i;
    gat_free(old);
    return GAT_OK;
}

void relabel_facts(gat_triples *facts, const int32_t *place, int32_t n)
{
    for (int64_t i = 0; i < facts->count; i++) {
        gat_triple *f = &facts->data[i];
        if (f->head < n) f->head = place[f->head];
        if (f->tail < n) f->tail = place[f->tail];
    }
}

/* Row i (bytes) moves to row place[i]: cycle after cycle, two rows in hand. */
static gat_status move_rows(void *rows, size_t bytes, const int32_t *place, int32_t n, gat_error *err)
{
    char *row = rows, *carried = gat_alloc(2, bytes), *met = carried ? carried + bytes : NULL;
    bool *done = gat_calloc(n, sizeof *done);
    gat_status st = carried && done ? GAT_OK : error_nomem(err);
    for (int32_t start = 0; !st && start < n; start++) {
        if (done[start]) continue;
        memcpy(carried, row + (size_t)start * bytes, bytes);
        for (int32_t i = start; !done[i];) {
            int32_t to = place[i];
            memcpy(met, row + (size_t)to * bytes, bytes);
            memcpy(row + (size_t)to * bytes, carried, bytes);
            memcpy(carried, met, bytes);
            done[i] = true;
            i = to;
        }
    }
    gat_free(carried);
    gat_free(done);
    return st;
}

/* The names of the vocabulary in new order; those behind n stay behind. */
static gat_status move_names(gat_intern **names, const int32_t *place, int32_t n, gat_error *err)
{
    int32_t count = intern_count(*names), *old = gat_alloc(count, sizeof *old);
    gat_intern *moved = intern_new();
    gat_status st = old && moved ? GAT_OK : error_nomem(err);
    for (int32_t i = 0; !st && i < count; i++) old[i < n ? place[i] : i] = i;
    for (int32_t i = 0; !st && i < count; i++) {
        const char *name = intern_string(*names, old[i]);
        if (intern_add(moved, name, strlen(name)) < 0) st = error_nomem(err);
    }
    if (!st) {
        intern_free(*names);
        *names = moved;
        moved = NULL;
    }
    intern_free(moved);
    gat_free(old);
    return st;
}

gat_status relabel_model(gat_model *m, const int32_t *place, gat_error *err)
{
    int32_t n = m->num_seen;
    const gat_param *table = &m->params.list[m->entity];
    size_t row = (size_t)table->cols * sizeof(float);
    gat_status st = move_names(&m->entities, place, n, err);
    relabel_facts(&m->facts, place, n);
    if (!st) st = move_rows(param_value(&m->params, m->entity), row, place, n, err);
    if (!st && m->entity_text) st = move_rows(m->entity_text, sizeof *m->entity_text, place, n, err);
    if (!st && m->positions)
        st = move_rows(m->positions, (size_t)m->config.position_dim * sizeof *m->positions, place, n, err);
    return st;
}

#include "path/path_reasons.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { LEAST_BEAM = 64, BEAM_ROOM = 16 };

/* The last edges of a path; the first of them is edge[length - 1]: built from the answer on. */
typedef struct tail {
    double promise, weight; /* promise: of the best whole path with this end */
    int32_t node;           /* where it begins so far */
    int length;
    path_edge edge[PATH_MAX_LAYERS];
} tail;

/* The `width` most promising so far, and as many times that beside them as save sorting. */
typedef struct beam {
    tail *list;
    int64_t count, capacity, width;
} beam;

typedef struct finder {
    const path_graph *graph;
    path_scratch scratch;
    double *best; /* (L + 1, rows): weight of the best path to each row after so many layers */
    int64_t rows;
    beam now, next;
} finder;

/* Staying costs nothing; an edge its gate. */
static void fill_best(finder *f, int layers)
{
    const path_reach *s = &f->scratch.reach;
    f->best[0] = 1;
    for (int l = 0; l < layers; l++) {
        const double *at = f->best + l * f->rows;
        double *to = f->best + (l + 1) * f->rows;
        memcpy(to, at, (size_t)f->rows * sizeof *to);
        for (int64_t i = 0; i < s->rows_at[l]; i++) {
            const int32_t *target = s->target + s->first_edge[i];
            for (int32_t r = 0; r < s->runs[i]; r++) {
                int32_t run = s->first_run[i] + r;
                double weight = at[i] * (double)f->scratch.kept[l].gate[s->gate_place[i] + r];
                for (int32_t e = f->graph->run_edge[run]; e < f->graph->run_edge[run + 1]; e++, target++)
                    if (weight > to[*target]) to[*target] = weight;
            }
        }
    }
}

/* Heaviest first; equal ones by what they are, so that the order is always the same. */
static int compare_tails(const void *a, const void *b)
{
    const tail *x = a, *y = b;
    if (x->promise < y->promise || x->promise > y->promise) return x->promise > y->promise ? -1 : 1;
    if (x->length != y->length) return x->length - y->length;
    for (int i = 0; i < x->length; i++) {
        const path_edge *p = &x->edge[i], *q = &y->edge[i];
        if (p->from != q->from) return p->from < q->from ? -1 : 1;
        if (p->relation != q->relation) return p->relation < q->relation ? -1 : 1;
    }
    return x->weight > y->weight ? -1 : x->weight < y->weight;
}

static bool same_edges(const tail *x, const tail *y)
{
    if (x->length != y->length) return false;
    for (int i = 0; i < x->length; i++)
        if (x->edge[i].from != y->edge[i].from || x->edge[i].relation != y->edge[i].relation) return false;
    return true;
}

/* Keeps the most promising; the same edges in other layers count once. */
static void narrow(beam *b)
{
    int64_t kept = 0;
    if (b->count) qsort(b->list, (size_t)b->count, sizeof *b->list, compare_tails);
    for (int64_t i = 0; i < b->count && kept < b->width; i++) {
        bool known = false;
        for (int64_t j = 0; j < kept && !known; j++) known = same_edges(&b->list[i], &b->list[j]);
        if (!known) b->list[kept++] = b->list[i];
    }
    b->count = kept;
}

/* An answer may have a million edges: what is beyond the beam is dropped on the way. */
static gat_status push(beam *b, const tail *one, gat_error *err)
{
    if (b->count == BEAM_ROOM * b->width) narrow(b);
    if (b->count == b->capacity) {
        int64_t capacity = 2 * b->capacity + 256;
        tail *list = gat_regrow(b->list, b->count, capacity, sizeof *list);
        if (!list) return error_nomem(err);
        b->list = list;
        b->capacity = capacity;
    }
    b->list[b->count++] = *one;
    return GAT_OK;
}

static bool meets(const tail *t, int32_t node)
{
    for (int i = 0; i < t->length; i++)
        if (t->edge[i].from == node || t->edge[i].to == node) return true;
    return t->node == node;
}

/* The run of a row with this relation, -1 where there is none. */
static int32_t run_of(const finder *f, int32_t row, int32_t relation)
{
    const path_reach *s = &f->scratch.reach;
    const int32_t *runs = f->graph->run_relation + s->first_run[row];
    for (int32_t r = 0; r < s->runs[row]; r++)
        if (runs[r] == relation) return s->first_run[row] + r;
    return -1;
}

/* Whether a message went along the edge from `row` in this run to node `to`: it did not where the budget turned `to`
 * away. Targets of a run ascend. */
static bool was_walked(const finder *f, int32_t row, int32_t run, int32_t to)
{
    const path_reach *s = &f->scratch.reach;
    const path_graph *g = f->graph;
    int32_t low = g->run_edge[run], high = g->run_edge[run + 1];
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (g->target[middle] < to) low = middle + 1;
        else high = middle;
    }
    return s->target[s->first_edge[row] + low - g->run_edge[s->first_run[row]]] == s->row_of[to];
}

/* The tail longer by the edge (from, relation, its first node), walked in layer l. */
static gat_status lengthen(finder *f, const tail *t, int l, int32_t from, int32_t relation, gat_error *err)
{
    const path_reach *s = &f->scratch.reach;
    int32_t row = s->row_of[from];
    if (row < 0 || row >= s->rows_at[l] || meets(t, from)) return GAT_OK;
    int32_t run = run_of(f, row, relation);
    if (run < 0 || !was_walked(f, row, run, t->node)) return GAT_OK;
    tail longer = *t;
    float gate = f->scratch.kept[l].gate[s->gate_place[row] + run - s->first_run[row]];
    longer.weight *= (double)gate;
    longer.promise = longer.weight * f->best[l * f->rows + row];
    longer.edge[longer.length++] = (path_edge){from, relation, t->node, gate};
    longer.node = from;
    return longer.promise > 0 ? push(&f->next, &longer, err) : GAT_OK;
}

/* What the tails may have been before layer l: the same, or one edge longer. */
static gat_status step_back(finder *f, int l, gat_error *err)
{
    const path_graph *g = f->graph;
    gat_status st = GAT_OK;
    f->next.count = 0;
    for (int64_t i = 0; !st && i < f->now.count; i++) {
        tail t = f->now.list[i];
        int32_t row = f->scratch.reach.row_of[t.node];
        t.promise = t.weight * f->best[l * f->rows + row];
        if (t.promise > 0) st = push(&f->next, &t, err);
        for (int32_t run = g->node_run[t.node]; !st && run < g->node_run[t.node + 1]; run++)
            for (int32_t e = g->run_edge[run]; !st && e < g->run_edge[run + 1]; e++)
                st = lengthen(f, &t, l, g->target[e], reverse_relation(g, g->run_relation[run]), err);
    }
    narrow(&f->next);
    beam old = f->now;
    f->now = f->next;
    f->next = old;
    return st;
}

static void hand_out(path_reason *reasons, int64_t *count, int64_t most, const beam *found)
{
    for (int64_t i = 0; i < found->count && *count < most; i++) {
        const tail *t = &found->list[i];
        path_reason *r = &reasons[*count];
        if (!t->length) continue;
        *r = (path_reason){.weight = t->weight, .length = t->length};
        for (int k = 0; k < t->length; k++) r->edge[k] = t->edge[t->length - 1 - k];
        ++*count;
    }
}

static gat_status search(finder *f, int64_t most, int layers, int32_t answer, gat_error *err)
{
    int64_t width = 4 * most > LEAST_BEAM ? 4 * most : LEAST_BEAM;
    f->now.width = f->next.width = width;
    f->rows = f->scratch.reach.rows_at[layers];
    f->best = gat_calloc((layers + 1) * f->rows, sizeof *f->best);
    if (!f->best) return error_nomem(err);
    fill_best(f, layers);
    gat_status st = push(&f->now, &(tail){.weight = 1, .node = answer}, err);
    for (int l = layers - 1; !st && l >= 0; l--) st = step_back(f, l, err);
    return st;
}

gat_status path_reasons_find(path_reason *reasons, int64_t *count, int64_t most, const path_view *view, int32_t entity,
                             int32_t relation, int32_t answer, gat_error *err)
{
    finder f = {.graph = path_view_graph(view)};
    *count = 0;
    gat_status st = path_scratch_init(&f.scratch, f.graph->num_nodes, err);
    if (!st) st = path_attention(&f.scratch, view, 0, entity, relation, err);
    int layers = f.scratch.reach.layers;
    if (!st && f.scratch.reach.row_of[answer] >= 0) {
        st = search(&f, most, layers, answer, err);
        if (!st) hand_out(reasons, count, most, &f.now);
    }
    path_scratch_clear(&f.scratch);
    gat_free(f.best);
    gat_free(f.now.list);
    gat_free(f.next.list);
    return st;
}

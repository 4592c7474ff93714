#include "recommend/light_graph.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/kernels.h"

enum { STREAM_INIT = 0x7e50, STREAM_ORDER = 0x7e51, STREAM_NEGATIVE = 0x7e52 };
static const float FIRST = .1f;

static int64_t size_of(const light_graph *g) { return ((int64_t)g->h->users + g->h->items) * g->dim; }

gat_status light_graph_init(light_graph *g, const histories *h, int64_t dim, int64_t layers, uint64_t seed,
                            gat_error *err)
{
    *g = (light_graph){.h = h, .dim = dim, .layers = layers};
    int64_t n = size_of(g);
    g->value = gat_alloc(n, sizeof(float));
    g->final = gat_alloc(n, sizeof(float));
    g->grad = gat_calloc(n, sizeof(float));
    g->state = gat_calloc(2 * n, sizeof(float));
    g->turn = gat_alloc(2 * n, sizeof(float));
    if (!g->value || !g->final || !g->grad || !g->state || !g->turn) {
        light_graph_clear(g);
        return error_nomem(err);
    }
    random_fill_normal(g->value, n, FIRST, seed, random_stream(STREAM_INIT, 0, 0));
    return GAT_OK;
}

void light_graph_clear(light_graph *g)
{
    gat_free(g->value);
    gat_free(g->final);
    gat_free(g->grad);
    gat_free(g->state);
    gat_free(g->turn);
    memset(g, 0, sizeof *g);
}

/* ---- steps along interactions ----------------------------------------------------------------------------- */

static float root_of(int64_t n) { return n ? (float)(1 / sqrt((double)n)) : 0; }

static void gather(float *to, const float *from, const int64_t *start, const int32_t *index, const int64_t *other,
                   int32_t rows, int64_t d)
{
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t r = 0; r < rows; r++) {
        float *y = to + r * d, own = root_of(start[r + 1] - start[r]);
        memset(y, 0, (size_t)d * sizeof *y);
        for (int64_t e = start[r]; e < start[r + 1]; e++) {
            float w = own * root_of(other[index[e] + 1] - other[index[e]]);
            const float *x = from + index[e] * d;
            for (int64_t c = 0; c < d; c++) y[c] += w * x[c];
        }
    }
}

static void one_step(float *to, const float *from, const light_graph *g)
{
    const histories *h = g->h;
    int64_t users = h->users * g->dim;
    gather(to, from + users, h->start, h->item, h->item_start, h->users, g->dim);
    gather(to + users, from, h->item_start, h->user, h->start, h->items, g->dim);
}

/* to <- mean of x, A x, .. A^layers x. A is symmetric: this is its own gradient. */
static void spread(float *to, const float *x, light_graph *g)
{
    int64_t n = size_of(g);
    float *now = g->turn, *next = g->turn + n, share = 1 / (float)(g->layers + 1);
    memcpy(to, x, (size_t)n * sizeof *to);
    memcpy(now, x, (size_t)n * sizeof *to);
    for (int64_t l = 0; l < g->layers; l++) {
        one_step(next, now, g);
        kernels()->axpy(to, next, 1, n);
        float *swap = now;
        now = next, next = swap;
    }
    for (int64_t i = 0; i < n; i++) to[i] *= share;
}

void light_graph_spread(light_graph *g) { spread(g->final, g->value, g); }

/* A user's mean is that of what the steps bring, 1 .. layers: sums of items' rows over the root of the history's length. */
void light_graph_carry(float *carry, const light_graph *g)
{
    light_graph copy = *g;
    int64_t n = size_of(g), users = g->h->users * g->dim, items = g->h->items * g->dim;
    float *now = copy.turn, *next = copy.turn + n;
    memcpy(now, g->value, (size_t)n * sizeof *now);
    memset(carry, 0, (size_t)items * sizeof *carry);
    for (int64_t l = 0; l < g->layers; l++) {
        kernels()->axpy(carry, now + users, 1 / (float)(g->layers + 1), items);
        one_step(next, now, g);
        float *swap = now;
        now = next, next = swap;
    }
    for (int32_t i = 0; i < g->h->items; i++) {
        float root = root_of(g->h->item_start[i + 1] - g->h->item_start[i]);
        for (int64_t c = 0; c < g->dim; c++) carry[i * g->dim + c] *= root;
    }
}

/* ---- pairs ----------------------------------------------------------------------------------------------- */

typedef struct pair {
    int32_t user, wanted, other;
} pair;

/* Loss of one pair over `n`; its gradient to g->turn's place `dfinal`, that of the squares to grad. */
static double pair_loss(light_graph *g, float *dfinal, const pair *p, double n, double l2)
{
    int64_t d = g->dim, items = g->h->users;
    int64_t u = p->user * d, a = (items + p->wanted) * d, b = (items + p->other) * d;
    double margin = 0, squares = 0;
    for (int64_t c = 0; c < d; c++)
        margin += (double)g->final[u + c] * ((double)g->final[a + c] - (double)g->final[b + c]);
    float slope = (float)(-1 / (1 + exp(margin)) / n), decay = (float)(2 * l2 / n);
    for (int64_t c = 0; c < d; c++) {
        dfinal[u + c] += slope * (g->final[a + c] - g->final[b + c]);
        dfinal[a + c] += slope * g->final[u + c];
        dfinal[b + c] -= slope * g->final[u + c];
    }
    for (int64_t c = 0; c < d && l2 > 0; c++) {
        const float *v = g->value;
        squares += (double)(v[u + c] * v[u + c]) + (double)(v[a + c] * v[a + c]) + (double)(v[b + c] * v[b + c]);
        g->grad[u + c] += decay * v[u + c];
        g->grad[a + c] += decay * v[a + c];
        g->grad[b + c] += decay * v[b + c];
    }
    return (log1p(exp(-fabs(margin))) + (margin < 0 ? -margin : 0) + l2 * squares) / n;
}

double light_graph_loss(light_graph *g, const int32_t *pairs, int64_t n, double l2)
{
    int64_t size = size_of(g);
    double loss = 0;
    float *dfinal = gat_calloc(2 * size, sizeof *dfinal);
    if (!dfinal) return -1;
    float *back = dfinal + size;
    light_graph_spread(g);
    memset(g->grad, 0, (size_t)size * sizeof *g->grad);
    for (int64_t i = 0; i < n; i++) {
        const pair p = {pairs[3 * i], pairs[3 * i + 1], pairs[3 * i + 2]};
        loss += pair_loss(g, dfinal, &p, (double)n, l2);
    }
    spread(back, dfinal, g);
    kernels()->axpy(g->grad, back, 1, size);
    gat_free(dfinal);
    return loss;
}

static bool has_item(const histories *h, int32_t user, int32_t item)
{
    for (int64_t e = h->start[user]; e < h->start[user + 1]; e++)
        if (h->item[e] == item) return true;
    return false;
}

/* An item that the user has not, if some draws find one. */
static int32_t draw_other(const histories *h, int32_t user, uint64_t seed, int64_t epoch, int64_t place)
{
    int32_t item = 0;
    for (uint64_t draw = 0; draw < 50; draw++) {
        uint64_t stream = random_stream(STREAM_NEGATIVE, (uint64_t)epoch, draw);
        item = (int32_t)random_below(seed, stream, (uint64_t)place, h->items);
        if (!has_item(h, user, item)) break;
    }
    return item;
}

static int32_t user_of(const histories *h, int64_t event)
{
    int32_t low = 0, high = h->users - 1;
    while (low < high) {
        int32_t middle = low + (high - low + 1) / 2;
        if (h->start[middle] <= event) low = middle;
        else high = middle - 1;
    }
    return low;
}

gat_status light_graph_epoch(light_graph *g, const light_plan *p, int64_t epoch, double *loss,
                             int (*should_stop)(void *), void *context, gat_error *err)
{
    const histories *h = g->h;
    int64_t size = size_of(g), batch = p->batch < h->count ? p->batch : h->count;
    int64_t *order = gat_alloc(h->count, sizeof *order);
    int32_t *pairs = gat_alloc(3 * batch, sizeof *pairs);
    gat_status st = order && pairs ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < h->count; i++) order[i] = i;
    if (!st) random_shuffle(order, h->count, p->seed, random_stream(STREAM_ORDER, (uint64_t)epoch, 0));
    *loss = 0;
    for (int64_t first = 0; !st && first < h->count; first += batch) {
        int64_t n = h->count - first < batch ? h->count - first : batch;
        if (should_stop && should_stop(context)) st = error_set(err, GAT_EINTERRUPTED, "interrupted");
#pragma omp parallel for schedule(static)
        for (int64_t i = 0; i < n; i++) {
            int64_t event = order[first + i];
            int32_t user = user_of(h, event);
            pairs[3 * i] = user;
            pairs[3 * i + 1] = h->item[event];
            pairs[3 * i + 2] = draw_other(h, user, p->seed, epoch, event);
        }
        double now = light_graph_loss(g, pairs, n, p->l2);
        if (now < 0) st = error_nomem(err);
        else if (!isfinite(now))
            st = error_set(err, GAT_EFAILED, "the loss is no number any more; a smaller --lr may help");
        *loss += now * (double)n / (double)h->count;
        kernels()->adam(g->value, g->state, g->state + size, g->grad, size, (float)p->lr, .9f, .999f, 1e-8f, 0,
                        ++g->steps);
    }
    gat_free(order);
    gat_free(pairs);
    return st;
}

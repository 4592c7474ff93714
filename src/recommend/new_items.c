#include "recommend/new_items.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/triple_file.h"

typedef struct reading {
    new_items *fresh;
    const gat_recommender *r;
} reading;

static int32_t node_of(const gat_recommender *r, gat_term t)
{
    int32_t i = intern_find(r->items, t.bytes, t.length);
    if (i >= 0) return i;
    i = intern_find(r->entities, t.bytes, t.length);
    return i < 0 ? -1 : r->known.items + i;
}

static gat_status take(void *context, gat_term head, gat_term relation, gat_term tail, const char *path, int64_t line,
                       gat_error *err)
{
    reading *x = context;
    int32_t r = intern_find(x->r->relations, relation.bytes, relation.length), t = node_of(x->r, tail);
    (void)path, (void)line;
    if (node_of(x->r, head) >= 0) return GAT_OK;
    int32_t id = intern_add(x->fresh->names, head.bytes, head.length);
    if (id < 0) return error_nomem(err);
    if (r < 0 || t < 0) return GAT_OK;
    return triples_push(&x->fresh->facts, (gat_triple){(int32_t)recommender_nodes(x->r) + 1 + id, r, t}, err);
}

gat_status new_items_read(new_items *out, const gat_recommender *r, const char *path, gat_error *err)
{
    reading x = {out, r};
    triple_sink sink = {.add = take, .context = &x};
    *out = (new_items){.names = intern_new()};
    gat_status st = out->names ? triple_file_read(path, &sink, err) : error_nomem(err);
    out->count = out->names ? intern_count(out->names) : 0;
    if (!st) out->name = gat_calloc(out->count, sizeof *out->name);
    if (!st && !out->name) st = error_nomem(err);
    for (int32_t i = 0; !st && i < out->count; i++) {
        out->name[i] = gat_strdup(intern_string(out->names, i));
        if (!out->name[i]) st = error_nomem(err);
    }
    if (st) new_items_clear(out);
    return st;
}

void new_items_clear(new_items *x)
{
    for (int64_t i = 0; x->name && i < x->count; i++) gat_free(x->name[i]);
    gat_free(x->name);
    triples_clear(&x->facts);
    if (x->names) intern_free(x->names);
    memset(x, 0, sizeof *x);
}

gat_status new_items_score(float *scores, const new_items *x, const gat_recommender *r, const float *known,
                           gat_error *err)
{
    int32_t base = (int32_t)recommender_nodes(r) + 1;
    double *sum = gat_calloc(2 * x->count, sizeof *sum);
    if (!sum) return error_nomem(err);
    double *weight = sum + x->count;
    for (int64_t i = 0; i < x->facts.count; i++) {
        gat_triple f = x->facts.data[i];
        double all = 0, n = 0;
        for (int64_t k = 0; k < r->facts.count; k++) {
            gat_triple g = r->facts.data[k];
            if (g.tail != f.tail || g.relation != f.relation || g.head >= r->known.items || isinf(known[g.head]))
                continue;
            all += (double)known[g.head], n++;
        }
        if (n > 0) sum[f.head - base] += all / n / sqrt(n), weight[f.head - base] += 1 / sqrt(n);
    }
    for (int64_t i = 0; i < x->count; i++) scores[i] = weight[i] > 0 ? (float)(sum[i] / weight[i]) : -INFINITY;
    gat_free(sum);
    return GAT_OK;
}

#include "align/hold_out.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { STREAM_HOLD_OUT = 0xa123 };

static gat_status list_new(link_list *list, int64_t capacity, gat_error *err)
{
    *list = (link_list){.data = gat_alloc(capacity, sizeof *list->data), .capacity = capacity};
    return list->data ? GAT_OK : error_nomem(err);
}

gat_status hold_out(link_list *kept, link_list *held, const link_list *seeds, double share, uint64_t seed,
                    gat_error *err)
{
    int64_t n = seeds->count, wanted = (int64_t)(share * (double)n);
    int64_t *order = gat_alloc(n, sizeof *order);
    *kept = *held = (link_list){0};
    gat_status st = order ? list_new(kept, n, err) : error_nomem(err);
    if (!st) st = list_new(held, n, err);
    for (int64_t i = 0; !st && i < n; i++) order[i] = i;
    if (!st) random_shuffle(order, n, seed, random_stream(STREAM_HOLD_OUT, 0, 0));
    for (int64_t i = 0; !st && i < n; i++) {
        link_list *to = i < wanted ? held : kept;
        to->data[to->count++] = seeds->data[order[i]];
    }
    gat_free(order);
    if (st) {
        link_list_clear(kept);
        link_list_clear(held);
    }
    return st;
}

/* 0: no candidate. */
static double rank_of(const pair_matrix *m, gat_link link)
{
    int64_t e = pair_matrix_find(m, link.source, link.target), above = 0, equal = 0;
    if (e < 0 || m->value[e] <= 0) return 0;
    for (int64_t i = m->start[link.source]; i < m->start[link.source + 1]; i++) {
        above += m->value[i] > m->value[e];
        equal += i != e && m->value[i] >= m->value[e] && m->value[i] <= m->value[e];
    }
    return 1 + (double)above + 0.5 * (double)equal;
}

held_metrics held_evaluate(const pair_matrix *belief, const link_list *held)
{
    held_metrics m = {.links = held->count};
    for (int64_t i = 0; i < held->count; i++) {
        double rank = rank_of(belief, held->data[i]);
        if (rank < 1) continue;
        m.hits_at_1 += rank <= 1;
        m.hits_at_10 += rank <= 10;
        m.mrr += 1 / rank;
    }
    double n = held->count ? (double)held->count : 1;
    m.hits_at_1 /= n;
    m.hits_at_10 /= n;
    m.mrr /= n;
    return m;
}

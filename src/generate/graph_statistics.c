#include "generate/graph_statistics.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

gat_status graph_statistics_init(graph_statistics *s, int32_t relations, gat_error *err)
{
    *s = (graph_statistics){.relations = relations, .relation = gat_calloc(relations, sizeof *s->relation)};
    return s->relation ? GAT_OK : error_nomem(err);
}

void graph_statistics_clear(graph_statistics *s)
{
    gat_free(s->relation);
    gat_free(s->pair);
    *s = (graph_statistics){.pairs = 0};
}

static gat_status add_pair(graph_statistics *s, int32_t first, int32_t second, gat_error *err)
{
    if (s->pairs == s->room) {
        int64_t room = 2 * s->room + 1024;
        uint64_t *grown = gat_regrow(s->pair, s->pairs, room, sizeof *grown);
        if (!grown) return error_nomem(err);
        s->pair = grown;
        s->room = room;
    }
    s->pair[s->pairs++] = (uint64_t)first << 32 | (uint64_t)second;
    return GAT_OK;
}

/* Degrees of the entity at one end of fact i, unless a fact before has it at one of its ends. */
static void add_entity(graph_statistics *s, int32_t entity, const gat_triple *facts, int64_t n, int64_t i, bool is_tail)
{
    int64_t out = 0, in = 0;
    for (int64_t j = 0; j < i; j++)
        if (facts[j].head == entity || facts[j].tail == entity) return;
    if (is_tail && facts[i].head == entity) return;
    for (int64_t j = 0; j < n; j++) {
        out += facts[j].head == entity;
        in += facts[j].tail == entity;
    }
    s->degree[0][out]++;
    s->degree[1][in]++;
}

gat_status graph_statistics_add(graph_statistics *s, const gat_triple *facts, int64_t n, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = 0; i < n; i++) {
        s->relation[facts[i].relation]++;
        add_entity(s, facts[i].head, facts, n, i, false);
        add_entity(s, facts[i].tail, facts, n, i, true);
        for (int64_t j = 0; !st && j < n; j++)
            if (i != j && facts[i].tail == facts[j].head) st = add_pair(s, facts[i].relation, facts[j].relation, err);
    }
    return st;
}

static double distance(const double *a, const double *b, int64_t n)
{
    double sum_a = 0, sum_b = 0, total = 0;
    for (int64_t i = 0; i < n; i++) {
        sum_a += a[i];
        sum_b += b[i];
    }
    if (sum_a <= 0 || sum_b <= 0) return sum_a <= 0 && sum_b <= 0 ? 0 : 1;
    for (int64_t i = 0; i < n; i++) total += fabs(a[i] / sum_a - b[i] / sum_b);
    return total / 2;
}

static int compare_pairs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int64_t run_of(const graph_statistics *s, int64_t at, uint64_t pair)
{
    int64_t n = 0;
    while (at + n < s->pairs && s->pair[at + n] == pair) n++;
    return n;
}

/* Both sorted lists are walked at once, run by run. */
static double pair_distance(graph_statistics *a, graph_statistics *b)
{
    double total = 0;
    if (!a->pairs || !b->pairs) return !a->pairs && !b->pairs ? 0 : 1;
    qsort(a->pair, (size_t)a->pairs, sizeof *a->pair, compare_pairs);
    qsort(b->pair, (size_t)b->pairs, sizeof *b->pair, compare_pairs);
    for (int64_t i = 0, j = 0; i < a->pairs || j < b->pairs;) {
        uint64_t pair = j == b->pairs || (i < a->pairs && a->pair[i] < b->pair[j]) ? a->pair[i] : b->pair[j];
        int64_t in_a = run_of(a, i, pair), in_b = run_of(b, j, pair);
        total += fabs((double)in_a / (double)a->pairs - (double)in_b / (double)b->pairs);
        i += in_a;
        j += in_b;
    }
    return total / 2;
}

double graph_statistics_distance(graph_statistics *a, graph_statistics *b, graph_statistic which)
{
    if (which == STAT_PATHS) return pair_distance(a, b);
    if (which == STAT_RELATION) return distance(a->relation, b->relation, a->relations);
    return distance(a->degree[which], b->degree[which], GRAPH_MOST_TRIPLES + 1);
}

/* Three stable counting passes, least significant key first: to, relation, from. Every fact adds one to the
 * count of both its ends in either direction, so the passes over `to` and `from` share one histogram. */
#include "graph/directed.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* What one sort works on. */
typedef struct sorter {
    gat_directed *a, *b;
    int64_t *indptr;   /* (nodes + 1), kept */
    int64_t *next;     /* (nodes), where the next edge of a node goes */
    int64_t *relation; /* (2R + 1) */
} sorter;

static gat_status check(int32_t *num_nodes, const gat_triples *list, int64_t first, int32_t num_relations, bool open,
                        gat_error *err)
{
    for (int64_t i = 0; i < list->count; i++) {
        gat_triple f = list->data[i];
        int32_t low = f.head < f.tail ? f.head : f.tail, high = f.head < f.tail ? f.tail : f.head;
        if (low < 0 || high == INT32_MAX || (!open && high >= *num_nodes))
            return error_set(err, GAT_EUSAGE, "fact %lld: entity id out of range", (long long)(first + i));
        if (f.relation < 0 || f.relation >= num_relations)
            return error_set(err, GAT_EUSAGE, "fact %lld: relation id %d is not in [0, %d)", (long long)(first + i),
                             f.relation, num_relations);
        if (open && high >= *num_nodes) *num_nodes = high + 1;
    }
    return GAT_OK;
}

/* Checks every id and counts the facts. */
static gat_status survey(int64_t *facts, int32_t *num_nodes, const gat_triples *const *lists, int num_lists,
                         int32_t num_relations, gat_error *err)
{
    bool open = *num_nodes < 0;
    if (open) *num_nodes = 0;
    *facts = 0;
    if (num_relations < 0 || num_relations > INT32_MAX / 2 - 1)
        return error_set(err, GAT_EUSAGE, "%d relations: at most %d", num_relations, INT32_MAX / 2 - 1);
    for (int i = 0; i < num_lists; i++) {
        gat_status st = check(num_nodes, lists[i], *facts, num_relations, open, err);
        if (st) return st;
        *facts += lists[i]->count;
    }
    if (*facts > INT32_MAX) return error_set(err, GAT_EUSAGE, "%lld facts: at most %d", (long long)*facts, INT32_MAX);
    return GAT_OK;
}

/* counts[k + 1] holds how often k occurs; afterwards counts[k] is where k starts. */
static void starts_from_counts(int64_t *counts, int64_t n)
{
    for (int64_t i = 0; i < n; i++) counts[i + 1] += counts[i];
}

static void count_keys(sorter *s, const gat_triples *list, int32_t num_relations)
{
    for (int64_t i = 0; i < list->count; i++) {
        gat_triple f = list->data[i];
        s->indptr[f.head + 1]++;
        s->indptr[f.tail + 1]++;
        s->relation[f.relation + 1]++;
        s->relation[num_relations + f.relation + 1]++;
    }
}

static void scatter_by_to(sorter *s, const gat_triples *list, int32_t first, int32_t num_relations)
{
    for (int64_t i = 0; i < list->count; i++) {
        gat_triple f = list->data[i];
        int32_t fact = first + (int32_t)i;
        s->a[s->next[f.tail]++] = (gat_directed){f.head, f.relation, f.tail, fact};
        s->a[s->next[f.head]++] = (gat_directed){f.tail, num_relations + f.relation, f.head, fact};
    }
}

static void sort_all(sorter *s, const gat_triples *const *lists, int num_lists, int32_t num_nodes,
                     int32_t num_relations)
{
    int64_t first = 0, edges;
    for (int i = 0; i < num_lists; i++) count_keys(s, lists[i], num_relations);
    starts_from_counts(s->indptr, num_nodes);
    starts_from_counts(s->relation, 2 * (int64_t)num_relations);
    memcpy(s->next, s->indptr, (size_t)num_nodes * sizeof *s->next);
    for (int i = 0; i < num_lists; i++) {
        scatter_by_to(s, lists[i], (int32_t)first, num_relations);
        first += lists[i]->count;
    }
    edges = 2 * first;
    for (int64_t i = 0; i < edges; i++) s->b[s->relation[s->a[i].relation]++] = s->a[i];
    memcpy(s->next, s->indptr, (size_t)num_nodes * sizeof *s->next);
    for (int64_t i = 0; i < edges; i++) s->a[s->next[s->b[i].from]++] = s->b[i];
}

gat_status directed_sort(gat_directed **edges, int64_t **indptr, int32_t *num_nodes, const gat_triples *const *lists,
                         int num_lists, int32_t num_relations, gat_error *err)
{
    int64_t facts;
    sorter s = {0};
    *edges = NULL;
    *indptr = NULL;
    gat_status st = survey(&facts, num_nodes, lists, num_lists, num_relations, err);
    if (st) return st;
    s.a = gat_alloc(2 * facts, sizeof *s.a);
    s.b = gat_alloc(2 * facts, sizeof *s.b);
    s.indptr = gat_calloc((int64_t)*num_nodes + 1, sizeof *s.indptr);
    s.next = gat_alloc(*num_nodes, sizeof *s.next);
    s.relation = gat_calloc(2 * (int64_t)num_relations + 1, sizeof *s.relation);
    if (!s.a || !s.b || !s.indptr || !s.next || !s.relation) {
        st = error_nomem(err);
        goto done;
    }
    sort_all(&s, lists, num_lists, *num_nodes, num_relations);
    *edges = s.a;
    *indptr = s.indptr;
    s.a = NULL;
    s.indptr = NULL;
done:
    gat_free(s.a);
    gat_free(s.b);
    gat_free(s.indptr);
    gat_free(s.next);
    gat_free(s.relation);
    return st;
}

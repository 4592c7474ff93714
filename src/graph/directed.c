/* One counting pass puts the edges into their rows; the rows, which are short but for hubs, are sorted one by one, many at
 * a time. Edges of a row are all different, so the order does not depend on the way there. */
#include "graph/directed.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { SHORT_ROW = 24 };

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

/* ---- rows ---- */

static bool before(const gat_directed *a, const gat_directed *b)
{
    if (a->relation != b->relation) return a->relation < b->relation;
    if (a->to != b->to) return a->to < b->to;
    return a->fact < b->fact;
}

static void swap(gat_directed *a, gat_directed *b)
{
    gat_directed t = *a;
    *a = *b;
    *b = t;
}

static void insertion_sort(gat_directed *row, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        gat_directed e = row[i];
        int64_t at = i;
        for (; at > 0 && before(&e, &row[at - 1]); at--) row[at] = row[at - 1];
        row[at] = e;
    }
}

static void sift_down(gat_directed *row, int64_t at, int64_t n)
{
    for (int64_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && before(&row[child], &row[child + 1])) child++;
        if (!before(&row[at], &row[child])) return;
        swap(&row[at], &row[child]);
    }
}

static void heap_sort(gat_directed *row, int64_t n)
{
    for (int64_t i = n / 2 - 1; i >= 0; i--) sift_down(row, i, n);
    for (int64_t i = n - 1; i > 0; i--) {
        swap(&row[0], &row[i]);
        sift_down(row, 0, i);
    }
}

/* Elements before the returned place come before those from it on; 0 < place < n. Hoare's partition around the median of
 * three, which is in the middle of a row that is in order already. */
static int64_t partition(gat_directed *row, int64_t n)
{
    gat_directed *middle = &row[n / 2], *last = &row[n - 1];
    if (before(middle, row)) swap(middle, row);
    if (before(last, middle)) swap(last, middle);
    if (before(middle, row)) swap(middle, row);
    gat_directed pivot = *middle;
    int64_t i = 0, j = n - 1;
    for (;; i++, j--) {
        while (before(&row[i], &pivot)) i++;
        while (before(&pivot, &row[j])) j--;
        if (i >= j) return i == 0 ? 1 : i;
        swap(&row[i], &row[j]);
    }
}

/* Quicksort that becomes heapsort when the halves come out too uneven (Musser 1997). */
static void sort_row(gat_directed *row, int64_t n)
{
    int depth = 0;
    for (int64_t size = n; size > 0; size /= 2) depth += 2;
    struct {
        gat_directed *row;
        int64_t n;
        int depth;
    } stack[128];
    int top = 0;
    for (;;) {
        while (n > SHORT_ROW && depth-- > 0) {
            int64_t place = partition(row, n);
            stack[top].row = row + place, stack[top].n = n - place, stack[top++].depth = depth;
            n = place;
        }
        if (n > SHORT_ROW) heap_sort(row, n);
        else insertion_sort(row, n);
        if (!top) return;
        top--;
        row = stack[top].row, n = stack[top].n, depth = stack[top].depth;
    }
}

/* ---- all edges ---- */

/* indptr[v] <- where row v begins. */
static void count_rows(int64_t *indptr, const gat_triples *const *lists, int num_lists, int32_t num_nodes)
{
    for (int l = 0; l < num_lists; l++)
        for (int64_t i = 0; i < lists[l]->count; i++) {
            indptr[lists[l]->data[i].head + 1]++;
            indptr[lists[l]->data[i].tail + 1]++;
        }
    for (int32_t v = 0; v < num_nodes; v++) indptr[v + 1] += indptr[v];
}

static void fill_rows(gat_directed *edges, int64_t *next, const gat_triples *const *lists, int num_lists,
                      int32_t num_relations)
{
    int32_t fact = 0;
    for (int l = 0; l < num_lists; l++)
        for (int64_t i = 0; i < lists[l]->count; i++, fact++) {
            gat_triple f = lists[l]->data[i];
            edges[next[f.head]++] = (gat_directed){f.relation, f.tail, fact};
            edges[next[f.tail]++] = (gat_directed){num_relations + f.relation, f.head, fact};
        }
}

gat_status directed_sort(gat_directed **edges, int64_t **indptr, int32_t *num_nodes, const gat_triples *const *lists,
                         int num_lists, int32_t num_relations, gat_error *err)
{
    int64_t facts, *first = NULL, *next = NULL;
    gat_directed *e = NULL;
    *edges = NULL;
    *indptr = NULL;
    gat_status st = survey(&facts, num_nodes, lists, num_lists, num_relations, err);
    if (st) return st;
    e = gat_alloc(2 * facts, sizeof *e);
    first = gat_calloc((int64_t)*num_nodes + 1, sizeof *first);
    next = gat_alloc(*num_nodes, sizeof *next);
    if (!e || !first || !next) {
        st = error_nomem(err);
        goto done;
    }
    count_rows(first, lists, num_lists, *num_nodes);
    memcpy(next, first, (size_t)*num_nodes * sizeof *next);
    fill_rows(e, next, lists, num_lists, num_relations);
#pragma omp parallel for schedule(dynamic, 256)
    for (int32_t v = 0; v < *num_nodes; v++) sort_row(e + first[v], first[v + 1] - first[v]);
    *edges = e;
    *indptr = first;
    e = NULL;
    first = NULL;
done:
    gat_free(e);
    gat_free(first);
    gat_free(next);
    return st;
}

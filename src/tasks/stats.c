/* Everything but components and centrality is counted from the filter over train: a question (entity, relation)
 * is a distinct head of the relation, its answers are the facts. Repeated facts were dropped when reading. */
#include "tasks/stats.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "eval/relation_kind.h"
#include "graph/filter.h"
#include "graph/igraph_bridge.h"
#include "io/dataset.h"

void stats_free(gat_stats *stats)
{
    if (!stats) return;
    gat_free(stats->relation);
    gat_free(stats);
}

static bool reversed_in(const gat_filter *train, gat_triple f)
{
    return filter_contains(train, f.tail, f.relation, f.head);
}

static void count_splits(gat_stats *s, const gat_dataset *d)
{
    s->entities = intern_count(d->entities);
    s->relations = intern_count(d->relations);
    for (int i = 0; i < GAT_NUM_SPLITS; i++) {
        s->facts[i] = d->splits[i].count;
        s->duplicates[i] = d->duplicates[i];
        s->unseen[i] = d->unseen[i];
        s->present[i] = d->present[i];
    }
}

static int compare_counts(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The median of an even number of entities is the lower of the two in the middle. */
static gat_status measure_degrees(gat_stats *s, const gat_triples *train, gat_error *err)
{
    if (s->entities == 0) return GAT_OK;
    int64_t *degree = gat_calloc(s->entities, sizeof *degree);
    if (!degree) return error_nomem(err);
    for (int64_t i = 0; i < train->count; i++) {
        degree[train->data[i].head]++;
        degree[train->data[i].tail]++;
    }
    qsort(degree, (size_t)s->entities, sizeof *degree, compare_counts);
    while (s->isolated < s->entities && degree[s->isolated] == 0) s->isolated++;
    s->mean_degree = 2 * (double)train->count / (double)s->entities;
    s->median_degree = degree[(s->entities - 1) / 2];
    s->max_degree = degree[s->entities - 1];
    gat_free(degree);
    return GAT_OK;
}

static void measure_reverses(gat_stats *s, const gat_filter *train, const gat_triples *test)
{
    int64_t found = 0;
    for (int64_t i = 0; i < test->count; i++) found += reversed_in(train, test->data[i]);
    s->reverse_in_train = test->count ? (double)found / (double)test->count : 0;
}

/* Most facts first, then by name, so that the order does not depend on the order of the file. */
static int compare_relations(const void *a, const void *b)
{
    const gat_relation_stats *x = a, *y = b;
    if (x->facts != y->facts) return x->facts < y->facts ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* symmetric holds the count of facts on the way. */
static void fill_relations(gat_relation_stats *relation, const gat_relation_counts *counts, const gat_filter *filter,
                           const gat_dataset *d)
{
    const gat_triples *train = &d->splits[GAT_SPLIT_TRAIN];
    int32_t n = intern_count(d->relations);
    for (int32_t r = 0; r < n; r++)
        relation[r] = (gat_relation_stats){
            .name = intern_string(d->relations, r),
            .facts = counts[r].facts,
            .heads = counts[r].heads,
            .tails = counts[r].tails,
            .kind = relation_kind(counts[r]),
        };
    for (int64_t i = 0; i < train->count; i++)
        relation[train->data[i].relation].symmetric += reversed_in(filter, train->data[i]);
    for (int32_t r = 0; r < n; r++)
        if (relation[r].facts) relation[r].symmetric /= (double)relation[r].facts;
    qsort(relation, (size_t)n, sizeof *relation, compare_relations);
}

static gat_status measure_relations(gat_stats *s, const gat_filter *filter, const gat_dataset *d, gat_error *err)
{
    gat_relation_counts *counts = gat_alloc(s->relations, sizeof *counts);
    s->relation = gat_calloc(s->relations, sizeof *s->relation);
    gat_status st = counts && s->relation ? GAT_OK : error_nomem(err);
    if (!st) {
        s->num_relation_stats = s->relations;
        relation_counts(counts, filter, (int32_t)s->relations);
        fill_relations(s->relation, counts, filter, d);
    }
    gat_free(counts);
    return st;
}

/* Keeps the best few in order; equal values stay in the order of ids. */
static void keep_best(gat_stats *s, const char *name, double value)
{
    int at = s->num_pagerank;
    if (at == GAT_STATS_TOP && value <= s->pagerank[at - 1].value) return;
    if (at == GAT_STATS_TOP) at--;
    else s->num_pagerank++;
    for (; at > 0 && s->pagerank[at - 1].value < value; at--) s->pagerank[at] = s->pagerank[at - 1];
    s->pagerank[at] = (gat_ranked_entity){name, value};
}

static gat_status measure_graph(gat_stats *s, const gat_dataset *d, gat_error *err)
{
    gat_graph_measures measures;
    s->components = -1;
    if (!bridge_built_in()) return GAT_OK;
    double *pagerank = gat_alloc(s->entities, sizeof *pagerank);
    if (!pagerank) return error_nomem(err);
    gat_status st = bridge_measure(&measures, pagerank, &d->splits[GAT_SPLIT_TRAIN], (int32_t)s->entities, err);
    if (!st) {
        s->components = measures.components;
        s->largest_component = measures.largest_component;
        for (int32_t i = 0; i < s->entities; i++) keep_best(s, intern_string(d->entities, i), pagerank[i]);
    }
    gat_free(pagerank);
    return st;
}

gat_status stats_make(gat_stats **out, const gat_dataset *d, gat_error *err)
{
    const gat_triples *train = &d->splits[GAT_SPLIT_TRAIN];
    gat_filter *filter = NULL;
    gat_stats *s = gat_calloc(1, sizeof *s);
    *out = NULL;
    gat_status st = s ? filter_build(&filter, &train, 1, intern_count(d->relations), err) : error_nomem(err);
    if (st) goto done;
    count_splits(s, d);
    measure_reverses(s, filter, &d->splits[GAT_SPLIT_TEST]);
    st = measure_degrees(s, train, err);
    if (!st) st = measure_relations(s, filter, d, err);
    if (!st) st = measure_graph(s, d, err);
    if (st) goto done;
    *out = s;
    s = NULL;
done:
    filter_free(filter);
    stats_free(s);
    return st;
}

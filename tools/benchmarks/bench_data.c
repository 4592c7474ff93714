#include "bench_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "io/dataset.h"

enum { STREAM_HEAD = 1, STREAM_RELATION = 2, STREAM_TAIL = 3, STREAM_ORDER = 4 };

struct bench_data {
    const char *folder;
    bench_graph which; /* whose facts and graphs these are */
    bench_facts facts;
    gat_graph *graph;
};

bench_data *bench_data_new(const char *folder)
{
    bench_data *d = gat_calloc(1, sizeof *d);
    if (d) d->folder = folder;
    return d;
}

static void forget(bench_data *d)
{
    triples_clear(&d->facts.train);
    triples_clear(&d->facts.valid);
    triples_clear(&d->facts.test);
    graph_free(d->graph);
    *d = (bench_data){.folder = d->folder};
}

void bench_data_free(bench_data *d)
{
    if (d) forget(d);
    gat_free(d);
}

/* By the inverse of the distribution function, taken as continuous. */
static int64_t draw(double exponent, int32_t num_nodes, uint64_t seed, uint64_t stream, uint64_t index)
{
    double u = (double)random_4x32(seed, stream, index).v[0] * 0x1p-32, power = 1 - exponent;
    int64_t i = (int64_t)pow(1 + u * (pow((double)num_nodes + 1, power) - 1), 1 / power) - 1;
    return i < num_nodes ? i : num_nodes - 1;
}

gat_status power_law_facts(gat_triples *facts, int64_t count, int32_t num_nodes, int32_t num_relations, double exponent,
                           uint64_t seed, gat_error *err)
{
    int64_t *order = gat_alloc(num_nodes, sizeof *order);
    if (!order) return error_nomem(err);
    for (int64_t i = 0; i < num_nodes; i++) order[i] = i;
    random_shuffle(order, num_nodes, seed, STREAM_ORDER);
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < count; i++) {
        uint64_t at = (uint64_t)i;
        gat_triple fact = {(int32_t)order[draw(exponent, num_nodes, seed, STREAM_HEAD, at)],
                           (int32_t)random_below(seed, STREAM_RELATION, at, num_relations),
                           (int32_t)order[draw(exponent, num_nodes, seed, STREAM_TAIL, at)]};
        st = triples_push(facts, fact, err);
    }
    gat_free(order);
    return st;
}

static gat_status copy(gat_triples *to, const gat_triples *from, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < from->count; i++) st = triples_push(to, from->data[i], err);
    return st;
}

static gat_status benchmark_read(bench_facts *f, const char *folder, const char *name, gat_error *err)
{
    char path[1000];
    gat_dataset *set = NULL;
    snprintf(path, sizeof path, "%s/linkpred/%s", folder, name);
    gat_status st = dataset_load(&set, path, NULL, err);
    if (st) return st;
    f->num_nodes = intern_count(set->entities);
    f->num_relations = intern_count(set->relations);
    snprintf(f->label, sizeof f->label, "%s", name);
    st = copy(&f->train, &set->splits[GAT_SPLIT_TRAIN], err);
    if (!st) st = copy(&f->valid, &set->splits[GAT_SPLIT_VALID], err);
    if (!st) st = copy(&f->test, &set->splits[GAT_SPLIT_TEST], err);
    dataset_free(set);
    return st;
}

/* As many entities, relations and facts, and about the same largest degree. */
static gat_status fb15k237_imitate(bench_facts *f, gat_error *err)
{
    f->num_nodes = 14541;
    f->num_relations = 237;
    snprintf(f->label, sizeof f->label, "synthetic, of the size of FB15k-237");
    gat_status st = power_law_facts(&f->train, 272115, f->num_nodes, f->num_relations, 0.7, 1, err);
    if (!st) st = power_law_facts(&f->valid, 17535, f->num_nodes, f->num_relations, 0.7, 2, err);
    return st ? st : power_law_facts(&f->test, 20466, f->num_nodes, f->num_relations, 0.7, 3, err);
}

static gat_status wn18rr_imitate(bench_facts *f, gat_error *err)
{
    f->num_nodes = 40943;
    f->num_relations = 11;
    snprintf(f->label, sizeof f->label, "synthetic, of the size of WN18RR");
    return power_law_facts(&f->train, 86835, f->num_nodes, f->num_relations, 0.4, 1, err);
}

/* The benchmark where it is there, an imitation otherwise. */
static gat_status read_or_imitate(bench_data *d, bench_graph which, gat_error *err)
{
    bool fb = which == BENCH_FB15K237;
    if (!benchmark_read(&d->facts, d->folder, fb ? "FB15k-237" : "WN18RR", err)) return GAT_OK;
    forget(d);
    return fb ? fb15k237_imitate(&d->facts, err) : wn18rr_imitate(&d->facts, err);
}

/* 2 * 2.4 million edges and 200,000 self-loops. */
static gat_status power_law(bench_facts *f, gat_error *err)
{
    f->num_nodes = 200000;
    f->num_relations = 237;
    snprintf(f->label, sizeof f->label, "synthetic power law");
    return power_law_facts(&f->train, 2400000, f->num_nodes, f->num_relations, 0.633, 1, err);
}

gat_status data_facts(const bench_facts **out, bench_data *d, bench_graph which, gat_error *err)
{
    gat_status st = GAT_OK;
    *out = &d->facts;
    if (d->which == which) return GAT_OK;
    forget(d);
    if (which == BENCH_POWERLAW) st = power_law(&d->facts, err);
    else st = read_or_imitate(d, which, err);
    d->which = st ? BENCH_NO_GRAPH : which;
    return st;
}

gat_status data_graph(const gat_graph **out, bench_data *d, bench_graph which, gat_error *err)
{
    const bench_facts *f;
    *out = NULL;
    gat_status st = data_facts(&f, d, which, err);
    if (!st && !d->graph) st = graph_build(&d->graph, &f->train, f->num_nodes, f->num_relations, err);
    *out = d->graph;
    return st;
}

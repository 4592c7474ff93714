/* The facts and graphs that benchmarks run on, made when first asked for and kept.
 *
 * FB15k-237 and WN18RR are read from FOLDER/linkpred; where absent, made-up facts of the same size take their place, so that the
 * program runs anywhere. The power-law graph has 200,000 nodes, 5.0 million edges and a largest in-degree near 16,000. */
#ifndef GAT_BENCH_DATA_H
#define GAT_BENCH_DATA_H

#include "bench.h"
#include "graph/csr.h"
#include "graph/filter.h"

typedef struct bench_facts {
    int32_t num_nodes, num_relations;
    gat_triples train, valid, test;
    char label[80];
} bench_facts;

/* folder: of the benchmarks outside the repository; borrowed. NULL: out of memory. */
bench_data *bench_data_new(const char *folder);
void bench_data_free(bench_data *data);

/* Borrowed until another set than the last is asked for. */
gat_status data_facts(const bench_facts **out, bench_data *data, bench_graph which, gat_error *err);

/* The message graph of the training facts. Borrowed likewise. */
gat_status data_graph(const gat_graph **out, bench_data *data, bench_graph which, gat_error *err);

/* Facts between nodes drawn from a power law: node i, of a shuffled order, is an end of a fact with a chance that falls with
 * (i + 1)^-exponent. The same for the same seed. */
gat_status power_law_facts(gat_triples *facts, int64_t count, int32_t num_nodes, int32_t num_relations, double exponent,
                           uint64_t seed, gat_error *err);

#endif

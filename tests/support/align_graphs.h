/* Two graphs that tell of the same things under different names, for the tests of alignment. */
#ifndef GAT_TESTS_ALIGN_GRAPHS_H
#define GAT_TESTS_ALIGN_GRAPHS_H

#include <stdint.h>

#include "align/kg_side.h"
#include "align/pair_matrix.h"

/* Writes kg1.tsv, kg2.tsv: `facts` random facts over n things, entity i called "a<i>" and "b<i>", relations "p<k>" and
 * "q<k>", of which each graph misses a tenth; seeds.tsv with the first `seeds` links, rest.tsv with the others. rename: KG2
 * with entities "x<i>_other" and relations "y<k>_other" instead, in kg2_renamed.tsv, seeds_renamed.tsv. */
void align_graphs_write(int n, int facts, int seeds, uint64_t seed);

/* One side of what was written: 1 or 2. */
kg_side *align_graphs_load(int number);

/* A row-wise random matrix with `width` entries a row and values in (0, 1]. */
pair_matrix *align_graphs_random(int32_t rows, int32_t columns, int width, uint64_t seed);

#endif

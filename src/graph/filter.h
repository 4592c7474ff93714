/* The answers already known for a question: for (entity, relation) the sorted list of the other ends.
 *
 * Relations r in [0, R) ask for tails: key (head, r); relations R + r ask for heads: key (tail, R + r).
 * Built once, read by any number of threads. */
#ifndef GAT_GRAPH_FILTER_H
#define GAT_GRAPH_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "graph/triples.h"

typedef struct gat_filter gat_filter;

/* One question with its answers: a row of the one-against-all product. */
typedef struct gat_query {
    int32_t entity, relation; /* relation in [0, 2R) */
    int64_t first;            /* answers[first .. first + count) */
    int32_t count;
} gat_query;

/* Facts of all lists, both directions. `num_lists` pointers, borrowed for the call. */
gat_status filter_build(gat_filter **out, const gat_triples *const *lists, int num_lists, int32_t num_relations,
                        gat_error *err);

/* The answers of `base`, which is borrowed, and of further facts: where these have nothing to say, base is asked. Small
 * beside base. Its queries and answer array are those of the questions that the further facts answer, with all answers; it has no
 * fact ids. */
gat_status filter_extend(gat_filter **out, const gat_filter *base, const gat_triples *more, int32_t num_relations,
                         gat_error *err);
void filter_free(gat_filter *filter);

/* Known answers of (entity, relation), ascending, *count of them; NULL when there are none. */
const int32_t *filter_answers(const gat_filter *filter, int32_t entity, int32_t relation, int64_t *count);
bool filter_contains(const gat_filter *filter, int32_t entity, int32_t relation, int32_t answer);

/* Distinct questions, ordered by (entity, relation), one by its place, and the shared answer array. */
int64_t filter_num_queries(const gat_filter *filter);
gat_query filter_query(const gat_filter *filter, int64_t place);
const int32_t *filter_answer_array(const gat_filter *filter);
int64_t filter_num_answers(const gat_filter *filter);

/* For the answer at position i of the answer array: the index of its fact in the list it came from
 * (lists counted one after another). */
const int32_t *filter_fact_ids(const gat_filter *filter);

#endif

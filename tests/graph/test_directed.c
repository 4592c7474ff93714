/* The order of directed edges, for rows that make sorting hard. */
#include "graph/directed.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "support/check.h"

enum { LONG = 4096, RELATIONS = 3 };

typedef enum row_shape { ASCENDING, DESCENDING, EQUAL, RANDOM, PIPE, KILLER, SHAPES } row_shape;

/* Where fact i of the hub leads; KILLER is Musser's sequence against the median of three. */
static int32_t tail_of(row_shape shape, int32_t i)
{
    int32_t half = LONG / 2;
    switch (shape) {
    case ASCENDING: return i;
    case DESCENDING: return LONG - i;
    case EQUAL: return 7;
    case RANDOM: return (int32_t)random_below(3, 4, (uint64_t)i, LONG);
    case PIPE: return i < half ? i : LONG - i;
    default: return i < half ? (i % 2 ? half + i : i + 1) : 2 * (i - half + 1);
    }
}

static bool in_order(const gat_directed *a, const gat_directed *b)
{
    if (a->relation != b->relation) return a->relation < b->relation;
    return a->to != b->to ? a->to < b->to : a->fact < b->fact;
}

/* Every edge is that of its fact, and the rows are in order. */
static void check(const gat_triples *facts, int32_t nodes)
{
    gat_directed *edges;
    int64_t *indptr;
    const gat_triples *lists[] = {facts};
    assert_int_equal(directed_sort(&edges, &indptr, &nodes, lists, 1, RELATIONS, NULL), GAT_OK);
    assert_int_equal(indptr[nodes], 2 * facts->count);
    for (int32_t v = 0; v < nodes; v++)
        for (int64_t i = indptr[v]; i < indptr[v + 1]; i++) {
            gat_triple f = facts->data[edges[i].fact];
            bool forward = edges[i].relation < RELATIONS;
            assert_int_equal(forward ? f.head : f.tail, v);
            assert_int_equal(forward ? f.tail : f.head, edges[i].to);
            assert_int_equal(edges[i].relation, f.relation + (forward ? 0 : RELATIONS));
            assert_true(i == indptr[v] || in_order(&edges[i - 1], &edges[i]));
        }
    gat_free(edges);
    gat_free(indptr);
}

static void test_long_rows(void **state)
{
    (void)state;
    static gat_triple room[LONG];
    for (int shape = 0; shape < SHAPES; shape++)
        for (int32_t relations = 1; relations <= RELATIONS; relations += 2)
            for (FOR_THREADS(t)) {
                parallel_set_threads(thread_counts[t]);
                gat_triples facts = {room, LONG, LONG};
                for (int32_t i = 0; i < LONG; i++)
                    room[i] = (gat_triple){0, i % relations, tail_of((row_shape)shape, i)};
                check(&facts, LONG + 2);
                facts.count = 25; /* the shortest that is cut */
                check(&facts, LONG + 2);
            }
    parallel_set_threads(2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_long_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "support/tiny_graphs.h"

#include "base/random.h"
#include "support/check.h"

enum { STAR_LEAVES = 130, MANY_FACTS = 2000, MANY_NODES = 300 };

/* Node 8 has no fact. */
static gat_triple mixed[] = {{0, 0, 1}, {0, 0, 1}, {1, 0, 2}, {2, 1, 2}, {2, 1, 0}, {3, 2, 4}, {4, 2, 3}, {5, 0, 5},
                             {5, 1, 6}, {6, 1, 7}, {7, 2, 0}, {1, 2, 3}, {2, 0, 4}, {0, 0, 1}, {3, 1, 6}};

static gat_triple *star(void)
{
    static gat_triple facts[2 * STAR_LEAVES];
    for (int32_t i = 0; i < STAR_LEAVES; i++) {
        facts[2 * i] = (gat_triple){i + 1, 0, 0};
        facts[2 * i + 1] = (gat_triple){0, i % 2, i + 1};
    }
    return facts;
}

static gat_triple *many(void)
{
    static gat_triple facts[MANY_FACTS];
    for (uint64_t i = 0; i < MANY_FACTS; i++)
        facts[i] = (gat_triple){(int32_t)random_below(7, 1, i, MANY_NODES), (int32_t)random_below(7, 2, i, 4),
                                (int32_t)random_below(7, 3, i, MANY_NODES)};
    return facts;
}

gat_triples tiny_facts(tiny_shape shape)
{
    switch (shape) {
    case TINY_MIXED: return (gat_triples){mixed, sizeof mixed / sizeof *mixed, sizeof mixed / sizeof *mixed};
    case TINY_STAR: return (gat_triples){star(), 2 * STAR_LEAVES, 2 * STAR_LEAVES};
    case TINY_MANY: return (gat_triples){many(), MANY_FACTS, MANY_FACTS};
    default: return (gat_triples){0};
    }
}

int32_t tiny_nodes(tiny_shape shape)
{
    static const int32_t nodes[TINY_SHAPES] = {0, 3, 9, STAR_LEAVES + 1, MANY_NODES};
    return nodes[shape];
}

int32_t tiny_relations(tiny_shape shape)
{
    static const int32_t relations[TINY_SHAPES] = {0, 1, 3, 2, 4};
    return relations[shape];
}

gat_graph *tiny_graph(tiny_shape shape)
{
    gat_graph *g;
    gat_triples facts = tiny_facts(shape);
    assert_int_equal(graph_build(&g, &facts, tiny_nodes(shape), tiny_relations(shape), NULL), GAT_OK);
    return g;
}

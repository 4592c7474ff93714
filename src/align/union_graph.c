#include "align/union_graph.h"

#include "align/edge_kinds.h"
#include "base/error.h"
#include "base/memory.h"

/* Lists while they are being written. */
typedef struct lists {
    int64_t *start;
    int32_t *place;
    int64_t rows, count;
} lists;

static gat_status lists_new(lists *l, int64_t rows, int64_t most, gat_error *err)
{
    *l = (lists){gat_calloc(rows + 1, sizeof *l->start), gat_alloc(most, sizeof *l->place), 0, 0};
    return l->start && l->place ? GAT_OK : error_nomem(err);
}

static void lists_clear(lists *l)
{
    gat_free(l->start);
    gat_free(l->place);
}

static void lists_add(lists *l, int64_t place) { l->place[l->count++] = (int32_t)place; }
static void lists_end_row(lists *l) { l->start[++l->rows] = l->count; }

/* One side's place among nodes and relations, and the four lists. */
typedef struct builder {
    const kg_side *side;
    int64_t first_node, first_relation;
    lists edges, around, edge_relations, node_relations;
} builder;

static int32_t neighbor_at(const kg_side *s, int64_t i) { return s->neighbor[s->by_neighbor[i]]; }

/* The neighbours of x in turn; parallel edges become one with several relations. */
static void add_node(builder *b, int32_t x)
{
    const kg_side *s = b->side;
    int64_t end = s->edge_start[x + 1];
    lists_add(&b->around, b->first_node + x);
    for (int64_t i = s->edge_start[x]; i < end; i++) {
        bool first = i == s->edge_start[x] || neighbor_at(s, i) != neighbor_at(s, i - 1);
        bool last = i + 1 == end || neighbor_at(s, i) != neighbor_at(s, i + 1);
        lists_add(&b->edge_relations, b->first_relation + s->relation[s->by_neighbor[i]]);
        if (first) lists_add(&b->edges, b->first_node + neighbor_at(s, i));
        if (first && neighbor_at(s, i) != x) lists_add(&b->around, b->first_node + neighbor_at(s, i));
        if (last) lists_end_row(&b->edge_relations);
    }
    for (int64_t g = s->group_start[x]; g < s->group_start[x + 1]; g++)
        lists_add(&b->node_relations, b->first_relation + s->group_relation[g]);
    lists_end_row(&b->edges);
    lists_end_row(&b->around);
    lists_end_row(&b->node_relations);
}

static void add_side(builder *b, const kg_side *side)
{
    b->side = side;
    for (int32_t x = 0; x < side->num_entities; x++) add_node(b, x);
    b->first_node += side->num_entities;
    b->first_relation += 2 * (int64_t)side->num_relations;
}

/* Takes the lists over. */
static gat_status finish(row_lists *out, lists *l, int64_t columns, gat_error *err)
{
    gat_status st = row_lists_init(out, l->start, l->place, l->rows, columns, err);
    l->start = NULL;
    l->place = NULL;
    return st;
}

static gat_status name_nodes(reflection_edges *e, gat_error *err)
{
    const row_lists *l = &e->hears;
    e->node = gat_alloc(l->start[l->rows], sizeof *e->node);
    if (!e->node) return error_nomem(err);
    for (int64_t i = 0; i < l->rows; i++)
        for (int64_t k = l->start[i]; k < l->start[i + 1]; k++) e->node[k] = (int32_t)i;
    return GAT_OK;
}

gat_status union_graph_init(union_graph *out, const kg_side *a, const kg_side *b, gat_error *err)
{
    int64_t nodes = (int64_t)a->num_entities + b->num_entities, edges = a->num_edges + b->num_edges,
            relations = 2 * ((int64_t)a->num_relations + b->num_relations);
    builder w = {0};
    *out = (union_graph){.num_nodes = nodes, .num_relations = relations};
    gat_status st = nodes + edges > INT32_MAX ? error_set(err, GAT_EDATA, "the two graphs together are too large")
                                              : lists_new(&w.edges, nodes, edges, err);
    if (!st) st = lists_new(&w.around, nodes, nodes + edges, err);
    if (!st) st = lists_new(&w.edge_relations, edges, edges, err);
    if (!st) st = lists_new(&w.node_relations, nodes, a->num_groups + b->num_groups, err);
    if (!st) {
        add_side(&w, a);
        add_side(&w, b);
        st = finish(&out->edges.hears, &w.edges, nodes, err);
    }
    if (!st) st = finish(&out->around, &w.around, nodes, err);
    if (!st) st = name_nodes(&out->edges, err);
    if (!st)
        st = edge_kinds_init(&out->edges.kinds, &out->kind_relations, w.edge_relations.start, w.edge_relations.place,
                             w.edge_relations.rows, relations, err);
    if (!st) st = finish(&out->node_relations, &w.node_relations, relations, err);
    lists_clear(&w.edges);
    lists_clear(&w.around);
    lists_clear(&w.edge_relations);
    lists_clear(&w.node_relations);
    if (st) union_graph_clear(out);
    return st;
}

void union_graph_clear(union_graph *g)
{
    row_lists_clear(&g->edges.hears);
    row_lists_clear(&g->edges.kinds);
    gat_free(g->edges.node);
    row_lists_clear(&g->kind_relations);
    row_lists_clear(&g->around);
    row_lists_clear(&g->node_relations);
}

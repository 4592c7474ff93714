/* gatkit neighbors: what stands beside an entity, heaviest first. */
#include <string.h>

#include "cli/alignment_verbs.h"
#include "cli/graph_option.h"
#include "cli/report.h"

typedef struct neighbors_arguments {
    gat_common common;
    const char *input[2]; /* MODEL, ENTITY */
    graph_option graph;
    int order; /* a gat_neighbor_order, or -1: not given */
    int64_t hops, top;
} neighbors_arguments;

enum { KEY_BY = 'b', KEY_HOPS = 600, KEY_TOP = 'k', MOST_HOPS = 16, MOST_NEIGHBORS = 1000000000 };

static const struct argp_option options[] = {
    {"by", KEY_BY, "ORDER", 0,
     "attention (of the model's last layer), embedding (cosine) or graph (facts alone: 1 / (1 + facts of the "
     "neighbour)); "
     "default attention where the model has it, else graph",
     0},
    {"hops", KEY_HOPS, "N", 0,
     "how far to go (default 1); from 2 on every entity once, by its heaviest path, whose weights are multiplied", 0},
    {"top", KEY_TOP, "K", 0, "how many neighbours (default 10)", 0},
    GRAPH_OPTION("neighbours in these facts in place of the training facts"),
    {0}};

static error_t set_order(neighbors_arguments *a, const char *name, struct argp_state *state)
{
    static const char *const names[] = {
        [GAT_BY_ATTENTION] = "attention", [GAT_BY_EMBEDDING] = "embedding", [GAT_BY_GRAPH] = "graph"};
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        if (!strcmp(names[i], name)) a->order = i;
    return a->order < 0 ? argument_refuse(state, "--by %s: expected attention, embedding or graph", name) : 0;
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    neighbors_arguments *a = state->input;
    static const char *const names[] = {"MODEL", "ENTITY"};
    switch (key) {
    case KEY_BY: return set_order(a, arg, state);
    case KEY_HOPS: return argument_count(state, &a->hops, arg, "hops", 1, MOST_HOPS);
    case KEY_TOP: return argument_count(state, &a->top, arg, "top", 1, MOST_NEIGHBORS);
    case KEY_GRAPH:
    case KEY_ADD:
    case KEY_SKIP_UNKNOWN: graph_option_read(&a->graph, key, arg); return 0;
    default: return argument_positional(state, key, arg, a->input, names, 2);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL ENTITY",
    .doc =
        "Show what stands beside an entity, heaviest first: by the attention the model pays, by likeness of "
        "embeddings, or by "
        "the facts alone.\n\n"
        "  gatkit neighbors build/wordnet.gatkit dog.n.01\n"
        "  gatkit neighbors build/wordnet.gatkit dog.n.01 --by embedding --top 5\n"
        "  gatkit neighbors build/wordnet.gatkit dog.n.01 --hops 2 --json\v"
        "Of a kept alignment of two graphs (align --model-output) the likest entities of both graphs are shown, --by "
        "embedding, with the belief that they are counterparts; 1:NAME and 2:NAME tell which graph is meant.",
    .children = common_options,
};

static gat_status print_neighbors(const gat_model *model, const char *entity, const gat_neighbor *list, int64_t count,
                                  bool hops, gat_error *err)
{
    static const char *const heading[] = {"weight", "fact", "neighbour", "hops", ""};
    print_entity(model, entity);
    putchar('\n');
    if (!count) {
        puts("no neighbours");
        return GAT_OK;
    }
    gat_grid *grid = grid_new(hops ? "rllrl" : "rlll");
    for (int c = 0; c < 5; c++)
        if (hops || c != 3) grid_cell(grid, "%s", heading[c]);
    for (int64_t i = 0; i < count; i++) {
        const gat_neighbor *n = &list[i];
        const char *arrow = n->outgoing < 0 ? "" : n->outgoing ? " ->" : "<- ";
        grid_real(grid, n->weight, 4);
        grid_cell(grid, "%s%s%s", n->outgoing ? "" : arrow, n->relation, n->outgoing ? arrow : "");
        grid_text(grid, n->entity);
        if (hops) grid_cell(grid, "%d", n->hops);
        grid_text(grid, gat_model_entity_text(model, n->entity));
    }
    return report_grid(grid, err);
}

static gat_neighbor_order order_for(const neighbors_arguments *a, const gat_model_info *info)
{
    if (a->order >= 0) return (gat_neighbor_order)a->order;
    return *info->attention ? GAT_BY_ATTENTION : GAT_BY_GRAPH;
}

int cmd_neighbors(int argc, char **argv)
{
    neighbors_arguments a = {.order = -1, .hops = 1, .top = 10};
    gat_error *err = &a.common.error;
    gat_model *model = NULL;
    gat_dataset *graph = NULL;
    gat_neighbor *list = NULL;
    gat_model_info info;
    int64_t count = 0;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    const char *entity = a.input[1];
    bool further = a.graph.graph || a.graph.add;
    if (is_alignment(a.input[0]))
        return report_end(
            &a.common, alignment_neighbors_verb(&a.common, a.input[0], entity, a.order, a.hops, further, a.top, err));
    gat_status st = gat_model_load(&model, a.input[0], err);
    if (!st) st = gat_model_describe(&info, model, err);
    if (!st) st = graph_option_load(&graph, &a.graph, model, &a.common);
    if (!st) st = gat_neighbors(&list, &count, model, entity, order_for(&a, &info), (int)a.hops, a.top, graph, err);
    if (!st && a.common.json) st = report_json(report_neighbors(entity, list, count), err);
    else if (!st) st = print_neighbors(model, entity, list, count, a.hops > 1, err);
    gat_free_list(list);
    gat_dataset_free(graph);
    gat_model_free(model);
    return report_end(&a.common, st);
}

/* gatkit stats: counts, degrees, components and relation kinds of a knowledge graph. */
#include "base/clock.h"
#include "cli/report.h"

typedef struct stats_arguments {
    gat_common common;
    const char *data;
} stats_arguments;

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    stats_arguments *a = state->input;
    static const char *const names[] = {"DATA"};
    return argument_positional(state, key, arg, &a->data, names, 1);
}

static const struct argp argp = {
    .parser = read_option,
    .args_doc = "DATA",
    .doc = "Describe a knowledge graph: counts, degrees, components, the kind of every relation, and how many test "
           "facts the "
           "rule \"reverse of a training fact\" gives away.\n\n"
           "  gatkit stats datasets/wordnet\n"
           "  gatkit stats datasets/wordnet --json\n"
           "  gatkit stats datasets/wordnet/train.tsv.gz",
    .children = common_options,
};

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static json_t *splits_object(const gat_stats *s)
{
    json_t *splits = json_object();
    for (int i = 0; i < GAT_NUM_SPLITS; i++) {
        if (!s->present[i]) continue;
        json_t *split = json_pack("{s:I,s:I,s:I}", "facts", (json_int_t)s->facts[i], "duplicates",
                                  (json_int_t)s->duplicates[i], "unseen", (json_int_t)s->unseen[i]);
        splits = report_set(splits, gat_split_name((gat_split)i), split);
    }
    return splits;
}

static json_t *kinds_array(const gat_stats *s)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < s->num_relation_stats; i++) {
        const gat_relation_stats *r = &s->relation[i];
        json_t *row =
            json_pack("{s:s,s:s,s:I,s:I,s:I,s:o}", "relation", r->name, "kind", gat_relation_kind_name(r->kind),
                      "facts", (json_int_t)r->facts, "heads", (json_int_t)r->heads, "tails", (json_int_t)r->tails,
                      "symmetric", report_number(r->symmetric));
        array = report_append(array, row);
    }
    return array;
}

static json_t *central_array(const gat_stats *s)
{
    json_t *array = json_array();
    for (int i = 0; i < s->num_pagerank; i++) {
        json_t *row =
            json_pack("{s:s,s:o}", "entity", s->pagerank[i].name, "pagerank", report_number(s->pagerank[i].value));
        array = report_append(array, row);
    }
    return array;
}

static json_t *stats_object(const gat_stats *s, double read_seconds)
{
    json_t *degrees =
        json_pack("{s:o,s:I,s:I,s:I}", "mean", report_number(s->mean_degree), "median", (json_int_t)s->median_degree,
                  "max", (json_int_t)s->max_degree, "isolated", (json_int_t)s->isolated);
    bool known = s->components >= 0;
    return json_pack("{s:o,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "read_seconds", report_number(read_seconds),
                     "entities", (json_int_t)s->entities, "relations", (json_int_t)s->relations, "splits",
                     splits_object(s), "degrees", degrees, "reverse_in_train", report_number(s->reverse_in_train),
                     "components", known ? json_integer((json_int_t)s->components) : json_null(), "largest_component",
                     known ? json_integer((json_int_t)s->largest_component) : json_null(), "central", central_array(s),
                     "relation_kinds", kinds_array(s));
}

/* ---- for a person ---------------------------------------------------------------------------------------- */

static gat_status print_splits(const gat_stats *s, gat_error *err)
{
    static const char *const heading[] = {"split", "facts", "repeated", "with an entity or relation unseen in train"};
    gat_grid *grid = grid_new("lrrr");
    grid_row(grid, heading);
    for (int i = 0; i < GAT_NUM_SPLITS; i++) {
        if (!s->present[i]) continue;
        grid_cell(grid, "%s", gat_split_name((gat_split)i));
        grid_count(grid, s->facts[i]);
        grid_count(grid, s->duplicates[i]);
        grid_count(grid, s->unseen[i]);
    }
    return report_grid(grid, err);
}

static gat_status print_shape(const gat_stats *s, gat_error *err)
{
    gat_grid *grid = grid_new("ll");
    grid_pair_count(grid, "entities", s->entities);
    grid_pair_count(grid, "  without a training fact", s->isolated);
    grid_pair_count(grid, "relations", s->relations);
    grid_pair(grid, "degree", "mean %.2f, median %lld, largest %lld", s->mean_degree, (long long)s->median_degree,
              (long long)s->max_degree);
    if (s->components >= 0) {
        grid_pair_count(grid, "components", s->components);
        grid_pair_count(grid, "  largest", s->largest_component);
    }
    if (s->facts[GAT_SPLIT_TEST]) grid_pair(grid, "test facts reversed in train", "%.1f %%", 100 * s->reverse_in_train);
    return report_grid(grid, err);
}

static gat_status print_kinds(const gat_stats *s, gat_error *err)
{
    static const char *const heading[] = {"relation", "kind", "facts", "heads", "tails", "symmetric"};
    gat_grid *grid = grid_new("llrrrr");
    grid_row(grid, heading);
    for (int64_t i = 0; i < s->num_relation_stats; i++) {
        const gat_relation_stats *r = &s->relation[i];
        grid_text(grid, r->name);
        grid_cell(grid, "%s", gat_relation_kind_name(r->kind));
        grid_count(grid, r->facts);
        grid_count(grid, r->heads);
        grid_count(grid, r->tails);
        grid_cell(grid, "%.0f %%", 100 * r->symmetric);
    }
    return report_grid(grid, err);
}

static gat_status print_central(const gat_stats *s, gat_error *err)
{
    static const char *const heading[] = {"most central", "PageRank"};
    if (!s->num_pagerank) return GAT_OK;
    putchar('\n');
    gat_grid *grid = grid_new("lr");
    grid_row(grid, heading);
    for (int i = 0; i < s->num_pagerank; i++) {
        grid_text(grid, s->pagerank[i].name);
        grid_real(grid, s->pagerank[i].value, 5);
    }
    return report_grid(grid, err);
}

static gat_status print_stats(const gat_stats *s, double read_seconds, gat_error *err)
{
    gat_status st = print_splits(s, err);
    putchar('\n');
    if (!st) st = print_shape(s, err);
    putchar('\n');
    if (!st) st = print_kinds(s, err);
    if (!st) st = print_central(s, err);
    int64_t facts = 0;
    for (int i = 0; i < GAT_NUM_SPLITS; i++) facts += s->facts[i] + s->duplicates[i];
    if (!st)
        printf("\nread in %.2f s, %.1f million facts a second\n", read_seconds, 1e-6 * (double)facts / read_seconds);
    return st;
}

int cmd_stats(int argc, char **argv)
{
    stats_arguments a = {0};
    gat_error *err = &a.common.error;
    gat_dataset *data = NULL;
    gat_stats *stats = NULL;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    gat_status st = load_data(&data, &a.common, a.data, (gat_dataset_options){.holdout = -1});
    double read_seconds = clock_seconds() - a.common.started;
    if (!st) st = gat_stats_make(&stats, data, err);
    if (!st)
        st =
            a.common.json ? report_json(stats_object(stats, read_seconds), err) : print_stats(stats, read_seconds, err);
    gat_stats_free(stats);
    gat_dataset_free(data);
    return report_end(&a.common, st);
}

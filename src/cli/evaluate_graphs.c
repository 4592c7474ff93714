#include "cli/evaluate_graphs.h"

#include "base/error.h"
#include "cli/train_graphs.h"

static double share(int64_t part, int64_t whole) { return whole ? (double)part / (double)whole : 0; }

static json_t *distance_object(const gat_graph_distance *d)
{
    return json_pack("{s:o,s:o}", "generated", report_number(d->generated), "floor", report_number(d->floor));
}

static json_t *broken_object(const gat_generator_evaluation *e)
{
    json_t *object = json_object();
    for (int i = 0; i < GAT_GRAPH_RULES; i++)
        object = report_set(object, gat_graph_rule_name(i), json_integer((json_int_t)e->broken[i]));
    return object;
}

static json_t *evaluation_object(const gat_generator_evaluation *e)
{
    json_t *o = json_pack("{s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o}", "graphs", (json_int_t)e->graphs, "refused",
                          (json_int_t)e->refused, "valid", report_number(share(e->valid, e->graphs)), "novel",
                          report_number(share(e->novel, e->graphs)), "valid_novel",
                          report_number(share(e->valid_novel, e->graphs)), "distinct",
                          report_number(share(e->distinct, e->graphs)), "empty",
                          report_number(share(e->empty, e->graphs)), "broken", broken_object(e));
    o = report_set(o, "test",
                   json_pack("{s:I,s:o,s:o,s:I,s:o,s:o}", "graphs", (json_int_t)e->test_graphs, "valid",
                             report_number(share(e->test_valid, e->test_graphs)), "known",
                             report_number(share(e->test_known, e->test_graphs)), "scored", (json_int_t)e->scored,
                             "bits", report_number(e->bits), "bits_as_a_set", report_number(e->bits_set)));
    o = report_set(o, "out_degree", distance_object(&e->out_degree));
    o = report_set(o, "in_degree", distance_object(&e->in_degree));
    o = report_set(o, "relation", distance_object(&e->relation));
    o = report_set(o, "two_paths", distance_object(&e->two_paths));
    o = report_set(o, "seconds", report_number(e->seconds));
    return report_set(o, "peak_rss_mb", report_number(report_peak_mb()));
}

static void print_broken(const gat_generator_evaluation *e)
{
    const char *between = "rules broken first: ";
    for (int i = 0; i < GAT_GRAPH_RULES; i++) {
        if (!e->broken[i]) continue;
        printf("%s%s %lld", between, gat_graph_rule_name(i), (long long)e->broken[i]);
        between = ", ";
    }
    if (*between == ',') putchar('\n');
}

static gat_status print_distances(const gat_generator_evaluation *e, gat_error *err)
{
    static const char *const heading[] = {"total variation to test", "drawn", "as many of train"};
    gat_grid *grid = grid_new("lrr");
    const struct {
        const char *name;
        const gat_graph_distance *d;
    } rows[] = {{"out-degree", &e->out_degree},
                {"in-degree", &e->in_degree},
                {"relation", &e->relation},
                {"two relations in a row", &e->two_paths}};
    grid_row(grid, heading);
    for (int i = 0; i < 4; i++) {
        grid_text(grid, rows[i].name);
        grid_real(grid, rows[i].d->generated, 4);
        grid_real(grid, rows[i].d->floor, 4);
    }
    putchar('\n');
    return report_grid(grid, err);
}

static gat_status print_evaluation(const gat_generator_evaluation *e, gat_error *err)
{
    char graphs[32], refused[32], test[32], scored[32];
    printf("%s graphs drawn (%s refused on the way): valid %.2f%%, novel %.2f%%, valid and novel %.2f%%, distinct "
           "%.2f%%, empty %.2f%%\n",
           format_count(graphs, e->graphs), format_count(refused, e->refused), 100 * share(e->valid, e->graphs),
           100 * share(e->novel, e->graphs), 100 * share(e->valid_novel, e->graphs),
           100 * share(e->distinct, e->graphs), 100 * share(e->empty, e->graphs));
    print_broken(e);
    printf("%s graphs of test: valid by the same rules %.2f%%, in train or valid %.2f%%\n",
           format_count(test, e->test_graphs), 100 * share(e->test_valid, e->test_graphs),
           100 * share(e->test_known, e->test_graphs));
    printf(
        "bits per graph of test: %.3f in a random order of its triples; at most %.3f as a set (%s graphs whose names "
        "the model knows)\n",
        e->bits, e->bits_set, format_count(scored, e->scored));
    gat_status st = print_distances(e, err);
    printf("\n%.1f s\n", e->seconds);
    return st;
}

gat_status evaluate_graphs(gat_common *common, const char *path, const char *data,
                           const gat_generator_evaluate_options *options)
{
    gat_error *err = &common->error;
    gat_generator *model = NULL;
    gat_generator_evaluation e;
    gat_status st = gat_generator_load(&model, path, err);
    if (!st) st = gat_generator_evaluate(&e, model, data, options, err);
    if (!st) st = common->json ? report_json(evaluation_object(&e), err) : print_evaluation(&e, err);
    gat_generator_free(model);
    return st;
}

static gat_status print_info(const gat_generator_info *m, gat_error *err)
{
    gat_grid *grid = grid_new("ll");
    grid_pair(grid, "task", "graphs");
    grid_pair_count(grid, "graphs of train", m->train_graphs);
    grid_pair_count(grid, "graphs of valid", m->valid_graphs);
    grid_pair_count(grid, "triples of train", m->train_triples);
    grid_pair_count(grid, "most triples of a graph", m->most_triples);
    grid_pair_count(grid, "entities", m->entities);
    grid_pair_count(grid, "relations", m->relations);
    grid_pair_count(grid, "parameters", m->parameters);
    grid_pair_count(grid, "epochs", m->epochs);
    grid_pair_count(grid, "  kept", m->best_epoch);
    if (m->valid_bits >= 0) grid_pair(grid, "bits a graph of valid", "%.3f", m->valid_bits);
    grid_pair(grid, "digest", "%s", m->digest);
    grid_pair(grid, "data digest", "%s", m->data_digest);
    gat_status st = report_grid(grid, err);
    printf("\nconfiguration\n%s", m->config);
    return st;
}

gat_status info_graphs(gat_common *common, const char *path)
{
    gat_error *err = &common->error;
    gat_generator *model = NULL;
    gat_generator_info info;
    gat_status st = gat_generator_load(&model, path, err);
    if (!st) st = gat_generator_describe(&info, model, err);
    if (!st && common->json)
        st = report_json(report_set(generator_object(&info), "config", json_string(info.config)), err);
    else if (!st) st = print_info(&info, err);
    gat_generator_free(model);
    return st;
}

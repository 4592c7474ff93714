/* gatkit info: what a model is and came from. */
#include "cli/alignment_verbs.h"
#include "cli/evaluate_graphs.h"
#include "cli/evaluate_linking.h"
#include "cli/evaluate_recommend.h"
#include "cli/evaluate_relations.h"
#include "cli/report.h"

typedef struct info_arguments {
    gat_common common;
    const char *model;
} info_arguments;

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    info_arguments *a = state->input;
    static const char *const names[] = {"MODEL"};
    return argument_positional(state, key, arg, &a->model, names, 1);
}

static const struct argp argp = {
    .parser = read_option,
    .args_doc = "MODEL",
    .doc = "Tell what a model is and came from: sizes, configuration, metrics on valid, digests.\n\n"
           "  gatkit info build/wordnet.gatkit\n"
           "  gatkit info build/wordnet.gatkit --json",
    .children = common_options,
};

static gat_status print_info(const gat_model_info *m, gat_error *err)
{
    gat_grid *grid = grid_new("ll");
    grid_pair(grid, "model", "%s", m->model);
    if (report_attention(m)) grid_pair(grid, "attention", "%s", m->attention);
    if (*m->decoder) grid_pair(grid, "decoder", "%s", m->decoder);
    if (*m->side) grid_pair(grid, "side model", "decoder %s", m->side);
    grid_pair_count(grid, "dimension", m->dim);
    if (m->members > 1) grid_pair_count(grid, "members", m->members);
    grid_pair_count(grid, "parameters", m->parameters);
    grid_pair_count(grid, "entities", m->entities);
    grid_pair_count(grid, "  seen in training", m->seen_entities);
    grid_pair_count(grid, "relations", m->relations);
    grid_pair_count(grid, "training facts", m->train_triples);
    grid_pair_count(grid, m->queries ? "questions" : "epochs", m->queries ? m->queries : m->epochs);
    grid_pair_count(grid, "  kept", m->queries ? m->best_queries : m->best_epoch);
    if (m->eval_queries) grid_pair_count(grid, "  between validations", m->eval_queries);
    if (m->holdout > 0) grid_pair(grid, "held out", "%g (seed %llu)", m->holdout, (unsigned long long)m->holdout_seed);
    grid_pair(grid, "digest", "%s", m->digest);
    grid_pair(grid, "data digest", "%s", m->data_digest);
    gat_status st = report_grid(grid, err);
    if (st || !m->has_valid) return st;
    putchar('\n');
    grid = grid_new(RANKING_ALIGN);
    grid_row(grid, ranking_heading);
    if (grid) ranking_row(grid, *m->side ? "valid, paths alone" : "valid", &m->valid);
    return report_grid(grid, err);
}

int cmd_info(int argc, char **argv)
{
    info_arguments a = {0};
    gat_common *common = &a.common;
    gat_error *err = &common->error;
    gat_model *model = NULL;
    gat_model_info info;
    int code = arguments_read(&argp, argc, argv, common);
    if (code >= 0) return code;
    if (is_alignment(a.model)) return report_end(common, alignment_info(common, a.model, err));
    if (is_linker(a.model)) return report_end(common, info_linking(common, a.model));
    if (is_generator(a.model)) return report_end(common, info_graphs(common, a.model));
    if (is_recommender(a.model)) return report_end(common, info_recommender(common, a.model));
    if (is_relations(a.model)) return report_end(common, info_relations(common, a.model));
    gat_status st = gat_model_load(&model, a.model, err);
    if (!st) st = gat_model_describe(&info, model, err);
    if (!st) st = common->json ? report_json(report_card(&info), err) : print_info(&info, err);
    if (!st && !common->json) printf("\nconfiguration\n%s", info.config);
    gat_model_free(model);
    return report_end(common, st);
}

#include "cli/evaluate_recommend.h"

#include "cli/train_recommend.h"

bool is_recommender(const char *path)
{
    gat_file_kind kind;
    return !gat_file_kind_of(&kind, path, NULL) && kind == GAT_FILE_RECOMMENDER;
}

static void add_measures(gat_grid *grid, const gat_recommend_evaluation *e)
{
    grid_pair(grid, "recall@20", "%.4f", e->recall);
    grid_pair(grid, "NDCG@20", "%.4f", e->ndcg);
    grid_pair(grid, "AUC, negatives drawn uniformly", "%.4f", e->auc_uniform);
    grid_pair(grid, "AUC, negatives drawn by popularity", "%.4f", e->auc_popular);
}

static gat_status print_evaluation(const gat_recommend_evaluation *e, gat_error *err)
{
    gat_grid *grid = grid_new("ll");
    printf("split %s, full ranking of all items that are not in the user's train\n\n", gat_split_name(e->split));
    grid_pair_count(grid, "users", e->users);
    grid_pair_count(grid, "  left out: nothing of theirs in train", e->without_history + e->unknown_users);
    grid_pair_count(grid, "items", e->candidates);
    grid_pair_count(grid, "interactions to be found", e->wanted);
    add_measures(grid, e);
    gat_status st = report_grid(grid, err);
    printf("\n%.1f s, %.0f MB of memory at most\n", e->seconds, report_peak_mb());
    return st;
}

gat_status evaluate_recommend(gat_common *common, const char *path, const char *data, gat_split split)
{
    gat_recommender *model = NULL;
    gat_recommend_evaluation e;
    gat_error *err = &common->error;
    gat_status st = gat_recommender_load(&model, path, err);
    if (!st) st = gat_recommender_evaluate(&e, model, data, split, err);
    if (!st) {
        e.seconds = report_seconds(common);
        json_t *object = common->json ? report_set(recommend_measures(&e), "seconds", report_number(e.seconds)) : NULL;
        st = common->json ? report_json(report_set(object, "peak_rss_mb", report_number(report_peak_mb())), err)
                          : print_evaluation(&e, err);
    }
    gat_recommender_free(model);
    return st;
}

static gat_status print_info(const gat_recommend_info *m, gat_error *err)
{
    gat_grid *grid = grid_new("ll");
    grid_pair(grid, "task", "%s", "recommend");
    grid_pair(grid, "recommender", "%s", m->recommender);
    grid_pair_count(grid, "users", m->users);
    grid_pair_count(grid, "items", m->items);
    grid_pair_count(grid, "  in the graph", m->linked_items);
    grid_pair_count(grid, "interactions to learn from", m->interactions);
    grid_pair_count(grid, "facts", m->facts);
    grid_pair_count(grid, "relations", m->relations);
    grid_pair_count(grid, "numbers", m->parameters);
    grid_pair_count(grid, "epochs", m->epochs);
    grid_pair_count(grid, "  kept", m->best_epoch);
    if (m->valid.users) {
        grid_pair_count(grid, "users of valid", m->valid.users);
        add_measures(grid, &m->valid);
    }
    grid_pair(grid, "digest", "%s", m->digest);
    gat_status st = report_grid(grid, err);
    if (!st) printf("\nconfiguration\n%s", m->config);
    return st;
}

gat_status info_recommender(gat_common *common, const char *path)
{
    gat_recommender *model = NULL;
    gat_recommend_info info;
    gat_error *err = &common->error;
    gat_status st = gat_recommender_load(&model, path, err);
    if (!st) st = gat_recommender_describe(&info, model, err);
    if (!st && common->json)
        st = report_json(report_set(recommender_object(&info), "config", json_string(info.config)), err);
    else if (!st) st = print_info(&info, err);
    gat_recommender_free(model);
    return st;
}

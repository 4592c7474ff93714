#include "cli/evaluate_linking.h"

#include "cli/train_linking.h"

bool is_linker(const char *path)
{
    gat_file_kind kind;
    return !gat_file_kind_of(&kind, path, NULL) && kind == GAT_FILE_LINKER;
}

static json_t *evaluation_object(const gat_link_evaluation *e)
{
    json_t *object = json_pack(
        "{s:s,s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "task", "linking", "documents",
        (json_int_t)e->documents, "mentions", (json_int_t)e->mentions, "in_kg", (json_int_t)e->in_kg, "nil",
        (json_int_t)e->nil, "micro", report_number(e->micro), "macro", report_number(e->macro), "candidate_recall",
        report_number(e->recall), "most_linked", report_number(e->most_linked), "with_nil", report_number(e->with_nil),
        "nil_precision", report_number(e->nil_precision), "nil_recall", report_number(e->nil_recall), "brier",
        report_number(e->brier), "calibration_error", report_number(e->calibration_error), "seconds",
        report_number(e->seconds), "peak_rss_mb", report_number(report_peak_mb()));
    object = report_set(object, "heaviest_name", report_number(e->heaviest_name));
    return report_set(object, "recall_by_way",
                      json_pack("{s:o,s:o,s:o,s:o}", "exact", report_number(e->recall_exact), "folded",
                                report_number(e->recall_folded), "inflected", report_number(e->recall_inflected),
                                "similar", report_number(e->recall_similar)));
}

static gat_status print_evaluation(const gat_link_evaluation *e, gat_error *err)
{
    gat_grid *grid = grid_new("ll");
    grid_pair_count(grid, "documents", e->documents);
    grid_pair_count(grid, "annotated mentions", e->mentions);
    grid_pair_count(grid, "  of entities in the graph", e->in_kg);
    grid_pair(grid, "accuracy on these, all mentions", "%.4f", e->micro);
    grid_pair(grid, "  mean over documents", "%.4f", e->macro);
    grid_pair(grid, "  entity among the candidates", "%.4f", e->recall);
    grid_pair(grid, "    the name as it stands", "%.4f", e->recall_exact);
    grid_pair(grid, "    folded", "%.4f", e->recall_folded);
    grid_pair(grid, "    without an ending", "%.4f", e->recall_inflected);
    grid_pair(grid, "    a similar name", "%.4f", e->recall_similar);
    grid_pair(grid, "  rule: the candidate with most in-links", "%.4f", e->most_linked);
    if (e->heaviest_name > 0) grid_pair(grid, "  rule: what the name means most often", "%.4f", e->heaviest_name);
    grid_pair(grid, "accuracy with NIL", "%.4f", e->with_nil);
    grid_pair(grid, "  NIL, precision", "%.4f", e->nil_precision);
    grid_pair(grid, "  NIL, recall", "%.4f", e->nil_recall);
    grid_pair(grid, "Brier score of the probabilities", "%.4f", e->brier);
    grid_pair(grid, "  calibration error, ten bins", "%.4f", e->calibration_error);
    gat_status st = report_grid(grid, err);
    printf("\n%.1f s, %.0f MB of memory at most\n", e->seconds, report_peak_mb());
    return st;
}

gat_status evaluate_linking(gat_common *common, const char *path, const char *documents, double remove)
{
    const gat_link_evaluate_options options = {.remove_entities = remove};
    gat_linker *linker = NULL;
    gat_link_evaluation e;
    gat_error *err = &common->error;
    gat_status st = gat_linker_load(&linker, path, err);
    if (!st) st = gat_linker_evaluate(&e, linker, documents, &options, err);
    if (!st) {
        e.seconds = report_seconds(common);
        st = common->json ? report_json(evaluation_object(&e), err) : print_evaluation(&e, err);
    }
    gat_linker_free(linker);
    return st;
}

static gat_status print_info(const gat_link_info *m, gat_error *err)
{
    gat_grid *grid = grid_new("ll");
    grid_pair(grid, "task", "%s", "linking");
    grid_pair_count(grid, "training documents", m->documents);
    grid_pair_count(grid, "annotated mentions", m->mentions);
    grid_pair_count(grid, "documents held back", m->held_back);
    grid_pair(grid, m->held_back ? "  their mentions linked right" : "  training's mentions linked right", "%.4f",
              m->held_back_correct);
    grid_pair(grid, "NIL from probability", "%.2f", m->threshold);
    grid_pair_count(grid, "parameters", m->parameters);
    grid_pair_count(grid, "entities of the graph", m->kg_entities);
    grid_pair_count(grid, "facts of the graph", m->kg_facts);
    grid_pair_count(grid, "names", m->names);
    grid_pair(grid, "digest", "%s", m->digest);
    gat_status st = report_grid(grid, err);
    if (!st) printf("\nconfiguration\n%s", m->config);
    return st;
}

gat_status info_linking(gat_common *common, const char *path)
{
    gat_linker *linker = NULL;
    gat_link_info info;
    gat_error *err = &common->error;
    gat_status st = gat_linker_load(&linker, path, err);
    if (!st) st = gat_linker_describe(&info, linker, err);
    if (!st && common->json)
        st = report_json(report_set(linker_object(&info), "config", json_string(info.config)), err);
    else if (!st) st = print_info(&info, err);
    gat_linker_free(linker);
    return st;
}

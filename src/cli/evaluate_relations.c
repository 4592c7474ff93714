#include "cli/evaluate_relations.h"

#include "cli/train_relations.h"

bool is_relations(const char *path)
{
    gat_file_kind kind;
    return !gat_file_kind_of(&kind, path, NULL) && kind == GAT_FILE_RELATIONS;
}

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static json_t *score_object(const gat_relation_score *s)
{
    return json_pack("{s:I,s:I,s:I,s:o,s:o,s:o}", "gold", (json_int_t)s->gold, "said", (json_int_t)s->said, "right",
                     (json_int_t)s->right, "precision", report_number(s->precision), "recall", report_number(s->recall),
                     "f1", report_number(s->f1));
}

static json_t *views_object(const gat_relation_evaluation *e)
{
    static const char *const keys[GAT_NUM_RELATION_PARTS] = {"both", "text", "graph"};
    json_t *views = json_object();
    for (int p = 0; p < e->parts; p++) {
        json_t *groups = json_object();
        for (int g = 0; g < GAT_NUM_PAIR_GROUPS; g++) {
            const gat_relation_view *v = &e->view[p][g];
            json_t *view = json_pack("{s:I,s:o,s:o}", "sentences", (json_int_t)v->sentences, "macro_f1",
                                     report_number(v->macro_f1), "micro", score_object(&v->micro));
            groups = report_set(groups, gat_pair_group_name((gat_pair_group)g), view);
        }
        views = report_set(views, keys[p], groups);
    }
    return views;
}

static json_t *relations_array(const gat_relation_evaluation *e)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < e->num_relations; i++)
        array = report_append(array, json_pack("{s:s,s:o}", "relation", e->relation[i].relation, "score",
                                               score_object(&e->relation[i].score)));
    return array;
}

static double per_second(const gat_relation_evaluation *e)
{
    return e->seconds > 0 ? (double)e->sentences / e->seconds : 0;
}

static json_t *ranking_object(const gat_bag_ranking *r)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "average_precision", report_number(r->average_precision), "p_at_100",
                     report_number(r->at[0]), "p_at_200", report_number(r->at[1]), "p_at_300", report_number(r->at[2]),
                     "p_at_recall_10", report_number(r->at_recall[0]), "p_at_recall_30",
                     report_number(r->at_recall[1]));
}

static json_t *bags_object(const gat_bag_evaluation *b)
{
    static const char *const keys[GAT_NUM_BAG_WAYS] = {"attention", "best", "mean"};
    json_t *object =
        json_pack("{s:I,s:I,s:I,s:I,s:o}", "pairs", (json_int_t)b->pairs, "seen", (json_int_t)b->seen, "several",
                  (json_int_t)b->several, "facts", (json_int_t)b->facts, "micro", score_object(&b->micro));
    for (int way = 0; way < GAT_NUM_BAG_WAYS; way++)
        object = report_set(object, keys[way], ranking_object(&b->ranking[way]));
    object = report_set(object, "unseen_facts", json_integer((json_int_t)b->unseen_facts));
    return report_set(object, "unseen", ranking_object(&b->unseen));
}

static json_t *evaluation_object(const gat_relation_evaluation *e)
{
    json_t *object =
        json_pack("{s:s,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "task", "relations", "sentences",
                  (json_int_t)e->sentences, "macro_f1", report_number(e->macro_f1), "micro", score_object(&e->micro),
                  "accuracy", report_number(e->accuracy), "calibration_error", report_number(e->calibration_error),
                  "relations", relations_array(e), "views", views_object(e), "seconds", report_number(e->seconds),
                  "sentences_per_second", report_number(per_second(e)), "peak_rss_mb", report_number(report_peak_mb()));
    return e->bags ? report_set(object, "bags", bags_object(&e->bag)) : object;
}

/* ---- text ------------------------------------------------------------------------------------------------ */

static void score_row(gat_grid *grid, const gat_relation_score *s)
{
    grid_count(grid, s->gold);
    grid_count(grid, s->said);
    grid_count(grid, s->right);
    grid_real(grid, s->precision, 4);
    grid_real(grid, s->recall, 4);
    grid_real(grid, s->f1, 4);
}

static gat_status print_relations(const gat_relation_evaluation *e, gat_error *err)
{
    static const char *const heading[] = {"relation", "there", "said", "right", "precision", "recall", "F1"};
    gat_grid *grid = grid_new("lrrrrrr");
    grid_row(grid, heading);
    for (int64_t i = 0; i < e->num_relations; i++) {
        grid_text(grid, e->relation[i].relation);
        score_row(grid, &e->relation[i].score);
    }
    return report_grid(grid, err);
}

/* What text and graph give apart and together, on pairs that training knows and on others. */
static gat_status print_views(const gat_relation_evaluation *e, gat_error *err)
{
    static const char *const heading[] = {"micro-F1 by", "pairs",    "sentences", "precision",
                                          "recall",      "micro-F1", "macro-F1"};
    static const char *const groups[GAT_NUM_PAIR_GROUPS] = {"all", "seen", "unseen", "  both linked", "  other"};
    gat_grid *grid = grid_new("llrrrrr");
    grid_row(grid, heading);
    for (int p = 0; p < e->parts; p++)
        for (int g = 0; g < GAT_NUM_PAIR_GROUPS; g++) {
            const gat_relation_view *v = &e->view[p][g];
            if (!v->sentences) continue;
            const char *part = gat_relation_part_name(e->parts > 1 ? (gat_relation_part)p : GAT_PART_TEXT);
            grid_text(grid, g ? "" : part);
            grid_text(grid, groups[g]);
            grid_count(grid, v->sentences);
            grid_real(grid, v->micro.precision, 4);
            grid_real(grid, v->micro.recall, 4);
            grid_real(grid, v->micro.f1, 4);
            grid_real(grid, v->macro_f1, 4);
        }
    return report_grid(grid, err);
}

static void bag_row(gat_grid *grid, const char *name, const gat_bag_ranking *r)
{
    grid_text(grid, name);
    grid_real(grid, r->average_precision, 4);
    for (int k = 0; k < 3; k++) grid_real(grid, r->at[k], 4);
    for (int k = 0; k < 2; k++) grid_real(grid, r->at_recall[k], 4);
}

static gat_status print_bags(const gat_bag_evaluation *b, gat_error *err)
{
    static const char *const heading[] = {"sentences by", "area", "P@100", "P@200", "P@300", "P at R .1", "P at R .3"};
    char pairs[32], seen[32], several[32], facts[32];
    gat_grid *grid = grid_new("lrrrrrr");
    grid_row(grid, heading);
    for (int way = 0; way < GAT_NUM_BAG_WAYS; way++)
        bag_row(grid, gat_bag_way_name((gat_bag_way)way), &b->ranking[way]);
    if (b->seen && b->unseen_facts) bag_row(grid, "  unseen pairs, attention", &b->unseen);
    printf("\n%s pairs (%s in training, %s with several sentences), %s facts\n", format_count(pairs, b->pairs),
           format_count(seen, b->seen), format_count(several, b->several), format_count(facts, b->facts));
    gat_status st = report_grid(grid, err);
    printf("attention from its threshold on: precision %.4f, recall %.4f, micro-F1 %.4f\n", b->micro.precision,
           b->micro.recall, b->micro.f1);
    return st;
}

static gat_status print_evaluation(const gat_relation_evaluation *e, gat_error *err)
{
    char text[2][32];
    printf("macro-F1 %.4f, micro-F1 %.4f, accuracy %.4f\n", e->macro_f1, e->micro.f1, e->accuracy);
    printf("calibration error %.4f (expected, of the probabilities of answers)\n\n", e->calibration_error);
    gat_status st = print_relations(e, err);
    putchar('\n');
    if (!st) st = print_views(e, err);
    if (!st && e->bags) st = print_bags(&e->bag, err);
    printf("\n%s sentences in %.1f s, %s a second\n", format_count(text[0], e->sentences), e->seconds,
           format_count(text[1], (long long)per_second(e)));
    return st;
}

gat_status evaluate_relations(gat_common *common, const char *path, const char *sentences)
{
    gat_relations *model = NULL;
    gat_relation_evaluation *e = NULL;
    gat_error *err = &common->error;
    gat_status st = gat_relations_load(&model, path, err);
    if (!st) st = gat_relations_evaluate(&e, model, sentences, err);
    if (!st) st = common->json ? report_json(evaluation_object(e), err) : print_evaluation(e, err);
    gat_relation_evaluation_free(e);
    gat_relations_free(model);
    return st;
}

/* ---- info ------------------------------------------------------------------------------------------------ */

static gat_status print_info(const gat_relation_info *m, gat_error *err)
{
    gat_grid *grid = grid_new("ll");
    grid_pair(grid, "task", "%s", "relations");
    grid_pair_count(grid, "training sentences", m->sentences);
    grid_pair_count(grid, "labels", m->labels);
    grid_pair_count(grid, "features", m->features);
    grid_pair_count(grid, "nets", m->members);
    grid_pair_count(grid, "parameters", m->parameters);
    grid_pair_count(grid, "word vectors", m->vectors);
    grid_pair_count(grid, "entities of the graph", m->kg_entities);
    grid_pair_count(grid, "facts of the graph", m->kg_facts);
    grid_pair(grid, "states of the graph's model", "%s", m->kg_states ? "yes" : "no");
    grid_pair(grid, "answers for pairs", "%s", m->bags ? "yes" : "no");
    grid_pair(grid, "F1 on held-out folds", "%.4f", m->held_out_f1);
    grid_pair(grid, "digest", "%s", m->digest);
    grid_pair(grid, "data digest", "%s", m->data_digest);
    gat_status st = report_grid(grid, err);
    if (!st) printf("\nconfiguration\n%s", m->config);
    return st;
}

gat_status info_relations(gat_common *common, const char *path)
{
    gat_relations *model = NULL;
    gat_relation_info info;
    gat_error *err = &common->error;
    gat_status st = gat_relations_load(&model, path, err);
    if (!st) st = gat_relations_describe(&info, model, err);
    if (!st && common->json)
        st = report_json(report_set(report_relations(&info), "config", json_string(info.config)), err);
    else if (!st) st = print_info(&info, err);
    gat_relations_free(model);
    return st;
}

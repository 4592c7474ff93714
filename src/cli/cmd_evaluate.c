/* gatkit evaluate: filtered ranking over all entities, both directions, beside a rule that needs no learning. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/evaluate_graphs.h"
#include "cli/evaluate_linking.h"
#include "cli/evaluate_recommend.h"
#include "cli/evaluate_relations.h"
#include "cli/generate_arguments.h"
#include "cli/graph_option.h"
#include "cli/report.h"

typedef struct evaluate_arguments {
    gat_common common;
    const char *model, *data;
    graph_option graph;
    gat_split split;
    gat_precision precision;
    bool per_relation;
    double remove; /* of entities, for models of entity linking */
    gat_generator_evaluate_options graphs;
    const char *drawing; /* an option for models of --task graphs alone; NULL: there was none */
} evaluate_arguments;

enum {
    KEY_DATA = 'd',
    KEY_SPLIT = 's',
    KEY_PER_RELATION = 'r',
    KEY_PRECISION = 'p',
    KEY_REMOVE = 700,
    KEY_COUNT,
    KEY_RULES,
    KEY_TEMPERATURE,
    KEY_TOP_P,
    KEY_NOVEL,
    KEY_FREE,
    KEY_APART
};
enum { MOST_GRAPHS = 10000000 };

static const struct argp_option options[] = {
    {"data", KEY_DATA, "DATA", 0, "folder or file with the facts to measure on (needed)", 0},
    {"split", KEY_SPLIT, "NAME", 0,
     "which facts of DATA: train, valid, test, ind_train, ind_valid or ind_test (default test)", 0},
    {"per-relation", KEY_PER_RELATION, NULL, 0, "also every relation by itself", 0},
    GRAPH_OPTION("pass messages over these facts in place of the training facts"),
    {"precision", KEY_PRECISION, "f32|bf16", 0,
     "bf16: faster where the processor has it, with the same ranks: near scores are taken again in f32 (default f32)",
     0},
    {"remove-entities", KEY_REMOVE, "SHARE", 0,
     "a model of --task linking: take this share of the annotated entities out of the graph first, so that their "
     "mentions "
     "mean nothing in it (NIL)",
     0},
    {"count", KEY_COUNT, "N", 0, "a model of --task graphs: how many graphs are drawn (default 2000)", 0},
    {"rules", KEY_RULES, "FILE.json", 0,
     "a model of --task graphs: what makes a graph valid ('gatkit help files'; default: it is connected, heads and "
     "tails are such as train has with the relation, no triple comes twice)",
     0},
    {"temperature", KEY_TEMPERATURE, "T", 0, "a model of --task graphs: as for generate (default 1)", 0},
    {"top-p", KEY_TOP_P, "P", 0, "a model of --task graphs: as for generate", 0},
    {"novel", KEY_NOVEL, NULL, 0, "a model of --task graphs: as for generate", 0},
    {"apart", KEY_APART, NULL, 0, "a model of --task graphs: as for generate", 0},
    {"free", KEY_FREE, NULL, 0, "a model of --task graphs: as for generate", 0},
    {0}};

static error_t set_split(evaluate_arguments *a, const char *name, struct argp_state *state)
{
    int split = gat_split_by_name(name);
    if (split < 0)
        return argument_refuse(state, "--split %s: expected train, valid, test, ind_train, ind_valid or ind_test",
                               name);
    a->split = (gat_split)split;
    return 0;
}

static error_t set_precision(evaluate_arguments *a, const char *name, struct argp_state *state)
{
    bool bf16 = !strcmp(name, "bf16");
    if (!bf16 && strcmp(name, "f32") != 0) return argument_refuse(state, "--precision %s: expected f32 or bf16", name);
    a->precision = bf16 ? GAT_PRECISION_BF16 : GAT_PRECISION_F32;
    return 0;
}

static const char *option_name(int key)
{
    const struct argp_option *o = options;
    while (o->key != key) o++;
    return o->name;
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    evaluate_arguments *a = state->input;
    static const char *const names[] = {"MODEL"};
    if (key >= KEY_COUNT && key <= KEY_APART) a->drawing = option_name(key);
    switch (key) {
    case KEY_DATA: a->data = arg; return 0;
    case KEY_SPLIT: return set_split(a, arg, state);
    case KEY_GRAPH:
    case KEY_ADD:
    case KEY_SKIP_UNKNOWN: graph_option_read(&a->graph, key, arg); return 0;
    case KEY_PRECISION: return set_precision(a, arg, state);
    case KEY_PER_RELATION: a->per_relation = true; return 0;
    case KEY_REMOVE: return argument_real(state, &a->remove, arg, "remove-entities", 0, 1);
    case KEY_COUNT: return argument_count(state, &a->graphs.draw.count, arg, "count", 1, MOST_GRAPHS);
    case KEY_RULES: a->graphs.rules = arg; return 0;
    case KEY_TEMPERATURE: return argument_real(state, &a->graphs.draw.temperature, arg, "temperature", .01, 100);
    case KEY_TOP_P: return argument_top_p(state, &a->graphs.draw, arg);
    case KEY_NOVEL: a->graphs.draw.novel = true; return 0;
    case KEY_APART: a->graphs.draw.apart = true; return 0;
    case KEY_FREE: a->graphs.draw.free = true; return 0;
    case ARGP_KEY_SUCCESS: return argument_required(state, a->data, "data DATA");
    default: return argument_positional(state, key, arg, &a->model, names, 1);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL --data DATA",
    .doc =
        "Measure a model: for every fact of a split, rank the true tail and the true head among all entities of DATA, "
        "known other answers left out. Beside it stands the rule \"reverse of a training fact\", which learns "
        "nothing.\n\n"
        "  gatkit evaluate build/wordnet.gatkit --data datasets/wordnet\n"
        "  gatkit evaluate build/wordnet.gatkit --data datasets/wordnet \\\n"
        "      --split valid --per-relation\n"
        "  gatkit evaluate build/wordnet.gatkit --data datasets/wordnet --json\v"
        "Candidates, and the known answers left out, are those of DATA: facts to measure on go beside train in one "
        "folder, as "
        "test; a file with nothing else makes easier questions. Ties: the rank is the mean of the best and the worst "
        "place among equal scores (realistic); --json also has the optimistic and the pessimistic figures. A single "
        "file "
        "is split as it was for training, by the seed and share stored in the model.\n\n"
        "A model of --task relations is measured on a file of sentences, one of --task linking on a file of documents: "
        "DATA is that file, and of the options only the common ones and --remove-entities count.\n\n"
        "A model of --task graphs draws graphs, which are judged by rules and compared with test (total variation of "
        "degrees, relations and pairs of relations along two triples, beside that of as many graphs of train), and "
        "tells the bits of test; DATA is a folder as for its training.\n\n"
        "A model of --task recommend ranks all items that are not in a user's train: recall and NDCG at 20, and AUC; "
        "--split test or "
        "valid.",
    .children = common_options,
};

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static json_t *kinds_object(const gat_evaluation *e)
{
    json_t *kinds = json_object();
    for (int k = 0; k < GAT_NUM_RELATION_KINDS; k++)
        kinds = report_set(kinds, gat_relation_kind_name((gat_relation_kind)k), report_ranking(&e->kind[k]));
    return kinds;
}

static json_t *relations_array(const gat_evaluation *e)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < e->num_relations; i++) {
        const struct gat_relation_ranking *r = &e->relation[i];
        array = report_append(array, json_pack("{s:s,s:s,s:o,s:o,s:o}", "relation", r->name, "kind",
                                               gat_relation_kind_name(r->kind), "both", report_ranking(&r->both),
                                               "tail", report_ranking(&r->tail), "head", report_ranking(&r->head)));
    }
    return array;
}

static double queries_per_second(const gat_evaluation *e)
{
    return e->seconds > 0 ? (double)e->both.queries / e->seconds : 0;
}

static json_t *calibration_object(const gat_calibration_report *c)
{
    if (!c->answers) return json_null();
    return json_pack("{s:I,s:I,s:o,s:o,s:b}", "answers", (json_int_t)c->answers, "right", (json_int_t)c->right, "ece",
                     report_number(c->ece), "ece_best", report_number(c->ece_best), "fitted", c->fitted);
}

static json_t *evaluation_object(const evaluate_arguments *a, const gat_evaluation *e)
{
    json_t *object =
        json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o}", "split", gat_split_name(e->split), "both",
                  report_ranking(&e->both), "tail", report_ranking(&e->tail), "head", report_ranking(&e->head),
                  "baseline", report_ranking(&e->baseline), "kinds", kinds_object(e), "unseen", (json_int_t)e->unseen,
                  "seconds", report_number(e->seconds), "queries_per_second", report_number(queries_per_second(e)),
                  "peak_rss_mb", report_number(report_peak_mb()));
    object = report_set(object, "candidates", json_integer((json_int_t)e->candidates));
    object = report_set(object, "asked_in_graph", json_integer((json_int_t)e->in_graph));
    object = report_set(object, "calibration", calibration_object(&e->calibration));
    return a->per_relation ? report_set(object, "relations", relations_array(e)) : object;
}

/* ---- for a person ---------------------------------------------------------------------------------------- */

static gat_status print_summary(const gat_evaluation *e, gat_error *err)
{
    gat_grid *grid = grid_new(RANKING_ALIGN);
    grid_row(grid, ranking_heading);
    ranking_row(grid, "both directions", &e->both);
    ranking_row(grid, "  tails", &e->tail);
    ranking_row(grid, "  heads", &e->head);
    for (int k = 0; k < GAT_NUM_RELATION_KINDS; k++) {
        char label[32];
        snprintf(label, sizeof label, "  %s relations", gat_relation_kind_name((gat_relation_kind)k));
        if (e->kind[k].queries) ranking_row(grid, label, &e->kind[k]);
    }
    ranking_row(grid, "rule: reverse of a training fact", &e->baseline);
    return report_grid(grid, err);
}

static gat_status print_relations(const gat_evaluation *e, gat_error *err)
{
    static const char *const heading[] = {"relation",  "kind",      "queries", "MRR",
                                          "MRR tails", "MRR heads", "Hits@1",  "Hits@10"};
    gat_grid *grid = grid_new("llrrrrrr");
    grid_row(grid, heading);
    for (int64_t i = 0; i < e->num_relations; i++) {
        const struct gat_relation_ranking *r = &e->relation[i];
        grid_text(grid, r->name);
        grid_cell(grid, "%s", gat_relation_kind_name(r->kind));
        grid_count(grid, r->both.queries);
        grid_real(grid, r->both.realistic.mrr, 4);
        grid_real(grid, r->tail.realistic.mrr, 4);
        grid_real(grid, r->head.realistic.mrr, 4);
        grid_real(grid, r->both.realistic.hits_at_1, 4);
        grid_real(grid, r->both.realistic.hits_at_10, 4);
    }
    putchar('\n');
    return report_grid(grid, err);
}

/* A wide gap between the tie policies means that many scores are equal. */
static void print_notes(const gat_evaluation *e)
{
    const gat_ranking *both = &e->both;
    char text[32];
    if (both->optimistic.mrr - both->pessimistic.mrr > .001)
        printf("many equal scores: MRR %.4f optimistic, %.4f pessimistic\n", both->optimistic.mrr,
               both->pessimistic.mrr);
    if (e->unseen) printf("%s facts name an entity or relation unseen in training\n", format_count(text, e->unseen));
    if (e->in_graph)
        printf("%s facts asked are in the graph that answers are read from: the figures flatter\n",
               format_count(text, e->in_graph));
    if (e->calibration.answers)
        printf("probabilities: expected calibration error %.4f of the ten best answers (%.1f%% are right), %.4f of the "
               "best%s\n",
               e->calibration.ece, 100 * (double)e->calibration.right / (double)e->calibration.answers,
               e->calibration.ece_best, e->calibration.fitted ? "; they were fitted to this split" : "");
    printf("%.1f s, %s queries a second\n", e->seconds, format_count(text, (long long)queries_per_second(e)));
}

static gat_status print_evaluation(const evaluate_arguments *a, const gat_evaluation *e, gat_error *err)
{
    char text[32];
    printf("split %s, filtered, among the %s entities of DATA\n\n", gat_split_name(e->split),
           format_count(text, e->candidates));
    gat_status st = print_summary(e, err);
    if (!st && a->per_relation) st = print_relations(e, err);
    putchar('\n');
    print_notes(e);
    return st;
}

/* ---------------------------------------------------------------------------------------------------------- */

/* A single file is split as the model's training split it; a model of ready-made splits leaves a file whole. */
static gat_dataset_options split_of(const gat_model_info *info)
{
    return (gat_dataset_options){.holdout = info->holdout > 0 ? info->holdout : -1, .seed = info->holdout_seed};
}

static gat_status of_graphs(evaluate_arguments *a)
{
    if (a->split != GAT_SPLIT_TEST)
        return error_set(&a->common.error, GAT_EUSAGE, "--split: graphs are compared with test alone");
    a->graphs.draw.seed = a->common.seed ? strtoull(a->common.seed, NULL, 10) : 1;
    return evaluate_graphs(&a->common, a->model, a->data, &a->graphs);
}

static gat_status refuse_drawing(evaluate_arguments *a)
{
    return error_set(&a->common.error, GAT_EUSAGE, "--%s: %.300s is no model of --task graphs", a->drawing, a->model);
}

int cmd_evaluate(int argc, char **argv)
{
    evaluate_arguments a = {.split = GAT_SPLIT_TEST};
    gat_error *err = &a.common.error;
    gat_model *model = NULL;
    gat_dataset *data = NULL, *graph = NULL;
    gat_evaluation *evaluation = NULL;
    gat_model_info info;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    if (a.drawing && !is_generator(a.model)) return report_end(&a.common, refuse_drawing(&a));
    if (is_linker(a.model)) return report_end(&a.common, evaluate_linking(&a.common, a.model, a.data, a.remove));
    if (is_generator(a.model)) return report_end(&a.common, of_graphs(&a));
    if (is_recommender(a.model)) return report_end(&a.common, evaluate_recommend(&a.common, a.model, a.data, a.split));
    if (is_relations(a.model)) return report_end(&a.common, evaluate_relations(&a.common, a.model, a.data));
    gat_status st = gat_model_load(&model, a.model, err);
    if (!st) st = gat_model_describe(&info, model, err);
    if (!st) st = load_data(&data, &a.common, a.data, split_of(&info));
    if (!st) st = graph_option_skip(data, &a.graph, model, &a.common);
    if (!st) st = graph_option_load(&graph, &a.graph, model, &a.common);
    const gat_evaluate_options how = {.split = a.split, .graph = graph, .precision = a.precision};
    if (!st) st = gat_evaluate(&evaluation, model, data, &how, err);
    if (!st)
        st =
            a.common.json ? report_json(evaluation_object(&a, evaluation), err) : print_evaluation(&a, evaluation, err);
    gat_evaluation_free(evaluation);
    gat_dataset_free(graph);
    gat_dataset_free(data);
    gat_model_free(model);
    return report_end(&a.common, st);
}

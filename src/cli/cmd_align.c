/* gatkit align: which entities of two graphs are the same. */
#include <stdlib.h>
#include <string.h>

#include "cli/align_report.h"
#include "cli/interrupt.h"
#include "cli/output_path.h"
#include "cli/report.h"

typedef struct align_arguments {
    gat_common common;
    const char *input[2]; /* KG1, KG2 */
    const char *output, *scores, *model_output;
    int64_t top, rounds, column, dim; /* rounds: -1: by the data */
    int64_t explain;                  /* pairs */
    gat_align_options options;
} align_arguments;

enum {
    KEY_OUTPUT = 'o',
    KEY_SEEDS = 's',
    KEY_TIME_LIMIT = 't',
    KEY_VALID = 700,
    KEY_NAMES1,
    KEY_NAMES2,
    KEY_COLUMN,
    KEY_SOURCES,
    KEY_TARGETS,
    KEY_SCORES,
    KEY_TOP,
    KEY_DECODE,
    KEY_ENCODER,
    KEY_ROUNDS,
    KEY_MIN_CONFIDENCE,
    KEY_EXPLAIN,
    KEY_SKIP,
    KEY_MODEL_OUTPUT,
    KEY_APPLY,
    KEY_ATTRIBUTES1,
    KEY_ATTRIBUTES2,
    KEY_WORDS,
    KEY_DIM,
    DEFAULT_TOP = 10,
    MOST_ROUNDS = 1000
};

static const double LEAST_SECONDS = .001, MOST_SECONDS = 1e9;

static const struct argp_option own_options[] = {
    {NULL, 0, NULL, 0, "What is known:", 1},
    {"seeds", KEY_SEEDS, "FILE", 0, "known links: KG1 entity, KG2 entity", 0},
    {"valid", KEY_VALID, "FILE", 0, "links to choose and to calibrate by (default: a tenth of 100 or more seeds)", 0},
    {"names1", KEY_NAMES1, "FILE", 0, "names for KG1: entity, name, ...", 0},
    {"names2", KEY_NAMES2, "FILE", 0, "names for KG2", 0},
    {"name-column", KEY_COLUMN, "N", 0, "column of the names that is used, from 1 (default 2); where empty, column 2",
     0},
    {"word-vectors", KEY_WORDS, "FILE", 0,
     "word, numbers: likeness of the words of names as well; off by default, and worse than nothing where the vectors "
     "are small (25 numbers a word lowered what names found)",
     0},
    {"attributes1", KEY_ATTRIBUTES1, "FILE", 0,
     "values for KG1: entity, attribute, literal (or N-Triples, Turtle); literals are compared, attributes are not", 0},
    {"attributes2", KEY_ATTRIBUTES2, "FILE", 0, "values for KG2", 0},
    {"skip-bad-links", KEY_SKIP, NULL, 0, "leave out links that name unknown entities or contradict others", 0},
    {"apply", KEY_APPLY, "MODEL", 0,
     "a kept alignment of KG1 and KG2 as they were: its pairs stay, and entities that are new are aligned without "
     "training",
     0},
    {NULL, 0, NULL, 0, "What is asked:", 2},
    {"output", KEY_OUTPUT, "PAIRS.tsv", 0, "where to write the pairs (needed)", 0},
    {"sources", KEY_SOURCES, "FILE", 0, "KG1 entities that are asked about (default: all in no seed)", 0},
    {"targets", KEY_TARGETS, "FILE", 0, "KG2 entities that may answer (default: all in no seed)", 0},
    {"scores", KEY_SCORES, "FILE", 0, "write the best candidates as well: source, candidate, score", 0},
    {"top", KEY_TOP, "K", 0, "candidates of an entity in --scores (default 10)", 0},
    {"model-output", KEY_MODEL_OUTPUT, "MODEL", 0,
     "keep the alignment as a model file, for --apply, info, export, similarity and neighbors --by embedding", 0},
    {"min-confidence", KEY_MIN_CONFIDENCE, "C", 0, "leave out pairs with less, from 0 to 1 (default 0)", 0},
    {"explain", KEY_EXPLAIN, "PAIRS", OPTION_ARG_OPTIONAL,
     "print the five heaviest reasons for each pair, or for the first so many (--explain=10)", 0},
    {NULL, 0, NULL, 0, "How:", 3},
    {"rounds", KEY_ROUNDS, "N", 0,
     "rounds of neighbours alone (default: by the data, 10 or 15), before those with vectors; 0: one shot", 0},
    {"decode", KEY_DECODE, "NAME", 0, "sinkhorn (default), cosine, csls or one-to-one", 0},
    {"encoder", KEY_ENCODER, "NAME", 0,
     "where similarities come from: loop (default), attention (learned), both, or labels (propagated, as LightEA does "
     "it; "
     "--rounds shots, 3 by default)",
     0},
    {"dim", KEY_DIM, "N", 0, "numbers of a propagated label (default 256, or fewer where there is less room)", 0},
    {"time-limit", KEY_TIME_LIMIT, "SECONDS", 0, "end rounds early so that the whole command keeps within this time",
     0},
    {0}};

/* ---- arguments ------------------------------------------------------------------------------------------- */

static error_t set_decode(align_arguments *a, const char *arg, struct argp_state *state)
{
    int decode = gat_decode_by_name(arg);
    if (decode < 0) return argument_refuse(state, "--decode %s: expected sinkhorn, cosine, csls or one-to-one", arg);
    a->options.decode = (gat_align_decode)decode;
    return 0;
}

static error_t set_encoder(align_arguments *a, const char *arg, struct argp_state *state)
{
    int encoder = gat_align_encoder_by_name(arg);
    if (encoder < 0) return argument_refuse(state, "--encoder %s: expected loop, attention, both or labels", arg);
    a->options.encoder = (gat_align_encoder)encoder;
    return 0;
}

static error_t set_explain(align_arguments *a, const char *arg, struct argp_state *state)
{
    a->explain = INT64_MAX;
    return arg ? argument_count(state, &a->explain, arg, "explain", 1, 1000000000) : 0;
}

static error_t check_links(align_arguments *a, struct argp_state *state)
{
    const gat_align_options *o = &a->options;
    if (!o->attributes1 != !o->attributes2)
        return argument_refuse(state, "--attributes1 and --attributes2 go together");
    if (o->word_vectors && !o->names1) return argument_refuse(state, "--word-vectors needs --names1 and --names2");
    if (!o->names1 != !o->names2) return argument_refuse(state, "--names1 and --names2 go together");
    if (a->column && !o->names1) return argument_refuse(state, "--name-column needs --names1 and --names2");
    if (a->top && !a->scores) return argument_refuse(state, "--top needs --scores");
    if (!a->top) a->top = DEFAULT_TOP;
    return 0;
}

static bool same_path(const char *a, const char *b) { return a && b && !strcmp(a, b); }

static error_t check_outputs(const align_arguments *a, struct argp_state *state)
{
    if (same_path(a->scores, a->output))
        return argument_refuse(state, "--scores and --output name the same file: %s", a->scores);
    if (same_path(a->model_output, a->output) || same_path(a->model_output, a->scores))
        return argument_refuse(state, "--model-output and another output name the same file: %s", a->model_output);
    return 0;
}

/* What is settled by the model. */
static error_t check_apply(const align_arguments *a, struct argp_state *state)
{
    const gat_align_options *o = &a->options;
    if (o->seeds || o->valid)
        return argument_refuse(state, "--apply takes the pairs of the model for known: no --seeds, no --valid");
    if (o->encoder != GAT_ENCODER_LOOP) return argument_refuse(state, "--apply trains nothing: no --encoder");
    if (a->rounds == 0) return argument_refuse(state, "--apply works by rounds: --rounds 1 or more");
    return 0;
}

static error_t check(align_arguments *a, struct argp_state *state)
{
    const gat_align_options *o = &a->options;
    const char *inputs[] = {a->input[0], a->input[1], o->seeds, o->valid,       o->names1,      o->names2,
                            o->sources,  o->targets,  o->apply, o->attributes1, o->attributes2, o->word_vectors};
    enum { INPUTS = sizeof inputs / sizeof *inputs };
    error_t failed = check_links(a, state);
    if (!failed) failed = check_outputs(a, state);
    if (!failed && o->apply) failed = check_apply(a, state);
    if (!failed) failed = argument_output(state, a->output, "output PAIRS.tsv", inputs, INPUTS);
    if (!failed && a->scores) failed = argument_output(state, a->scores, "scores FILE", inputs, INPUTS);
    if (!failed && a->model_output)
        failed = argument_output(state, a->model_output, "model-output MODEL", inputs, INPUTS);
    return failed;
}

static error_t read_number(align_arguments *a, int key, char *arg, struct argp_state *state)
{
    gat_align_options *o = &a->options;
    switch (key) {
    case KEY_COLUMN: return argument_count(state, &a->column, arg, "name-column", 2, 1000);
    case KEY_TOP: return argument_count(state, &a->top, arg, "top", 1, 1000000);
    case KEY_DIM: return argument_count(state, &a->dim, arg, "dim", 16, 4096);
    case KEY_ROUNDS: return argument_count(state, &a->rounds, arg, "rounds", 0, MOST_ROUNDS);
    case KEY_MIN_CONFIDENCE: return argument_real(state, &o->min_confidence, arg, "min-confidence", 0, 1);
    case KEY_TIME_LIMIT: return argument_real(state, &o->time_limit, arg, "time-limit", LEAST_SECONDS, MOST_SECONDS);
    default: return ARGP_ERR_UNKNOWN;
    }
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    align_arguments *a = state->input;
    gat_align_options *o = &a->options;
    static const char *const names[] = {"KG1", "KG2"};
    error_t known = read_number(a, key, arg, state);
    if (known != ARGP_ERR_UNKNOWN) return known;
    switch (key) {
    case KEY_OUTPUT: a->output = arg; return 0;
    case KEY_SEEDS: o->seeds = arg; return 0;
    case KEY_VALID: o->valid = arg; return 0;
    case KEY_NAMES1: o->names1 = arg; return 0;
    case KEY_NAMES2: o->names2 = arg; return 0;
    case KEY_WORDS: o->word_vectors = arg; return 0;
    case KEY_ATTRIBUTES1: o->attributes1 = arg; return 0;
    case KEY_ATTRIBUTES2: o->attributes2 = arg; return 0;
    case KEY_SOURCES: o->sources = arg; return 0;
    case KEY_TARGETS: o->targets = arg; return 0;
    case KEY_SCORES: a->scores = arg; return 0;
    case KEY_DECODE: return set_decode(a, arg, state);
    case KEY_ENCODER: return set_encoder(a, arg, state);
    case KEY_EXPLAIN: return set_explain(a, arg, state);
    case KEY_SKIP: o->skip_bad_links = true; return 0;
    case KEY_MODEL_OUTPUT: a->model_output = arg; return 0;
    case KEY_APPLY: o->apply = arg; return 0;
    case ARGP_KEY_SUCCESS: return check(a, state);
    default: return argument_positional(state, key, arg, a->input, names, 2);
    }
}

static const struct argp argp = {
    .options = own_options,
    .parser = read_option,
    .args_doc = "KG1 KG2 --output PAIRS.tsv",
    .doc =
        "Find which entities of two graphs are the same, from known links (--seeds), from names, or from both.\n\n"
        "  gatkit align datasets/gene-ontology/2013 datasets/gene-ontology/2022 \\\n"
        "      --seeds datasets/gene-ontology/train_links.tsv \\\n"
        "      --output build/pairs.tsv --explain=10 --model-output build/terms.gatkit\n"
        "  gatkit align datasets/gene-ontology/2013 datasets/gene-ontology/2022 \\\n"
        "      --apply build/terms.gatkit --output build/grown.tsv\n"
        "  gatkit align datasets/gene-ontology/2013 datasets/gene-ontology/2022 \\\n"
        "      --names1 datasets/gene-ontology/2013/entity_name.tsv.gz \\\n"
        "      --names2 datasets/gene-ontology/2022/entity_name.tsv.gz \\\n"
        "      --valid datasets/gene-ontology/valid_links.tsv --output build/pairs.tsv\v"
        "PAIRS.tsv holds KG1 entity, KG2 entity and a confidence: the share of such pairs that are right, as measured "
        "on links held back. Only pairs that are each other's best are written. Without names, no string of one graph "
        "is compared with one of the other. With --sources and --targets of the same number, everybody asked about "
        "has a counterpart; otherwise an entity may stay alone. KG1 and KG2 may both be one OpenEA folder. With "
        "--apply "
        "they are the graphs of MODEL with new entities and facts, and confidences are calibrated as MODEL's were.",
    .children = common_options,
};

/* ---- the command ----------------------------------------------------------------------------------------- */

static int should_stop(void *context)
{
    (void)context;
    return interrupt_seen();
}

static void complete_options(align_arguments *a)
{
    gat_align_options *o = &a->options;
    o->kg1 = a->input[0];
    o->kg2 = a->input[1];
    o->name_column = (int)a->column;
    o->dim = (int)a->dim;
    o->rounds = a->rounds == 0 ? -1 : a->rounds < 0 ? 0 : (int)a->rounds;
    if (a->common.seed) o->seed = strtoull(a->common.seed, NULL, 10);
    o->spent = report_seconds(&a->common);
    o->should_stop = should_stop;
    o->log = screen_log(&a->common.screen);
}

int cmd_align(int argc, char **argv)
{
    align_arguments a = {.rounds = -1};
    gat_error *err = &a.common.error;
    gat_alignment *alignment = NULL;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    complete_options(&a);
    interrupt_watch();
    gat_status st = gat_align(&alignment, &a.options, err);
    if (!st) st = gat_alignment_write_pairs(alignment, a.output, err);
    if (!st && a.scores) st = gat_alignment_write_scores(alignment, a.scores, a.top, err);
    if (!st && a.model_output) st = gat_alignment_save(alignment, a.model_output, err);
    if (!st && a.common.json) st = align_report_json(&a.common, alignment, a.explain, err);
    else if (!st) st = align_report_text(&a.common, alignment, a.output, a.explain, err);
    gat_alignment_free(alignment);
    return report_end(&a.common, st);
}

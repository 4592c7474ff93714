/* gatkit train: learn a model of a knowledge graph, with checkpoints, a time limit and a log.
 *
 * The checkpoint lies beside the model and is removed after the model is in place, so that at every moment one
 * of the two is there. A run that finished is recognised by its model: same configuration, same data. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/epoch_log.h"
#include "cli/interrupt.h"
#include "cli/output_path.h"
#include "cli/report.h"
#include "cli/train_arguments.h"
#include "cli/train_report.h"

static const char doc[] =
    "Learn a model of a knowledge graph: a relational graph attention encoder with a decoder, the decoder alone, or "
    "attention over the paths that start at a question.\n\n"
    "  gatkit train datasets/wordnet --output build/small.gatkit \\\n"
    "      --dim 32 --epochs 2\n"
    "  gatkit train datasets/wordnet --output build/plain.gatkit \\\n"
    "      --model none --decoder complex --dim 32 --epochs 3\n"
    "  gatkit train datasets/wordnet --output build/paths.gatkit \\\n"
    "      --model path --layers 4 --queries 2000\n"
    "  gatkit train datasets/wordnet --output build/small.gatkit \\\n"
    "      --dim 32 --epochs 2 --resume --json\n"
    "  gatkit train datasets/wordnet-relations/train.jsonl.gz --task relations \\\n"
    "      --output build/relations.gatkit --members 0\n"
    "  gatkit train datasets/wordnet-senses/train.jsonl.gz --task linking \\\n"
    "      --kg datasets/wordnet --output build/senses.gatkit --epochs 1 \\\n"
    "      --lexicon datasets/wordnet-senses/lexicon.tsv.gz \\\n"
    "      --descriptions datasets/wordnet-senses/descriptions.tsv.gz\n"
    "  gatkit train build/packages --task recommend \\\n"
    "      --output build/likes.gatkit\n"
    "  gatkit train --task linking --kg datasets/wordnet \\\n"
    "      --output build/names.gatkit --documents 100\n"
    "  gatkit train datasets/wordnet-relations/train.jsonl.gz --task words \\\n"
    "      --output build/words.txt.gz --dim 50\n"
    "  printf '[[\"a\",\"likes\",\"b\"]]\\n[[\"b\",\"likes\",\"c\"]]\\n' >build/g.jsonl\n"
    "  gatkit train build/g.jsonl --task graphs --output build/g.gatkit --epochs 2\v"
    "ctrl-C writes MODEL.checkpoint; the same command with --resume goes on from there and ends with the same model. "
    "What the command line says wins over --config, and the file wins over --preset. 'gatkit help files' tells about "
    "DATA.\n\n"
    "--task linking needs no DATA where --kg is given: documents are then made from the graph and its names. It has "
    "--dim (64), --attn-heads (4), --layers (rounds of votes, 3), --epochs (5), --batch (documents, "
    "8), "
    "--lr (0.003), --dropout (0.2), --weight-decay (0.001), --average (0.995, per step) and --seed. --task words has "
    "--dim (100), --window, --min-count, --epochs (6), "
    "--max-memory and --seed. --task graphs learns from JSON lines, a graph each ('gatkit help files'), for 'gatkit "
    "generate'; it has --dim (64), --attn-heads (4), --layers (2), --epochs (6), --batch (graphs, 32), --lr (0.004), "
    "--dropout (0), --weight-decay (0.01), --patience (0), --time-limit, --resume, --stop-after, --log and --seed. "
    "--task recommend has --dim (64), --attn-heads (4), --attention (dynamic), --layers (over "
    "the "
    "graph, 1; lightgcn 3), --epochs (1000), --batch (users, 64; lightgcn: interactions, 8192), --lr (0.01; lightgcn "
    "0.005), --dropout (0.3), --attn-dropout (0.1), --weight-decay (0.01), --patience (15), --l2 and --seed.";

/* ---- before ---------------------------------------------------------------------------------------------- */

/* Whether the file at --output is what this run would make. Anything else there is simply replaced. */
static gat_status find_finished(gat_model **out, const train_arguments *a, gat_config *config, const gat_dataset *data,
                                gat_error *err)
{
    gat_model *model = NULL;
    gat_model_info info;
    char digest[33];
    bool equal = false;
    *out = NULL;
    if (!file_exists(a->output) || gat_model_load(&model, a->output, NULL)) return GAT_OK;
    gat_status st = gat_model_describe(&info, model, err);
    if (!st) st = train_config_equal(&equal, config, info.config, err);
    gat_dataset_digest(digest, data);
    if (!st && equal && !strcmp(digest, info.data_digest)) *out = model;
    else gat_model_free(model);
    return st;
}

/* What --resume finds without a checkpoint: a finished run (*out), or nothing, which the training tells. */
static gat_status look_back(gat_model **out, train_arguments *a, gat_config *config, const gat_dataset *data,
                            const char *checkpoint)
{
    *out = NULL;
    if (!a->resume || file_exists(checkpoint)) return GAT_OK;
    gat_status st = find_finished(out, a, config, data, &a->common.error);
    if (!st && *out) screen_note(&a->common.screen, "this run is finished: %s", a->output);
    return st;
}

static void tell_of_checkpoint(train_arguments *a, const char *checkpoint)
{
    if (a->resume || !file_exists(checkpoint)) return;
    screen_note(&a->common.screen, "%s is replaced: without --resume this run starts afresh", checkpoint);
}

/* ---- during ---------------------------------------------------------------------------------------------- */

typedef struct watch {
    train_arguments *arguments;
    gat_epoch_log *log;
    gat_error log_error; /* of the log, which stops but does not end the training */
    double best;
} watch;

static void add_to_log(watch *w, const gat_progress *progress)
{
    if (!w->log || !epoch_log_add(w->log, progress, &w->log_error)) return;
    screen_error(&w->arguments->common.screen, "%s; going on without it", w->log_error.message);
    epoch_log_close(w->log);
    w->log = NULL;
}

static int on_progress(void *context, const gat_progress *progress)
{
    watch *w = context;
    if (progress->valid.queries && progress->valid.realistic.mrr > w->best) w->best = progress->valid.realistic.mrr;
    screen_progress(&w->arguments->common.screen, progress, w->best, w->arguments->time_limit);
    if (progress->between) return 0;
    add_to_log(w, progress);
    int64_t stop = w->arguments->stop_after;
    int64_t at = progress->all_queries ? progress->queries : progress->epoch,
            end = progress->all_queries ? progress->all_queries : progress->epochs;
    return stop && at >= stop && at < end;
}

static int should_stop(void *context)
{
    (void)context;
    return interrupt_seen();
}

static gat_status train(gat_model **out, watch *w, const gat_dataset *data, const gat_config *config,
                        const char *checkpoint)
{
    train_arguments *a = w->arguments;
    gat_train_options options = {
        .checkpoint = checkpoint,
        .resume = a->resume,
        .time_limit = a->time_limit,
        .spent = report_seconds(&a->common),
        .joins = a->side != NULL,
        .choose_threads = !a->common.threads,
        .max_memory = a->max_memory,
        .on_progress = on_progress,
        .should_stop = should_stop,
        .context = w,
        .log = screen_log(&a->common.screen),
    };
    gat_status st = gat_train(out, data, config, &options, &a->common.error);
    screen_end_bar(&a->common.screen);
    if (st == GAT_EINTERRUPTED)
        error_set(&a->common.error, st,
                  "interrupted; the checkpoint is %s: the same command with --resume goes on from it", checkpoint);
    return st;
}

/* Loaded before the training, so that what is wrong with it is told now. */
static gat_status open_side(gat_model **side, const train_arguments *a, gat_config *config, const gat_dataset *data,
                            gat_error *err)
{
    gat_model_info info;
    char digest[33];
    if (!a->side) return GAT_OK;
    if (strcmp(gat_config_get(config, "model"), "path") != 0)
        return error_set(err, GAT_EUSAGE, "--side-model goes with --model path");
    gat_status st = gat_model_load(side, a->side, err);
    if (!st) st = gat_model_describe(&info, *side, err);
    if (st) return st;
    gat_dataset_digest(digest, data);
    if (!strcmp(info.model, "path"))
        return error_set(err, GAT_EUSAGE, "--side-model %s: a model of paths; it has to be one of embeddings", a->side);
    if (strcmp(digest, info.data_digest) != 0)
        return error_set(err, GAT_EUSAGE, "--side-model %s was trained on other data: it may have seen what valid asks",
                         a->side);
    return GAT_OK;
}

static bool has_side(const gat_model *model)
{
    gat_model_info info;
    return !gat_model_describe(&info, model, NULL) && *info.side;
}

/* The model is kept already: should this fail, --resume tries it again. */
static gat_status join_side(gat_model *model, gat_model **side, train_arguments *a, const gat_dataset *data)
{
    gat_side_report report;
    gat_status st = gat_model_add_side(model, side, data, &report, &a->common.error);
    if (st) return st;
    screen_note(&a->common.screen,
                "side model: MRR %.4f of %lld answers of valid by paths alone, %.4f with it (halves judge each other)",
                report.alone, (long long)report.answers, report.both);
    return gat_model_save(model, a->output, &a->common.error);
}

/* The model first, then the checkpoint: a failed write leaves the training where it was. */
static gat_status keep(const gat_model *model, const train_arguments *a, const char *checkpoint, gat_error *err)
{
    gat_status st = gat_model_save(model, a->output, err);
    return st ? st : file_remove(checkpoint, err);
}

/* ---------------------------------------------------------------------------------------------------------- */

static gat_status load(gat_dataset **data, gat_config **config, train_arguments *a)
{
    gat_status st = train_settings_apply(config, &a->settings, &a->common.error);
    if (!st) st = output_check(a->output, &a->common.error);
    if (!st && a->holdout != 0 && file_is_folder(a->data))
        screen_note(&a->common.screen,
                    "--holdout splits a single file; %s is a folder, whose splits are taken as they are", a->data);
    if (!st)
        st = load_data(data, &a->common, a->data,
                       (gat_dataset_options){.holdout = a->holdout, .seed = train_seed(*config)});
    return st;
}

static gat_status run(train_arguments *a)
{
    gat_error *err = &a->common.error;
    gat_config *config = NULL;
    gat_dataset *data = NULL;
    gat_model *model = NULL, *side = NULL;
    watch w = {.arguments = a};
    char *checkpoint = output_checkpoint(a->output);
    gat_status st = checkpoint ? load(&data, &config, a) : error_nomem(err);
    if (!st) st = open_side(&side, a, config, data, err);
    if (!st) st = look_back(&model, a, config, data, checkpoint);
    bool made = !st && !model, joins = !st && side && (made || !has_side(model));
    if (made) {
        tell_of_checkpoint(a, checkpoint);
        if (a->log) st = epoch_log_open(&w.log, a->log, err);
        if (!st) st = train(&model, &w, data, config, checkpoint);
        if (!st) st = keep(model, a, checkpoint, err);
    }
    if (!st && joins) st = join_side(model, &side, a, data);
    else if (!st && side) screen_note(&a->common.screen, "the model has a side model already, which stays");
    if (!st) st = train_report(&a->common, model, a->output, err);
    if (!st) st = w.log_error.code;
    epoch_log_close(w.log);
    gat_model_free(side);
    gat_model_free(model);
    gat_dataset_free(data);
    gat_config_free(config);
    gat_free(checkpoint);
    return st;
}

static gat_status run_relations(train_arguments *a)
{
    relation_arguments *r = &a->relations;
    r->log = a->log;
    r->stop_after = a->stop_after;
    r->inputs.resume = a->resume;
    r->inputs.time_limit = a->time_limit;
    r->inputs.max_memory = a->max_memory;
    return train_relations(&a->common, &a->settings, r, a->output);
}

static gat_status run_graphs(train_arguments *a)
{
    a->graphs.data = a->data;
    a->graphs.log = a->log;
    a->graphs.time_limit = a->time_limit;
    a->graphs.stop_after = a->stop_after;
    a->graphs.resume = a->resume;
    return train_graphs(&a->common, &a->settings, &a->graphs, a->output);
}

static gat_status run_recommend(train_arguments *a)
{
    a->recommend.log = a->log;
    a->recommend.resume = a->resume;
    a->recommend.stop_after = a->stop_after;
    return train_recommend(&a->common, &a->settings, &a->recommend, a->data, a->output);
}

static gat_status run_task(train_arguments *a)
{
    const gat_relation_inputs *shared = &a->relations.inputs;
    if (a->recommend.wanted) return run_recommend(a);
    if (a->words.wanted) {
        a->words.max_memory = a->max_memory;
        return train_words(&a->common, &a->settings, &a->words, a->data, a->output);
    }
    if (a->graphs.wanted) return run_graphs(a);
    if (a->linking.wanted) {
        a->linking.documents = a->data;
        a->linking.kg = shared->kg;
        a->linking.log = a->log;
        a->linking.word_vectors = shared->word_vectors;
        return train_linking(&a->common, &a->settings, &a->linking, a->output);
    }
    return a->relations.wanted ? run_relations(a) : run(a);
}

int cmd_train(int argc, char **argv)
{
    train_arguments a = {0};
    int code = train_arguments_read(&a, "DATA --output MODEL", doc, argc, argv);
    if (code < 0) {
        interrupt_watch();
        code = report_end(&a.common, run_task(&a));
    }
    train_options_free(a.table);
    return code;
}

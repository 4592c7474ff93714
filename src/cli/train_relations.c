#include "cli/train_relations.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/interrupt.h"
#include "cli/output_path.h"

static json_t *result_object(const gat_common *common, const gat_relation_info *info)
{
    json_t *object = report_set(report_relations(info), "seconds", report_number(report_seconds(common)));
    return report_set(object, "peak_rss_mb", report_number(report_peak_mb()));
}

static void print_result(const gat_common *common, const gat_relation_info *m, const char *output)
{
    char sentences[32], features[32], parameters[32];
    printf("%s: %s sentences, %lld labels%s\n", output, format_count(sentences, m->sentences), (long long)m->labels,
           m->several ? ", several may hold" : "");
    printf("%s features, %lld nets, %s parameters in all\n", format_count(features, m->features), (long long)m->members,
           format_count(parameters, m->parameters));
    printf("linear part: C %g, %s-F1 %.4f on held-out folds\n", m->c, m->several ? "micro" : "macro", m->held_out_f1);
    printf("%.1f s, %.0f MB of memory at most\ndigest %s\n", report_seconds(common), report_peak_mb(), m->digest);
}

/* What the callbacks share. */
typedef struct watch {
    gat_common *common;
    const relation_arguments *arguments;
    FILE *log;
    int64_t nets;
    bool failed; /* the log could not be written: told once, the training goes on */
} watch;

static int should_stop(void *context)
{
    const watch *w = context;
    return interrupt_seen() || (w->arguments->stop_after && w->nets >= w->arguments->stop_after);
}

static void on_progress(void *context, const gat_relation_progress *p)
{
    watch *w = context;
    w->nets += strcmp(p->stage, "linear") != 0;
    if (!w->log || w->failed) return;
    json_t *line = json_pack("{s:s,s:I,s:I,s:o,s:o,s:o}", "stage", p->stage, "index", (json_int_t)p->index, "of",
                             (json_int_t)p->of, "loss", report_number(p->loss), "f1", report_number(p->f1), "seconds",
                             report_number(p->seconds));
    w->failed = !line || json_dumpf(line, w->log, JSON_COMPACT) || fputc('\n', w->log) < 0 || fflush(w->log);
    json_decref(line);
    if (w->failed) screen_error(&w->common->screen, "%s: cannot write the log; going on without it", w->arguments->log);
}

/* A run that goes on adds to the log. */
static gat_status open_log(watch *w, gat_error *err)
{
    const char *path = w->arguments->log;
    if (!path) return GAT_OK;
    w->log = fopen(path, w->arguments->inputs.resume ? "ae" : "we");
    return w->log ? GAT_OK : error_set(err, GAT_EIO, "%s: cannot write the log: %s", path, strerror(errno));
}

static gat_status train_and_save(gat_relations **model, watch *w, const gat_relation_config *config, const char *output)
{
    gat_error *err = &w->common->error;
    gat_relation_inputs inputs = w->arguments->inputs;
    char *checkpoint = output_checkpoint(output);
    if (!checkpoint) return error_nomem(err);
    inputs.checkpoint = checkpoint;
    inputs.finished = output;
    inputs.log = screen_log(&w->common->screen);
    inputs.should_stop = should_stop;
    inputs.on_progress = on_progress;
    inputs.context = w;
    gat_status st = gat_relations_train(model, &inputs, config, err);
    if (st == GAT_EINTERRUPTED && file_exists(checkpoint))
        error_set(err, st, "interrupted; the checkpoint is %s: the same command with --resume goes on from it",
                  checkpoint);
    if (!st) st = gat_relations_save(*model, output, err);
    if (!st && file_exists(checkpoint)) st = file_remove(checkpoint, err);
    gat_free(checkpoint);
    return st;
}

gat_status train_relations(gat_common *common, const gat_train_settings *settings, const relation_arguments *arguments,
                           const char *output)
{
    gat_error *err = &common->error;
    gat_relation_config *config = NULL;
    gat_relations *model = NULL;
    gat_relation_info info;
    watch w = {.common = common, .arguments = arguments};
    gat_status st = train_settings_relations(&config, settings, err);
    if (!st) st = output_check(output, err);
    if (!st) st = open_log(&w, err);
    if (!st) st = train_and_save(&model, &w, config, output);
    if (!st) st = gat_relations_describe(&info, model, err);
    if (!st && common->json) st = report_json(result_object(common, &info), err);
    else if (!st) print_result(common, &info, output);
    if (w.log) fclose(w.log);
    gat_relations_free(model);
    gat_relation_config_free(config);
    return st;
}

#include "cli/train_graphs.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/interrupt.h"
#include "cli/output_path.h"

/* What the callbacks of a training share. */
typedef struct watch {
    gat_common *common;
    const char *path; /* of the log */
    FILE *log;
} watch;

static json_t *bits_or_null(double bits) { return bits < 0 ? json_null() : report_number(bits); }

json_t *generator_object(const gat_generator_info *m)
{
    return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:s,s:s}", "task", "graphs", "train_graphs",
                     (json_int_t)m->train_graphs, "valid_graphs", (json_int_t)m->valid_graphs, "train_triples",
                     (json_int_t)m->train_triples, "entities", (json_int_t)m->entities, "relations",
                     (json_int_t)m->relations, "most_triples", (json_int_t)m->most_triples, "parameters",
                     (json_int_t)m->parameters, "epochs", (json_int_t)m->epochs, "best_epoch",
                     (json_int_t)m->best_epoch, "valid_bits", bits_or_null(m->valid_bits), "digest", m->digest,
                     "data_digest", m->data_digest);
}

static gat_status settings_of(gat_generator_config **out, const gat_train_settings *settings, gat_error *err)
{
    const gat_option *option;
    if (settings->preset || settings->config_file)
        return error_set(err, GAT_EUSAGE, "--task graphs knows no presets and no configuration files");
    gat_status st = gat_generator_config_new(out, err);
    for (int i = 0; !st && i < MAX_TRAIN_OPTIONS && (option = gat_config_option(i)); i++)
        if (settings->value[i]) st = gat_generator_config_set(*out, option->name, settings->value[i], err);
    for (int i = 0; !st && i < MAX_RELATION_OPTIONS && (option = gat_relation_option(i)); i++)
        if (settings->relation_value[i])
            st = gat_generator_config_set(*out, option->name, settings->relation_value[i], err);
    if (!st && settings->seed) st = gat_generator_config_set(*out, "seed", settings->seed, err);
    return st;
}

static void print_result(const gat_common *common, const gat_generator_info *m, const char *output)
{
    char train[32], triples[32], entities[32], parameters[32];
    printf("%s: %s graphs of at most %lld triples, %s triples in all, %s entities, %lld relations, %s parameters\n",
           output, format_count(train, m->train_graphs), (long long)m->most_triples,
           format_count(triples, m->train_triples), format_count(entities, m->entities), (long long)m->relations,
           format_count(parameters, m->parameters));
    printf("%lld epochs (the best one kept: %lld)", (long long)m->epochs, (long long)m->best_epoch);
    if (m->valid_bits >= 0) printf(", %.3f bits a graph of valid", m->valid_bits);
    printf(", %.1f s, %.0f MB of memory at most\ndigest %s\n", report_seconds(common), report_peak_mb(), m->digest);
}

/* A log that cannot be written does not end the training. */
static void on_progress(void *context, const gat_generator_progress *p)
{
    watch *w = context;
    if (!w->log) return;
    json_t *line =
        json_pack("{s:I,s:o,s:o,s:o,s:o,s:b}", "epoch", (json_int_t)p->epoch, "bits", report_number(p->loss),
                  "valid_bits", bits_or_null(p->valid_bits), "seconds", report_number(report_seconds(w->common)),
                  "learning_rate", report_number(p->learning_rate), "improved", p->improved);
    bool failed = !line || json_dumpf(line, w->log, JSON_COMPACT) || fputc('\n', w->log) < 0 || fflush(w->log);
    json_decref(line);
    if (!failed) return;
    screen_error(&w->common->screen, "%s: cannot write the log; going on without it", w->path);
    fclose(w->log);
    w->log = NULL;
}

static int should_stop(void *context)
{
    (void)context;
    return interrupt_seen();
}

/* A run that goes on adds to the log. */
static gat_status open_log(watch *w, const graphs_arguments *a, gat_error *err)
{
    if (!a->log) return GAT_OK;
    w->path = a->log;
    w->log = fopen(a->log, a->resume ? "ae" : "we");
    return w->log ? GAT_OK : error_set(err, GAT_EIO, "%s: cannot write the log: %s", a->log, strerror(errno));
}

static gat_status train_and_save(gat_generator **model, watch *w, const gat_generator_config *config,
                                 const graphs_arguments *a, const char *output)
{
    gat_error *err = &w->common->error;
    char *checkpoint = output_checkpoint(output);
    if (!checkpoint) return error_nomem(err);
    const gat_generator_inputs inputs = {.data = a->data,
                                         .checkpoint = checkpoint,
                                         .finished = output,
                                         .resume = a->resume,
                                         .time_limit = a->time_limit,
                                         .spent = report_seconds(w->common),
                                         .stop_after = a->stop_after,
                                         .log = screen_log(&w->common->screen),
                                         .on_progress = on_progress,
                                         .should_stop = should_stop,
                                         .context = w};
    gat_status st = gat_generator_train(model, &inputs, config, err);
    if (st == GAT_EINTERRUPTED)
        error_set(err, st, "interrupted; the checkpoint is %s: the same command with --resume goes on from it",
                  checkpoint);
    if (!st) st = gat_generator_save(*model, output, err);
    if (!st && file_exists(checkpoint)) st = file_remove(checkpoint, err);
    gat_free(checkpoint);
    return st;
}

gat_status train_graphs(gat_common *common, const gat_train_settings *settings, const graphs_arguments *a,
                        const char *output)
{
    gat_error *err = &common->error;
    gat_generator_config *config = NULL;
    gat_generator *model = NULL;
    gat_generator_info info;
    watch w = {.common = common};
    gat_status st = settings_of(&config, settings, err);
    if (!st) st = output_check(output, err);
    if (!st) st = open_log(&w, a, err);
    if (!st) st = train_and_save(&model, &w, config, a, output);
    if (!st) st = gat_generator_describe(&info, model, err);
    if (!st && common->json) {
        json_t *object = report_set(generator_object(&info), "seconds", report_number(report_seconds(common)));
        st = report_json(report_set(object, "peak_rss_mb", report_number(report_peak_mb())), err);
    } else if (!st) print_result(common, &info, output);
    if (w.log) fclose(w.log);
    gat_generator_free(model);
    gat_generator_config_free(config);
    return st;
}

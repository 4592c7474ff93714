#include "cli/train_linking.h"

#include "base/error.h"
#include "cli/epoch_log.h"
#include "cli/interrupt.h"
#include "cli/output_path.h"

json_t *linker_object(const gat_link_info *m)
{
    return json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:s}", "task", "linking", "model", "attention",
                     "documents", (json_int_t)m->documents, "mentions", (json_int_t)m->mentions, "held_back",
                     (json_int_t)m->held_back, "parameters", (json_int_t)m->parameters, "kg_entities",
                     (json_int_t)m->kg_entities, "kg_facts", (json_int_t)m->kg_facts, "names", (json_int_t)m->names,
                     "threshold", report_number(m->threshold), "held_back_correct", report_number(m->held_back_correct),
                     "digest", m->digest);
}

static gat_status settings_of(gat_link_config **out, const gat_train_settings *settings, gat_error *err)
{
    const gat_option *option;
    if (settings->preset || settings->config_file)
        return error_set(err, GAT_EUSAGE, "--task linking knows no presets and no configuration files");
    gat_status st = gat_link_config_new(out, err);
    for (int i = 0; !st && i < MAX_TRAIN_OPTIONS && (option = gat_config_option(i)); i++)
        if (settings->value[i]) st = gat_link_config_set(*out, option->name, settings->value[i], err);
    for (int i = 0; !st && i < MAX_RELATION_OPTIONS && (option = gat_relation_option(i)); i++)
        if (settings->relation_value[i]) st = gat_link_config_set(*out, option->name, settings->relation_value[i], err);
    if (!st && settings->seed) st = gat_link_config_set(*out, "seed", settings->seed, err);
    return st;
}

static void print_result(const gat_common *common, const gat_link_info *m, const char *output)
{
    char documents[32], mentions[32], parameters[32];
    printf("%s: %s documents, %s annotated mentions, %s parameters\n", output, format_count(documents, m->documents),
           format_count(mentions, m->mentions), format_count(parameters, m->parameters));
    if (m->names)
        printf("%s names of %s entities, %s facts\n", format_count(documents, m->names),
               format_count(mentions, m->kg_entities), format_count(parameters, m->kg_facts));
    if (m->held_back)
        printf("%s documents held back: %.4f of their", format_count(documents, m->held_back), m->held_back_correct);
    else printf("too few documents to hold any back: %.4f of training's", m->held_back_correct);
    printf(" mentions linked right; NIL from probability %.2f on\n", m->threshold);
    printf("%.1f s, %.0f MB of memory at most\ndigest %s\n", report_seconds(common), report_peak_mb(), m->digest);
}

/* What the callbacks of a training share. */
typedef struct watch {
    gat_common *common;
    gat_epoch_log *log;
} watch;

/* A log that cannot be written does not end the training. */
static void on_progress(void *context, const gat_progress *progress)
{
    watch *w = context;
    gat_error fault;
    gat_progress timed = *progress;
    timed.seconds = report_seconds(w->common);
    if (!w->log || !epoch_log_add(w->log, &timed, &fault)) return;
    screen_error(&w->common->screen, "%s; going on without it", fault.message);
    epoch_log_close(w->log);
    w->log = NULL;
}

static int should_stop(void *context)
{
    (void)context;
    return interrupt_seen();
}

gat_status train_linking(gat_common *common, const gat_train_settings *settings, const linking_arguments *a,
                         const char *output)
{
    gat_error *err = &common->error;
    gat_link_config *config = NULL;
    gat_linker *linker = NULL;
    gat_link_info info;
    watch w = {common, NULL};
    const gat_link_inputs inputs = {.documents = a->documents,
                                    .kg = a->kg,
                                    .lexicon = a->lexicon,
                                    .descriptions = a->descriptions,
                                    .word_vectors = a->word_vectors,
                                    .log = screen_log(&common->screen),
                                    .on_progress = on_progress,
                                    .should_stop = should_stop,
                                    .context = &w};
    gat_status st = settings_of(&config, settings, err);
    if (!st && a->made) st = gat_link_config_set(config, "documents", a->made, err);
    if (!st) st = output_check(output, err);
    if (!st && a->log) st = epoch_log_open(&w.log, a->log, err);
    if (!st) st = gat_linker_train(&linker, &inputs, config, err);
    if (!st) st = gat_linker_save(linker, output, err);
    if (!st) st = gat_linker_describe(&info, linker, err);
    if (!st && common->json) {
        json_t *object = report_set(linker_object(&info), "seconds", report_number(report_seconds(common)));
        st = report_json(report_set(object, "peak_rss_mb", report_number(report_peak_mb())), err);
    } else if (!st) print_result(common, &info, output);
    epoch_log_close(w.log);
    gat_linker_free(linker);
    gat_link_config_free(config);
    return st;
}

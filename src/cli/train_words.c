#include "cli/train_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/interrupt.h"
#include "cli/output_path.h"

enum { MOST_DIM = 1024, MOST_EPOCHS = 1000 };

static gat_status whole(int64_t *out, const char *name, const char *value, long long most, gat_error *err)
{
    char *end;
    errno = 0;
    long long x = strtoll(value, &end, 10);
    if (errno || end == value || *end || x < 1 || x > most)
        return error_set(err, GAT_EUSAGE, "--%s %s: expected a whole number from 1 to %lld", name, value, most);
    *out = x;
    return GAT_OK;
}

/* --dim and --epochs, from the options of all trainings; any other one is refused. */
static gat_status settings_of(gat_words_options *o, const gat_train_settings *settings, gat_error *err)
{
    const gat_option *option;
    gat_status st = GAT_OK;
    if (settings->preset || settings->config_file)
        return error_set(err, GAT_EUSAGE, "--task words knows no presets and no configuration files");
    for (int i = 0; !st && i < MAX_TRAIN_OPTIONS && (option = gat_config_option(i)); i++) {
        if (!settings->value[i]) continue;
        if (!strcmp(option->name, "dim")) st = whole(&o->dim, "dim", settings->value[i], MOST_DIM, err);
        else if (!strcmp(option->name, "epochs"))
            st = whole(&o->epochs, "epochs", settings->value[i], MOST_EPOCHS, err);
        else st = error_set(err, GAT_EUSAGE, "\"%s\" is no option of --task words", option->name);
    }
    for (int i = 0; !st && i < MAX_RELATION_OPTIONS && (option = gat_relation_option(i)); i++)
        if (settings->relation_value[i])
            st = error_set(err, GAT_EUSAGE, "\"%s\" is no option of --task words", option->name);
    if (!st) o->seed = settings->seed ? strtoull(settings->seed, NULL, 10) : 1;
    return st;
}

static json_t *words_object(const gat_common *common, const gat_words_info *m)
{
    return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:s}", "task", "words", "lines", (json_int_t)m->lines, "tokens",
                     (json_int_t)m->tokens, "words", (json_int_t)m->words, "dim", (json_int_t)m->dim, "pairs",
                     (json_int_t)m->pairs, "seconds", report_number(report_seconds(common)), "peak_rss_mb",
                     report_number(report_peak_mb()), "digest", m->digest);
}

static void print_result(const gat_common *common, const gat_words_info *m, const char *output)
{
    char lines[32], tokens[32], words[32];
    printf("%s: %s words in %lld numbers, from %s words of text in %s lines\n", output, format_count(words, m->words),
           (long long)m->dim, format_count(tokens, m->tokens), format_count(lines, m->lines));
    printf("%.1f s, %.0f MB of memory at most\ndigest %s\n", report_seconds(common), report_peak_mb(), m->digest);
}

static int should_stop(void *context)
{
    (void)context;
    return interrupt_seen();
}

gat_status train_words(gat_common *common, const gat_train_settings *settings, const words_arguments *a,
                       const char *text, const char *output)
{
    gat_error *err = &common->error;
    gat_words_info info;
    gat_words_options options = {.text = text,
                                 .window = a->window,
                                 .min_count = a->min_count,
                                 .max_memory = a->max_memory,
                                 .log = screen_log(&common->screen),
                                 .should_stop = should_stop};
    gat_status st = settings_of(&options, settings, err);
    if (!st) st = output_check(output, err);
    if (!st) st = gat_words_train(&info, &options, output, err);
    if (!st && common->json) st = report_json(words_object(common, &info), err);
    else if (!st) print_result(common, &info, output);
    return st;
}

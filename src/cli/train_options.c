/* argp rows made from the library's option table, so that help, errors and manual come from one place. */
#include "cli/train_options.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { DOC = 400, MAX_OWN = 48, MAX_HEADINGS = 16, MAX_FORMER = 1 };

struct gat_train_options_table {
    int count;
    struct argp_option rows[MAX_TRAIN_OPTIONS + MAX_RELATION_OPTIONS + MAX_RECOMMEND_OPTIONS + MAX_OWN + MAX_HEADINGS +
                            MAX_FORMER + 1];
    char docs[MAX_TRAIN_OPTIONS][DOC], relation_docs[MAX_RELATION_OPTIONS][DOC],
        recommend_docs[MAX_RECOMMEND_OPTIONS][DOC];
    char presets[DOC], relations_heading[DOC];
};

static bool in_rows(const struct argp_option *rows, const char *name)
{
    for (; rows && (rows->name || rows->doc); rows++)
        if (rows->name && !strcmp(rows->name, name)) return true;
    return false;
}

/* The names of the presets after the text of --preset. */
static const char *preset_doc(gat_train_options_table *table, const char *doc)
{
    size_t used = (size_t)snprintf(table->presets, DOC, "%s", doc);
    const char *name;
    for (int i = 0; (name = gat_config_preset(i)) && used < DOC; i++)
        used += (size_t)snprintf(table->presets + used, DOC - used, "%s%s", i ? ", " : ": ", name);
    return table->presets;
}

static void add_own(gat_train_options_table *table, const struct argp_option *own)
{
    for (; (own->name || own->doc) && table->count < MAX_OWN - 2; own++) {
        struct argp_option *row = &table->rows[table->count++];
        *row = *own;
        if (own->name && !strcmp(own->name, "preset")) row->doc = preset_doc(table, own->doc);
    }
}

static const gat_option *relation_option(const char *name)
{
    const gat_option *o;
    for (int i = 0; (o = gat_relation_option(i)); i++)
        if (!strcmp(o->name, name)) return o;
    return NULL;
}

/* "width of ... (default 192; path: 32; relations: 64)". The model itself has one default. */
static void describe(char doc[DOC], const gat_option *o)
{
    bool path = o->path && strcmp(o->name, "model") != 0;
    const gat_option *relations = relation_option(o->name);
    if (!strcmp(o->name, "seed")) relations = NULL;
    snprintf(doc, DOC, "%s (%s%s%s%s%s%s%s)", o->help, o->initial ? "default " : "", o->initial ? o->initial : "",
             o->initial && path ? "; " : "", path ? "path: " : "", path ? o->path : "",
             relations ? "; relations: " : "", relations ? relations->initial : "");
}

static void add_library(gat_train_options_table *table, const struct argp_option *own,
                        const struct argp_child *children)
{
    const gat_option *option;
    const char *heading;
    for (int i = 0, group = 2; i < MAX_TRAIN_OPTIONS && (option = gat_config_option(i)); i++) {
        if ((heading = gat_config_heading(i)))
            table->rows[table->count++] = (struct argp_option){.doc = heading, .group = group++};
        if (in_rows(own, option->name) || in_rows(children->argp->options, option->name)) continue;
        describe(table->docs[i], option);
        table->rows[table->count++] = (struct argp_option){
            .name = option->name, .key = KEY_TRAIN_OPTION + i, .arg = option->argument, .doc = table->docs[i]};
        if (!strcmp(option->name, "members")) /* as it was called before */
            table->rows[table->count++] = (struct argp_option){
                .name = "path-members", .key = KEY_TRAIN_OPTION + i, .arg = option->argument, .flags = OPTION_HIDDEN};
    }
}

static bool in_library(const char *name)
{
    const gat_option *o;
    for (int i = 0; (o = gat_config_option(i)); i++)
        if (!strcmp(o->name, name)) return true;
    return false;
}

static const char *relations_heading(gat_train_options_table *table)
{
    char *text = table->relations_heading;
    const char *name;
    size_t used = (size_t)snprintf(text, DOC, "Relations in text (--task relations");
    for (int i = 0; (name = gat_relation_preset(i)) && used < DOC; i++)
        used += (size_t)snprintf(text + used, DOC - used, "%s%s", i ? ", " : "; --preset ", name);
    if (used < DOC) snprintf(text + used, DOC - used, "):");
    return text;
}

/* The same of --task recommend. */
static void add_recommend(gat_train_options_table *table)
{
    const gat_option *o;
    table->rows[table->count++] = (struct argp_option){
        .doc = "Recommendation (--task recommend; also --dim, --layers, --epochs, --lr and others, see the end):",
        .group = 91};
    for (int i = 0; i < MAX_RECOMMEND_OPTIONS && (o = gat_recommend_option(i)); i++) {
        if (in_library(o->name) || relation_option(o->name)) continue;
        snprintf(table->recommend_docs[i], DOC, "%s (default %s)", o->help, o->initial);
        table->rows[table->count++] = (struct argp_option){
            .name = o->name, .key = KEY_RECOMMEND_OPTION + i, .arg = o->argument, .doc = table->recommend_docs[i]};
    }
}

/* What --task relations has and no other task: the other options stand among the library's. */
static void add_relations(gat_train_options_table *table)
{
    const gat_option *o;
    table->rows[table->count++] = (struct argp_option){.doc = relations_heading(table), .group = 90};
    for (int i = 0; i < MAX_RELATION_OPTIONS && (o = gat_relation_option(i)); i++) {
        if (in_library(o->name)) continue;
        snprintf(table->relation_docs[i], DOC, "%s (default %s)", o->help, o->initial);
        table->rows[table->count++] = (struct argp_option){
            .name = o->name, .key = KEY_RELATION_OPTION + i, .arg = o->argument, .doc = table->relation_docs[i]};
    }
}

gat_train_options_table *train_options_new(const struct argp_option *own, const struct argp_child *children)
{
    gat_train_options_table *table = gat_calloc(1, sizeof *table);
    if (!table) return NULL;
    add_own(table, own);
    add_library(table, own, children);
    add_relations(table);
    add_recommend(table);
    return table;
}

void train_options_free(gat_train_options_table *table) { gat_free(table); }

const struct argp_option *train_options_rows(const gat_train_options_table *table) { return table->rows; }

/* An option without an argument is a switch; giving it turns it on. */
int train_settings_note(gat_train_settings *settings, int key, const char *value)
{
    if (key >= KEY_RELATION_OPTION && key < KEY_RELATION_OPTION + MAX_RELATION_OPTIONS) {
        settings->relation_value[key - KEY_RELATION_OPTION] = value;
        return 1;
    }
    if (key >= KEY_RECOMMEND_OPTION && key < KEY_RECOMMEND_OPTION + MAX_RECOMMEND_OPTIONS) {
        settings->recommend_value[key - KEY_RECOMMEND_OPTION] = value;
        return 1;
    }
    if (key < KEY_TRAIN_OPTION || key >= KEY_TRAIN_OPTION + MAX_TRAIN_OPTIONS) return 0;
    settings->value[key - KEY_TRAIN_OPTION] = value ? value : "1";
    return 1;
}

static gat_status refuse_recommend_options(const gat_train_settings *settings, gat_error *err)
{
    for (int i = 0; i < MAX_RECOMMEND_OPTIONS; i++)
        if (settings->recommend_value[i])
            return error_set(err, GAT_EUSAGE, "--%s is an option of --task recommend", gat_recommend_option(i)->name);
    return GAT_OK;
}

static gat_status refuse_relation_options(const gat_train_settings *settings, gat_error *err)
{
    for (int i = 0; i < MAX_RELATION_OPTIONS; i++)
        if (settings->relation_value[i])
            return error_set(err, GAT_EUSAGE, "--%s is an option of --task relations", gat_relation_option(i)->name);
    return GAT_OK;
}

gat_status train_settings_apply(gat_config **out, const gat_train_settings *settings, gat_error *err)
{
    gat_config *config = NULL;
    const gat_option *option;
    *out = NULL;
    gat_status st = refuse_relation_options(settings, err);
    if (!st) st = refuse_recommend_options(settings, err);
    if (!st) st = gat_config_new(&config, err);
    if (!st && settings->preset) st = gat_config_set(config, "preset", settings->preset, err);
    if (!st && settings->config_file) st = gat_config_read(config, settings->config_file, err);
    for (int i = 0; !st && i < MAX_TRAIN_OPTIONS && (option = gat_config_option(i)); i++)
        if (settings->value[i]) st = gat_config_set(config, option->name, settings->value[i], err);
    if (!st && settings->seed) st = gat_config_set(config, "seed", settings->seed, err);
    if (st) gat_config_free(config);
    else *out = config;
    return st;
}

gat_status train_settings_relations(gat_relation_config **out, const gat_train_settings *settings, gat_error *err)
{
    gat_relation_config *config = NULL;
    const gat_option *option;
    *out = NULL;
    if (settings->config_file) return error_set(err, GAT_EUSAGE, "--task relations knows no configuration files");
    gat_status st = refuse_recommend_options(settings, err);
    if (!st) st = gat_relation_config_new(&config, err);
    if (!st && settings->preset) st = gat_relation_config_set(config, "preset", settings->preset, err);
    for (int i = 0; !st && i < MAX_TRAIN_OPTIONS && (option = gat_config_option(i)); i++)
        if (settings->value[i]) st = gat_relation_config_set(config, option->name, settings->value[i], err);
    for (int i = 0; !st && i < MAX_RELATION_OPTIONS && (option = gat_relation_option(i)); i++)
        if (settings->relation_value[i])
            st = gat_relation_config_set(config, option->name, settings->relation_value[i], err);
    if (!st && settings->seed) st = gat_relation_config_set(config, "seed", settings->seed, err);
    if (st) gat_relation_config_free(config);
    else *out = config;
    return st;
}

gat_status train_settings_recommend(gat_recommend_config **out, const gat_train_settings *settings, gat_error *err)
{
    gat_recommend_config *config = NULL;
    const gat_option *option;
    *out = NULL;
    if (settings->preset || settings->config_file)
        return error_set(err, GAT_EUSAGE, "--task recommend knows no presets and no configuration files");
    gat_status st = gat_recommend_config_new(&config, err);
    for (int i = 0; !st && i < MAX_TRAIN_OPTIONS && (option = gat_config_option(i)); i++)
        if (settings->value[i]) st = gat_recommend_config_set(config, option->name, settings->value[i], err);
    for (int i = 0; !st && i < MAX_RELATION_OPTIONS && (option = gat_relation_option(i)); i++)
        if (settings->relation_value[i])
            st = gat_recommend_config_set(config, option->name, settings->relation_value[i], err);
    for (int i = 0; !st && i < MAX_RECOMMEND_OPTIONS && (option = gat_recommend_option(i)); i++)
        if (settings->recommend_value[i])
            st = gat_recommend_config_set(config, option->name, settings->recommend_value[i], err);
    if (!st && settings->seed) st = gat_recommend_config_set(config, "seed", settings->seed, err);
    if (st) gat_recommend_config_free(config);
    else *out = config;
    return st;
}

static gat_status set_line(gat_config *config, const char *line, size_t length, gat_error *err)
{
    char text[512];
    if (length >= sizeof text) return error_set(err, GAT_EUSAGE, "a line of the stored configuration is too long");
    memcpy(text, line, length);
    text[length] = 0;
    char *equals = strstr(text, " = ");
    if (!equals) return GAT_OK;
    *equals = 0;
    return gat_config_set(config, text, equals + 3, err);
}

gat_status train_config_equal(bool *equal, gat_config *config, const char *text, gat_error *err)
{
    gat_config *stored = NULL;
    const gat_option *option;
    *equal = true;
    gat_status st = gat_config_new(&stored, err);
    for (const char *line = text; !st && *line; line += strcspn(line, "\n"), line += *line == '\n')
        st = set_line(stored, line, strcspn(line, "\n"), err);
    for (int i = 0; !st && (option = gat_config_option(i)); i++) {
        const char *a = gat_config_get(config, option->name), *b = gat_config_get(stored, option->name);
        if (!a || !b || strcmp(a, b)) *equal = false;
    }
    gat_config_free(stored);
    if (st == GAT_EUSAGE) *equal = false, st = GAT_OK; /* an option this version does not know */
    return st;
}

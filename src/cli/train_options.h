/* The options of train that come from the library's table, as argp options and as a configuration. */
#ifndef GAT_CLI_TRAIN_OPTIONS_H
#define GAT_CLI_TRAIN_OPTIONS_H

#include <argp.h>

#include "gatkit.h"

enum {
    MAX_TRAIN_OPTIONS = 160,
    MAX_RELATION_OPTIONS = 32,
    MAX_RECOMMEND_OPTIONS = 32,
    KEY_TRAIN_OPTION = 1000,
    KEY_RELATION_OPTION = 2000,
    KEY_RECOMMEND_OPTION = 3000
};

/* What was given on the command line, by index of the library's table; NULL: not given. */
typedef struct gat_train_settings {
    const char *value[MAX_TRAIN_OPTIONS];
    const char *relation_value[MAX_RELATION_OPTIONS];   /* of options that --task relations alone has */
    const char *recommend_value[MAX_RECOMMEND_OPTIONS]; /* the same of --task recommend */
    const char *preset, *config_file, *seed;
} gat_train_settings;

typedef struct gat_train_options_table gat_train_options_table;

/* own: the verb's own rows, ended by a zero row; library options of the same name are left to them. NULL: out
 * of memory. */
gat_train_options_table *train_options_new(const struct argp_option *own, const struct argp_child *children);
void train_options_free(gat_train_options_table *table);

/* All rows, ended by a zero row; a library option i has the key KEY_TRAIN_OPTION + i. */
const struct argp_option *train_options_rows(const gat_train_options_table *table);

/* True when key is a library option, whose value is then noted. */
int train_settings_note(gat_train_settings *settings, int key, const char *value);

/* Preset, then file, then command line: the later wins. */
gat_status train_settings_apply(gat_config **out, const gat_train_settings *settings, gat_error *err);

/* The same for --task relations, which knows neither presets nor files. GAT_EUSAGE: an option of another task. */
gat_status train_settings_relations(gat_relation_config **out, const gat_train_settings *settings, gat_error *err);

/* The same for --task recommend. */
gat_status train_settings_recommend(gat_recommend_config **out, const gat_train_settings *settings, gat_error *err);

/* Whether every option of config has the value it has in text, the "name = value" lines of a model. */
gat_status train_config_equal(bool *equal, gat_config *config, const char *text, gat_error *err);

#endif

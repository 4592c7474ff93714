/* --graph and --add, of every verb that answers: facts in place of the training facts, or beside them; and what becomes of facts
 * whose relations the model does not know. */
#ifndef GAT_CLI_GRAPH_OPTION_H
#define GAT_CLI_GRAPH_OPTION_H

#include <argp.h>
#include <stdbool.h>

#include "cli/arguments.h"
#include "gatkit.h"

typedef struct graph_option {
    const char *graph, *add; /* paths, NULL where not asked for */
    bool skip_unknown;
} graph_option;

enum { KEY_GRAPH = 'g', KEY_ADD = 'a', KEY_SKIP_UNKNOWN = 900 };

/* Rows of an argp table; `help` says what --graph does for the verb. */
#define GRAPH_OPTION(help)                                                                                   \
    {"graph", KEY_GRAPH, "DATA", 0, help, 0},                                                                \
        {"add",                                                                                              \
         KEY_ADD,                                                                                            \
         "DATA",                                                                                             \
         0,                                                                                                  \
         "facts beside the training facts: new entities in them are known by these alone, without training", \
         0},                                                                                                 \
    {                                                                                                        \
        "skip-unknown", KEY_SKIP_UNKNOWN, NULL, 0,                                                           \
            "leave out facts whose relation training has not seen, in place of refusing them", 0             \
    }

/* Takes the value of one of the keys; false: another key. */
bool graph_option_read(graph_option *option, int key, const char *arg);

/* GAT_EUSAGE: both were given. *out: every fact of a file, or train of a folder, with --add joined to the model's training
 * facts; NULL when neither was given. */
gat_status graph_option_load(gat_dataset **out, const graph_option *option, const gat_model *model, gat_common *common);

/* With skip_unknown, takes out of the data what the model cannot use, and says so. data NULL is fine. */
gat_status graph_option_skip(gat_dataset *data, const graph_option *option, const gat_model *model, gat_common *common);

#endif

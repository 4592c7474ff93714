/* What the command line of train asks for, and which of it goes together. */
#ifndef GAT_CLI_TRAIN_ARGUMENTS_H
#define GAT_CLI_TRAIN_ARGUMENTS_H

#include "cli/arguments.h"
#include "cli/train_graphs.h"
#include "cli/train_linking.h"
#include "cli/train_options.h"
#include "cli/train_recommend.h"
#include "cli/train_relations.h"
#include "cli/train_words.h"

typedef struct train_arguments {
    gat_common common;
    gat_train_settings settings;
    const char *data, *output, *log, *side;
    double time_limit, holdout;     /* holdout: negative: none */
    int64_t max_memory, stop_after; /* stop_after: 0: never */
    bool resume;
    bool plans;                     /* nothing is written: no output is needed */
    gat_train_options_table *table; /* of the options that were read */
    linking_arguments linking;      /* of --task linking */
    words_arguments words;          /* of --task words */
    graphs_arguments graphs;        /* of --task graphs */
    recommend_arguments recommend;  /* of --task recommend */
    relation_arguments relations;   /* of --task relations */
} train_arguments;

/* As arguments_read, of zeroed arguments, where only `plans` may be set. Refuses options of another task, what needs
 * something beside it, and outputs that would replace an input. The caller frees the table. */
int train_arguments_read(train_arguments *arguments, const char *args_doc, const char *doc, int argc, char **argv);

/* The name of the task that is wanted; NULL: links, those of a graph. */
const char *train_other_task(train_arguments *arguments);

/* The seed that a single file is split by. */
uint64_t train_seed(gat_config *config);

#endif

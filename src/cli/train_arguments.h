/* What the command line of train asks for, and which of it goes together. */
#ifndef GAT_CLI_TRAIN_ARGUMENTS_H
#define GAT_CLI_TRAIN_ARGUMENTS_H

#include "cli/arguments.h"
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
    linking_arguments linking;     /* of --task linking */
    words_arguments words;         /* of --task words */
    recommend_arguments recommend; /* of --task recommend */
    relation_arguments relations;  /* of --task relations */
} train_arguments;

/* Refuses options of another task, what needs something beside it, and outputs that would replace an input. */
error_t train_arguments_check(const train_arguments *arguments, struct argp_state *state);

#endif

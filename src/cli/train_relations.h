/* gatkit train --task relations. */
#ifndef GAT_CLI_TRAIN_RELATIONS_H
#define GAT_CLI_TRAIN_RELATIONS_H

#include "cli/report.h"
#include "cli/train_options.h"

typedef struct relation_arguments {
    bool wanted; /* --task relations */
    gat_relation_inputs inputs;
    const char *log;    /* NULL: none */
    int64_t stop_after; /* nets; 0: never */
} relation_arguments;

gat_status train_relations(gat_common *common, const gat_train_settings *settings, const relation_arguments *arguments,
                           const char *output);

#endif

/* gatkit train --task linking. */
#ifndef GAT_CLI_TRAIN_LINKING_H
#define GAT_CLI_TRAIN_LINKING_H

#include "cli/report.h"
#include "cli/train_options.h"

typedef struct linking_arguments {
    bool wanted;                                                        /* --task linking */
    const char *documents, *kg, *lexicon, *descriptions, *word_vectors; /* NULL: not given */
    const char *made, *log;                                             /* --documents, --log */
} linking_arguments;

gat_status train_linking(gat_common *common, const gat_train_settings *settings, const linking_arguments *arguments,
                         const char *output);

/* What train and info both tell of such a model. */
json_t *linker_object(const gat_link_info *info);

#endif

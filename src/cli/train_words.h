/* gatkit train --task words. */
#ifndef GAT_CLI_TRAIN_WORDS_H
#define GAT_CLI_TRAIN_WORDS_H

#include "cli/report.h"
#include "cli/train_options.h"

typedef struct words_arguments {
    bool wanted;               /* --task words */
    int64_t window, min_count; /* 0: not given; window below 0: all of the line */
    int64_t max_memory;
} words_arguments;

gat_status train_words(gat_common *common, const gat_train_settings *settings, const words_arguments *arguments,
                       const char *text, const char *output);

#endif

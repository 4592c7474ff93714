/* gatkit train --task recommend. */
#ifndef GAT_CLI_TRAIN_RECOMMEND_H
#define GAT_CLI_TRAIN_RECOMMEND_H

#include "cli/report.h"
#include "cli/train_options.h"

typedef struct recommend_arguments {
    bool wanted, resume;
    const char *log;
    int64_t stop_after; /* 0: never */
} recommend_arguments;

gat_status train_recommend(gat_common *common, const gat_train_settings *settings, const recommend_arguments *arguments,
                           const char *data, const char *output);

/* What train and info both tell of such a model. */
json_t *recommender_object(const gat_recommend_info *info);
json_t *recommend_measures(const gat_recommend_evaluation *e);

#endif

/* gatkit train --task linking. */
#ifndef GAT_CLI_TRAIN_LINKING_H
#define GAT_CLI_TRAIN_LINKING_H

#include "cli/report.h"
#include "cli/train_options.h"

gat_status train_linking(gat_common *common, const gat_train_settings *settings, const char *documents, const char *kg,
                         const char *output);

/* What train and info both tell of such a model. */
json_t *linker_object(const gat_link_info *info);

#endif

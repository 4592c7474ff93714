/* Options that say nothing beside others. */
#ifndef GAT_MODEL_OPTION_USE_H
#define GAT_MODEL_OPTION_USE_H

#include "model/config.h"

/* GAT_EUSAGE: an option was asked for, by no preset and with another value than it has anyway, that does nothing beside the
 * others. Only a training asks: files of models name every option. */
gat_status option_use_check(const gat_config *config, gat_error *err);

#endif

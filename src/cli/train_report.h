/* What train tells of a model of a graph once it is learned. */
#ifndef GAT_CLI_TRAIN_REPORT_H
#define GAT_CLI_TRAIN_REPORT_H

#include "cli/report.h"

gat_status train_report(const gat_common *common, const gat_model *model, const char *output, gat_error *err);

#endif

/* gatkit evaluate and info for models of relations in text. */
#ifndef GAT_CLI_EVALUATE_RELATIONS_H
#define GAT_CLI_EVALUATE_RELATIONS_H

#include "cli/report.h"

/* Whether MODEL is one of relations in text. A file that cannot be read is none: loading it tells what is wrong. */
bool is_relations(const char *path);

gat_status evaluate_relations(gat_common *common, const char *model, const char *sentences);
gat_status info_relations(gat_common *common, const char *model);

#endif

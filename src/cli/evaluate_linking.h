/* gatkit evaluate and info for models of entity linking. */
#ifndef GAT_CLI_EVALUATE_LINKING_H
#define GAT_CLI_EVALUATE_LINKING_H

#include "cli/report.h"

/* Whether MODEL is one of entity linking. A file that cannot be read is none: loading it tells what is wrong. */
bool is_linker(const char *path);

/* remove: share of the annotated entities that are taken out of the graph first. */
gat_status evaluate_linking(gat_common *common, const char *model, const char *documents, double remove);
gat_status info_linking(gat_common *common, const char *model);

#endif

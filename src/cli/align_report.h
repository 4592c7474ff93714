/* What `align` tells of its run, with the reasons behind the first `explain` pairs. */
#ifndef GAT_CLI_ALIGN_REPORT_H
#define GAT_CLI_ALIGN_REPORT_H

#include "cli/report.h"

gat_status align_report_json(const gat_common *common, const gat_alignment *alignment, int64_t explain, gat_error *err);
gat_status align_report_text(const gat_common *common, const gat_alignment *alignment, const char *output,
                             int64_t explain, gat_error *err);

#endif

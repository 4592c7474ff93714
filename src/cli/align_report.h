/* What `align` tells of its run, with the reasons behind the first `explain` pairs. */
#ifndef GAT_CLI_ALIGN_REPORT_H
#define GAT_CLI_ALIGN_REPORT_H

#include "cli/report.h"

gat_status align_report_json(const gat_common *common, const gat_alignment *alignment, int64_t explain, gat_error *err);
gat_status align_report_text(const gat_common *common, const gat_alignment *alignment, const char *output,
                             int64_t explain, gat_error *err);

/* What was measured on held-back links: as the key "valid", and as text; report->held_links is not 0 for the first. */
json_t *align_valid_json(const gat_align_report *report);
void align_print_held(const gat_align_report *report);

#endif

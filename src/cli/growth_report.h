/* What `generate` says about a grown graph: for a person, and as JSON. */
#ifndef GAT_CLI_GROWTH_REPORT_H
#define GAT_CLI_GROWTH_REPORT_H

#include "cli/report.h"

gat_status print_growth(const gat_growth *growth, double min_probability, gat_error *err);
gat_status print_rules(const gat_rule_list *rules, gat_error *err);
json_t *growth_object(const gat_growth *growth, double seconds);
json_t *rules_object(const gat_rule_list *rules);

/* The facts as lines of three columns, in the order in which they were added. */
gat_status growth_write(const gat_growth *growth, const char *path, gat_error *err);

#endif

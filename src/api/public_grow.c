/* The public functions about growing a graph. */
#include "gatkit.h"
#include "grow/growth.h"

gat_status gat_grow(gat_growth **out, const gat_model *model, const gat_growth_options *options, gat_error *err)
{
    return growth_run(out, model, options, err);
}

void gat_growth_free(gat_growth *growth) { growth_free(growth); }

gat_status gat_rules(gat_rule_list **out, const gat_model *model, const gat_dataset *graph, const char *relation,
                     int64_t top, double min_confidence, gat_error *err)
{
    return rule_list_make(out, model, graph, relation, top, min_confidence, err);
}

void gat_rules_free(gat_rule_list *rules) { rule_list_free(rules); }

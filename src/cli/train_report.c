#include "cli/train_report.h"

#include <string.h>

static json_t *result_object(const gat_common *common, const gat_model_info *m)
{
    json_t *object = report_set(report_model(m), "seconds", report_number(report_seconds(common)));
    return report_set(object, "peak_rss_mb", report_number(report_peak_mb()));
}

static bool kept_is_best(const gat_model_info *m) { return m->has_valid && !strstr(m->config, "\nkeep = last\n"); }

/* How much was learned from. */
static void print_length(const gat_model_info *m)
{
    char all[32], kept[32];
    const char *which = kept_is_best(m) ? "best" : "last";
    if (m->queries)
        printf("%s questions (the %s state kept: %s)", format_count(all, m->queries), which,
               format_count(kept, m->best_queries));
    else if (m->members > 1)
        printf("%lld epochs each (the %s ones kept, up to %lld)", (long long)m->epochs, which,
               (long long)m->best_epoch);
    else printf("%lld epochs (the %s one kept: %lld)", (long long)m->epochs, which, (long long)m->best_epoch);
}

static gat_status print_result(const gat_common *common, const gat_model_info *m, const char *output, gat_error *err)
{
    char parameters[32], entities[32], facts[32];
    const char *attention = report_attention(m);
    printf("%s: model %s%s%s%s%s, ", output, m->model, attention ? ", attention " : "", attention ? attention : "",
           *m->decoder ? ", decoder " : "", m->decoder);
    if (m->members > 1) printf("%lld members, ", (long long)m->members);
    printf("%s parameters\n", format_count(parameters, m->parameters));
    printf("%s entities, %lld relations, %s training facts\n", format_count(entities, m->entities),
           (long long)m->relations, format_count(facts, m->train_triples));
    print_length(m);
    printf(", %.1f s, %.0f MB of memory at most\n", report_seconds(common), report_peak_mb());
    printf("digest %s\n", m->digest);
    if (!m->has_valid) return GAT_OK;
    putchar('\n');
    gat_grid *grid = grid_new(RANKING_ALIGN);
    grid_row(grid, ranking_heading);
    ranking_row(grid, *m->side ? "valid, paths alone" : "valid", &m->valid);
    return report_grid(grid, err);
}

gat_status train_report(const gat_common *common, const gat_model *model, const char *output, gat_error *err)
{
    gat_model_info info;
    gat_status st = gat_model_describe(&info, model, err);
    if (st) return st;
    return common->json ? report_json(result_object(common, &info), err) : print_result(common, &info, output, err);
}

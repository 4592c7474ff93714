#include "cli/train_relations.h"

#include "cli/interrupt.h"
#include "cli/output_path.h"

json_t *relations_object(const gat_relation_info *m)
{
    return json_pack(
        "{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b,s:o,s:o,s:o,s:s,s:s,s:b,s:b}", "task", "relations", "model",
        m->members ? "linear and attention" : "linear", "sentences", (json_int_t)m->sentences, "labels",
        (json_int_t)m->labels, "features", (json_int_t)m->features, "parameters", (json_int_t)m->parameters, "members",
        (json_int_t)m->members, "vectors", (json_int_t)m->vectors, "kg_entities", (json_int_t)m->kg_entities,
        "kg_facts", (json_int_t)m->kg_facts, "several", m->several, "parsed", m->parsed, "linear_c",
        report_number(m->c), "threshold", report_number(m->threshold), "held_out_f1", report_number(m->held_out_f1),
        "digest", m->digest, "data_digest", m->data_digest, "bags", m->bags, "kg_states", m->kg_states);
}

static json_t *result_object(const gat_common *common, const gat_relation_info *info)
{
    json_t *object = report_set(relations_object(info), "seconds", report_number(report_seconds(common)));
    return report_set(object, "peak_rss_mb", report_number(report_peak_mb()));
}

static void print_result(const gat_common *common, const gat_relation_info *m, const char *output)
{
    char sentences[32], features[32], parameters[32];
    printf("%s: %s sentences, %lld labels%s\n", output, format_count(sentences, m->sentences), (long long)m->labels,
           m->several ? ", several may hold" : "");
    printf("%s features, %lld nets, %s parameters in all\n", format_count(features, m->features), (long long)m->members,
           format_count(parameters, m->parameters));
    printf("linear part: C %g, %s-F1 %.4f on held-out folds\n", m->c, m->several ? "micro" : "macro", m->held_out_f1);
    printf("%.1f s, %.0f MB of memory at most\ndigest %s\n", report_seconds(common), report_peak_mb(), m->digest);
}

static int should_stop(void *context)
{
    (void)context;
    return interrupt_seen();
}

gat_status train_relations(gat_common *common, const gat_train_settings *settings, const relation_arguments *arguments,
                           const char *output)
{
    gat_error *err = &common->error;
    gat_relation_config *config = NULL;
    gat_relations *model = NULL;
    gat_relation_info info;
    gat_relation_inputs inputs = arguments->inputs;
    inputs.log = screen_log(&common->screen);
    inputs.should_stop = should_stop;
    gat_status st = train_settings_relations(&config, settings, err);
    if (!st) st = output_check(output, err);
    if (!st) st = gat_relations_train(&model, &inputs, config, err);
    if (!st) st = gat_relations_save(model, output, err);
    if (!st) st = gat_relations_describe(&info, model, err);
    if (!st && common->json) st = report_json(result_object(common, &info), err);
    else if (!st) print_result(common, &info, output);
    gat_relations_free(model);
    gat_relation_config_free(config);
    return st;
}

/* Routes about the server and its models. */
#include "base/error.h"
#include "server/answers.h"

gat_status answer_health(json_t **out, const route_call *call, gat_error *err)
{
    (void)err;
    *out = json_pack("{s:s,s:i}", "status", "ok", "models", model_set_count(call->models));
    return GAT_OK;
}

gat_status answer_openapi(json_t **out, const route_call *call, gat_error *err)
{
    (void)call;
    (void)err;
    *out = route_openapi();
    return GAT_OK;
}

static const char *const kind_names[] = {[GAT_FILE_MODEL] = "graph",
                                         [GAT_FILE_ALIGNMENT] = "alignment",
                                         [GAT_FILE_RELATIONS] = "relations",
                                         [GAT_FILE_LINKER] = "linking",
                                         [GAT_FILE_RECOMMENDER] = "recommend"};

gat_status answer_models(json_t **out, const route_call *call, gat_error *err)
{
    json_t *array = json_array();
    (void)err;
    for (int i = 0; i < model_set_count(call->models); i++) {
        const hosted_model *m = model_set_at(call->models, i);
        array =
            report_append(array, json_pack("{s:o,s:s}", "name", report_string(m->name), "kind", kind_names[m->kind]));
    }
    *out = json_pack("{s:s,s:o}", "version", gat_version(), "models", array);
    return GAT_OK;
}

static json_t *alignment_card(const hosted_model *m)
{
    gat_alignment_info info;
    gat_alignment_describe(&info, m->alignment);
    return json_pack("{s:I,s:I,s:I,s:I,s:s}", "entities1", (json_int_t)info.report.entities1, "entities2",
                     (json_int_t)info.report.entities2, "seeds", (json_int_t)info.report.seeds, "pairs",
                     (json_int_t)info.report.pairs, "digest", info.report.digest);
}

static json_t *linker_card(const gat_link_info *info)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:s}", "documents", (json_int_t)info->documents, "mentions",
                     (json_int_t)info->mentions, "kg_entities", (json_int_t)info->kg_entities, "names",
                     (json_int_t)info->names, "digest", info->digest);
}

gat_status answer_model(json_t **out, const route_call *call, gat_error *err)
{
    const hosted_model *m = call->model;
    json_t *card = m->kind == GAT_FILE_MODEL       ? report_card(&m->info)
                   : m->kind == GAT_FILE_ALIGNMENT ? alignment_card(m)
                   : m->kind == GAT_FILE_LINKER    ? linker_card(&m->link)
                                                   : report_relations(&m->relation);
    (void)err;
    card = report_set(card, "name", report_string(m->name));
    *out = report_set(card, "kind", json_string(kind_names[m->kind]));
    return GAT_OK;
}

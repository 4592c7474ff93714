/* The public functions about models: making, keeping and describing them. */
#include <string.h>

#include "align/alignment_io.h"
#include "api/digest_text.h"
#include "base/error.h"
#include "base/file.h"
#include "gatkit.h"
#include "kernels/attention.h"
#include "generate/generator.h"
#include "link/linker.h"
#include "recommend/recommender.h"
#include "model/kg_model.h"
#include "model/model_io.h"
#include "text/relation_model.h"
#include "train/plan.h"
#include "train/side_fit.h"
#include "train/trainer.h"

gat_status gat_train(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                     const gat_train_options *options, gat_error *err)
{
    return train_model(out, dataset, config, options, err);
}

gat_status gat_plan_training(gat_plan *out, const gat_dataset *dataset, const gat_config *config,
                             const gat_train_options *options, gat_error *err)
{
    return plan_training(out, dataset, config, options, PLAN_SECONDS, err);
}

static gat_status check_path(const char *path, gat_error *err)
{
    if (file_is_folder(path)) return error_set(err, GAT_EMODEL, "%s: a folder, not a model file", path);
    return file_exists(path) ? GAT_OK : error_set(err, GAT_EMODEL, "%s: no such model file", path);
}

static gat_status load(gat_model **out, const char *path, gat_error *err)
{
    *out = NULL;
    gat_status st = check_path(path, err);
    return st ? st : model_load(out, path, err);
}

gat_status gat_model_load(gat_model **out, const char *path, gat_error *err)
{
    gat_status st = load(out, path, err);
    if (!st) st = model_finish(*out, err);
    if (!st) return GAT_OK;
    model_free(*out);
    *out = NULL;
    return st;
}

gat_status gat_model_save(const gat_model *model, const char *path, gat_error *err)
{
    return model_save(model, path, err);
}

void gat_model_free(gat_model *model) { model_free(model); }

gat_status gat_model_describe(gat_model_info *out, const gat_model *m, gat_error *err)
{
    static const char *const kinds[GAT_NUM_MODEL_KINDS] = {"gat", "none", "path"};
    uint64_t digest[2];
    gat_status st = model_digest(digest, m, err);
    if (st) return st;
    *out = (gat_model_info){
        .model = kinds[m->config.model],
        .attention = m->encoder.num_layers ? score_name((gat_score)m->config.attention) : "",
        .decoder = m->path ? "" : decoder_name((gat_decoder)m->config.decoder),
        .config = m->config_lines,
        .side = m->side ? decoder_name((gat_decoder)m->side->config.decoder) : "",
        .entities = intern_count(m->entities),
        .seen_entities = m->num_seen,
        .relations = intern_count(m->relations),
        .train_triples = m->facts.count,
        .parameters = params_count(model_params_of(m)) + (m->side ? params_count(&m->side->params) : 0),
        .epochs = m->origin.epochs,
        .best_epoch = m->origin.best_epoch,
        .queries = m->queries,
        .best_queries = m->best_queries,
        .eval_queries = m->eval_queries,
        .dim = m->config.dim,
        .members = m->config.members,
        .seed = (uint64_t)m->config.seed,
        .holdout_seed = m->origin.holdout_seed,
        .holdout = m->origin.holdout,
        .has_valid = m->origin.has_valid != 0,
        .valid = m->origin.valid,
    };
    digest_text(out->digest, digest);
    digest_text(out->data_digest, m->origin.data_digest);
    return GAT_OK;
}

gat_status gat_model_add_side(gat_model *model, gat_model **side, const gat_dataset *dataset, gat_side_report *report,
                              gat_error *err)
{
    return side_attach(model, side, dataset, report, err);
}

static const char *name_of(const gat_intern *names, int64_t id)
{
    return id >= 0 && id < intern_count(names) ? intern_string(names, (int32_t)id) : NULL;
}

const char *gat_model_entity(const gat_model *model, int64_t id) { return name_of(model->entities, id); }
const char *gat_model_relation(const gat_model *model, int64_t id) { return name_of(model->relations, id); }

const char *gat_model_entity_text(const gat_model *model, const char *entity)
{
    int32_t id = model->entity_text ? intern_find(model->entities, entity, strlen(entity)) : -1;
    return id < 0 ? NULL : model->entity_text[id];
}

/* Sections that models of a graph do not have. */
static const struct kind_section {
    const char *section;
    gat_file_kind kind;
} kind_sections[] = {{ALIGNMENT_SECTION, GAT_FILE_ALIGNMENT},
                     {RELATIONS_SECTION, GAT_FILE_RELATIONS},
                     {LINKER_SECTION, GAT_FILE_LINKER},
                     {GENERATOR_SECTION, GAT_FILE_GENERATOR},
                     {RECOMMENDER_SECTION, GAT_FILE_RECOMMENDER}};

gat_status gat_file_kind_of(gat_file_kind *out, const char *path, gat_error *err)
{
    gat_status st = check_path(path, err);
    bool has = false;
    *out = GAT_FILE_MODEL;
    for (size_t i = 0; !st && !has && i < sizeof kind_sections / sizeof *kind_sections; i++) {
        st = model_file_names_section(&has, path, kind_sections[i].section, err);
        if (has) *out = kind_sections[i].kind;
    }
    return st;
}

static gat_status verify_alignment(const char *path, gat_error *err)
{
    gat_alignment *alignment;
    gat_status st = alignment_load(&alignment, path, err);
    alignment_free(alignment);
    return st;
}

static gat_status verify_relations(const char *path, gat_error *err)
{
    gat_relations *relations;
    gat_status st = relations_load(&relations, path, err);
    relations_free(relations);
    return st;
}

static gat_status verify_linker(const char *path, gat_error *err)
{
    gat_linker *linker;
    gat_status st = linker_load(&linker, path, err);
    linker_free(linker);
    return st;
}

static gat_status verify_generator(const char *path, gat_error *err)
{
    gat_generator *generator;
    gat_status st = generator_load(&generator, path, err);
    generator_free(generator);
    return st;
}

static gat_status verify_recommender(const char *path, gat_error *err)
{
    gat_recommender *recommender;
    gat_status st = recommender_load(&recommender, path, err);
    recommender_free(recommender);
    return st;
}

gat_status gat_model_verify(const char *path, gat_error *err)
{
    gat_model *model = NULL;
    gat_file_kind kind;
    gat_status st = gat_file_kind_of(&kind, path, err);
    if (!st && kind == GAT_FILE_ALIGNMENT) return verify_alignment(path, err);
    if (!st && kind == GAT_FILE_RELATIONS) return verify_relations(path, err);
    if (!st && kind == GAT_FILE_LINKER) return verify_linker(path, err);
    if (!st && kind == GAT_FILE_GENERATOR) return verify_generator(path, err);
    if (!st && kind == GAT_FILE_RECOMMENDER) return verify_recommender(path, err);
    if (!st) st = model_load(&model, path, err);
    model_free(model);
    return st;
}

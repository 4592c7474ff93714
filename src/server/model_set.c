#include "server/model_set.h"

#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

struct model_set {
    atomic_int holds;
    int count;
    hosted_model *models;
};

static char *name_of_file(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
    return gat_strndup(base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
}

static const char *entity_of(const void *source, int64_t id, const char **text)
{
    const char *name = gat_model_entity(source, id);
    *text = name ? gat_model_entity_text(source, name) : NULL;
    return name;
}

static gat_status load_graph_model(hosted_model *m, const char *path, gat_error *err)
{
    gat_status st = gat_model_load(&m->model, path, err);
    if (!st) st = gat_model_describe(&m->info, m->model, err);
    return st ? st : entity_search_new(&m->search, entity_of, m->model, err);
}

static gat_status load_relations(hosted_model *m, const char *path, gat_error *err)
{
    gat_status st = gat_relations_load(&m->relations, path, err);
    return st ? st : gat_relations_describe(&m->relation, m->relations, err);
}

static gat_status load_linker(hosted_model *m, const char *path, gat_error *err)
{
    gat_status st = gat_linker_load(&m->linker, path, err);
    return st ? st : gat_linker_describe(&m->link, m->linker, err);
}

static gat_status load_model(hosted_model *m, const char *path, gat_error *err)
{
    gat_status st = gat_file_kind_of(&m->kind, path, err);
    if (st) return st;
    m->name = name_of_file(path);
    if (!m->name) return error_nomem(err);
    switch (m->kind) {
    case GAT_FILE_ALIGNMENT: return gat_alignment_load(&m->alignment, path, err);
    case GAT_FILE_RELATIONS: return load_relations(m, path, err);
    case GAT_FILE_LINKER: return load_linker(m, path, err);
    case GAT_FILE_GENERATOR:
        return error_set(err, GAT_EUSAGE, "%s: a model of --task graphs; the server answers nothing from it", path);
    case GAT_FILE_RECOMMENDER:
        return error_set(err, GAT_EUSAGE, "%.400s: a recommender, which is asked by gatkit recommend alone", path);
    case GAT_FILE_MODEL: break;
    }
    return load_graph_model(m, path, err);
}

static void unload_model(hosted_model *m)
{
    gat_free(m->name);
    entity_search_free(m->search);
    gat_model_free(m->model);
    gat_alignment_free(m->alignment);
    gat_relations_free(m->relations);
    gat_linker_free(m->linker);
}

gat_status model_set_new(model_set **out, const char *const *paths, int count, gat_error *err)
{
    gat_status st = GAT_OK;
    model_set *set = *out = gat_calloc(1, sizeof *set);
    if (!set) return error_nomem(err);
    atomic_init(&set->holds, 1);
    set->models = gat_calloc(count, sizeof *set->models);
    if (!set->models) st = error_nomem(err);
    for (int i = 0; !st && i < count; i++) {
        hosted_model *m = &set->models[set->count++];
        st = load_model(m, paths[i], err);
        if (!st && model_set_find(set, m->name) != m)
            st = error_set(err, GAT_EUSAGE, "%s: another model is called '%s' too", paths[i], m->name);
    }
    if (!st) return GAT_OK;
    model_set_drop(set);
    *out = NULL;
    return st;
}

void model_set_hold(model_set *set) { atomic_fetch_add(&set->holds, 1); }

void model_set_drop(model_set *set)
{
    if (!set || atomic_fetch_sub(&set->holds, 1) != 1) return;
    for (int i = 0; i < set->count; i++) unload_model(&set->models[i]);
    gat_free(set->models);
    gat_free(set);
}

int model_set_count(const model_set *set) { return set->count; }

const hosted_model *model_set_at(const model_set *set, int index) { return &set->models[index]; }

const hosted_model *model_set_find(const model_set *set, const char *name)
{
    for (int i = 0; i < set->count; i++)
        if (set->models[i].name && !strcmp(set->models[i].name, name)) return &set->models[i];
    return NULL;
}

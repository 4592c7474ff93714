#include "tasks/export.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "model/embedding_view.h"

typedef struct export_format {
    const char *name;
    export_function *function;
    bool of_vectors;
} export_format;

static const export_format formats[] = {
    {"npy", export_npy, true},
    {"word2vec", export_word2vec, true},
    {"word2vec-binary", export_word2vec_binary, true},
    {"projector", export_projector, true},
    {"safetensors", export_safetensors, false},
};

static gat_status find_format(const export_format **out, const char *name, gat_error *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        *out = &formats[i];
        if (!strcmp(formats[i].name, name)) return GAT_OK;
    }
    return error_set(err, GAT_EUSAGE,
                     "unknown format \"%.80s\"; expected npy, word2vec, word2vec-binary, projector or safetensors",
                     name);
}

gat_status export_by_format(const export_source *source, const char *name, const char *path, gat_error *err)
{
    const export_format *format;
    gat_status st = find_format(&format, name, err);
    return st ? st : format->function(source, path, err);
}

gat_status export_model(const gat_model *m, const char *name, const char *path, gat_error *err)
{
    const embedding_view *v = embedding_view_of(m->view);
    const export_format *format;
    char what[40];
    export_source source = {
        .names = m->entities, .relations = m->relations, .texts = m->entity_text, .params = model_params_of(m)};
    gat_status st = find_format(&format, name, err);
    snprintf(what, sizeof what, "the format %.20s", name);
    if (!st && format->of_vectors) st = embedding_view_need(&v, m->view, what, err);
    if (st) return st;
    if (v) {
        source.vectors = v->encoded;
        source.rows = v->base.num_entities;
        source.dim = v->dim;
    }
    return format->function(&source, path, err);
}

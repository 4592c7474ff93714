/* gatkit export: a model's embeddings for other programs. */
#include <string.h>

#include "cli/alignment_verbs.h"
#include "cli/output_path.h"
#include "cli/report.h"

typedef struct export_arguments {
    gat_common common;
    const char *model, *format, *output;
} export_arguments;

enum { KEY_FORMAT = 'f', KEY_OUTPUT = 'o' };

static const struct argp_option options[] = {
    {"format", KEY_FORMAT, "NAME", 0, "npy, word2vec, word2vec-binary, projector or safetensors (needed)", 0},
    {"output", KEY_OUTPUT, "PATH", 0, "where to write (needed)", 0},
    {0}};

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    export_arguments *a = state->input;
    static const char *const names[] = {"MODEL"};
    error_t failed;
    switch (key) {
    case KEY_FORMAT: a->format = arg; return 0;
    case KEY_OUTPUT: a->output = arg; return 0;
    case ARGP_KEY_SUCCESS:
        failed = argument_required(state, a->format, "format NAME");
        return failed ? failed : argument_output(state, a->output, "output PATH", &a->model, 1);
    default: return argument_positional(state, key, arg, &a->model, names, 1);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL --format NAME --output PATH",
    .doc = "Write a model's entity embeddings, with their names, for other programs.\n\n"
           "  gatkit export build/wordnet.gatkit --format word2vec --output build/all.vec\n"
           "  gatkit export build/wordnet.gatkit --format npy --output build/wordnet.npy\n"
           "  gatkit export build/wordnet.gatkit --format projector --output build/all\v"
           "npy: PATH and PATH.entities.txt. word2vec: one text file; word2vec-binary: the same with float32 numbers. "
           "projector: PATH.tsv and PATH.metadata.tsv, for the "
           "TensorFlow embedding projector. safetensors: all parameters and the embeddings, which a model of paths has "
           "not. Of a kept alignment the vectors of both graphs, named 1:NAME and 2:NAME.",
    .children = common_options,
};

static gat_status print_export(const export_arguments *a, const gat_model_info *info, gat_error *err)
{
    char text[32];
    if (a->common.json)
        return report_json(json_pack("{s:s,s:o,s:I,s:I}", "format", a->format, "output", report_string(a->output),
                                     "entities", (json_int_t)info->entities, "dim", (json_int_t)info->dim),
                           err);
    if (!strcmp(info->model, "path"))
        printf("%s parameters written to %s as %s\n", format_count(text, info->parameters), a->output, a->format);
    else printf("%s entities written to %s as %s\n", format_count(text, info->entities), a->output, a->format);
    return GAT_OK;
}

int cmd_export(int argc, char **argv)
{
    export_arguments a = {0};
    gat_error *err = &a.common.error;
    gat_model *model = NULL;
    gat_model_info info;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    if (is_alignment(a.model))
        return report_end(&a.common, alignment_export_verb(&a.common, a.model, a.format, a.output, err));
    gat_status st = gat_model_load(&model, a.model, err);
    if (!st) st = gat_model_describe(&info, model, err);
    if (!st) st = gat_export(model, a.format, a.output, err);
    if (!st) st = print_export(&a, &info, err);
    gat_model_free(model);
    return report_end(&a.common, st);
}

#include "tasks/export.h"

#include <string.h>

#include "base/error.h"

gat_status export_model(const gat_model *model, const char *format, const char *path, gat_error *err)
{
    static const struct {
        const char *name;
        export_function *function;
    } formats[] = {
        {"npy", export_npy},
        {"word2vec", export_word2vec},
        {"projector", export_projector},
        {"safetensors", export_safetensors},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!strcmp(formats[i].name, format)) return formats[i].function(model, path, err);
    return error_set(err, GAT_EUSAGE, "unknown format \"%.80s\"; expected npy, word2vec, projector or safetensors",
                     format);
}

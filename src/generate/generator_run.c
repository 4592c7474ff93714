#define XXH_INLINE_ALL
#include "generate/generator_run.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "text/relation_sections.h"

#define IDENTITY "graphs_run"

void generator_run_identity(uint64_t identity[2], const gat_generator *m)
{
    identity[0] = XXH3_64bits(m->config_lines, strlen(m->config_lines));
    identity[1] = m->data_digest[0] ^ m->data_digest[1];
}

gat_status generator_run_write(const generator_run *r, const char *path, gat_error *err)
{
    uint64_t identity[2];
    int64_t bytes = r->model->net.params.size * (int64_t)sizeof(float);
    generator_run_identity(identity, r->model);
    const gat_section list[] = {{IDENTITY, identity, sizeof identity},
                                {"state", &r->at, sizeof r->at},
                                {"net", r->model->net.params.value, bytes},
                                {"adam", r->adam, 2 * bytes},
                                {"best", r->best, bytes}};
    return model_file_write(path, list, sizeof list / sizeof *list, err);
}

static gat_status read_run(generator_run *r, const gat_model_file *file, gat_error *err)
{
    uint64_t identity[2];
    const void *bytes;
    int64_t size = r->model->net.params.size;
    generator_run_identity(identity, r->model);
    gat_status st = section_exact(&bytes, sizeof identity, file, IDENTITY, err);
    if (!st && memcmp(bytes, identity, sizeof identity) != 0)
        return error_set(err, GAT_EUSAGE,
                         "the checkpoint was made with other options or data; remove it or repeat them");
    if (!st) st = section_exact(&bytes, sizeof r->at, file, "state", err);
    if (!st) memcpy(&r->at, bytes, sizeof r->at);
    if (!st && (r->at.steps < 0 || r->at.stale < 0 || r->at.best_epoch < 0 || isnan(r->at.best_bits) ||
                !isfinite(r->at.epoch_bits)))
        st = error_set(err, GAT_EMODEL, "bad model file: numbers out of range");
    if (!st) st = model_file_floats(r->model->net.params.value, size, file, "net", err);
    if (!st) st = model_file_floats(r->adam, 2 * size, file, "adam", err);
    return st ? st : model_file_floats(r->best, size, file, "best", err);
}

gat_status generator_run_read(generator_run *r, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    gat_status st = model_file_open(&file, path, err);
    if (st) return st;
    st = read_run(r, file, &inner);
    if (st) error_set(err, st, "%.300s: %.250s", path, inner.message);
    model_file_close(file);
    return st;
}

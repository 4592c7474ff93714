#include "recommend/training_checkpoint.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "io/model_file.h"
#include "text/relation_sections.h"

#define IDENTITY "recommend_run"

gat_status training_checkpoint_write(const training_checkpoint *c, gat_error *err)
{
    const int64_t bytes = c->size * (int64_t)sizeof(float);
    const gat_section list[] = {{IDENTITY, c->identity, sizeof c->identity},
                                {"place", &c->place, sizeof c->place},
                                {"value", c->value, bytes},
                                {"state", c->state, c->slots * bytes},
                                {"kept", c->kept, bytes}};
    return c->path ? model_file_write(c->path, list, 5, err) : GAT_OK;
}

static gat_status read_all(training_checkpoint *c, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    gat_status st = section_exact(&bytes, sizeof c->identity, file, IDENTITY, err);
    if (!st && memcmp(bytes, c->identity, sizeof c->identity) != 0)
        return error_set(err, GAT_EUSAGE,
                         "%.300s: the checkpoint was made with other options or data; remove it or repeat them",
                         c->path);
    if (!st) st = section_exact(&bytes, sizeof c->place, file, "place", err);
    if (st) return st;
    memcpy(&c->place, bytes, sizeof c->place);
    if (c->place.epoch < 0 || c->place.best_epoch < 0 || c->place.best_epoch > c->place.epoch || c->place.steps < 0 ||
        isnan(c->place.best))
        return error_set(err, GAT_EMODEL, "%.300s: bad checkpoint: numbers out of range", c->path);
    st = model_file_floats(c->value, c->size, file, "value", err);
    if (!st) st = model_file_floats(c->state, c->slots * c->size, file, "state", err);
    return st ? st : model_file_floats(c->kept, c->size, file, "kept", err);
}

gat_status training_checkpoint_read(bool *found, training_checkpoint *c, gat_error *err)
{
    gat_model_file *file = NULL;
    *found = c->path && file_exists(c->path);
    if (!*found) return GAT_OK;
    gat_status st = model_file_open(&file, c->path, err);
    if (!st) st = read_all(c, file, err);
    model_file_close(file);
    return st;
}

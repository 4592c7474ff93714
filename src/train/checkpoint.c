#include "train/checkpoint.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/model_io.h"

/* As it lies in the file. */
typedef struct checkpoint_header {
    train_position at;
    model_origin origin;
} checkpoint_header;

gat_status checkpoint_save(const gat_trainer *t, const char *path, gat_error *err)
{
    model_sections s = {.count = 0};
    checkpoint_header *header = gat_calloc(1, sizeof *header);
    if (!header) return error_nomem(err);
    header->at = t->at;
    header->at.optim_steps = t->optim.steps;
    header->origin = t->origin;
    int64_t size = t->model->params.size * (int64_t)sizeof(float);
    gat_status st = sections_of_model(&s, t->model, err);
    sections_add(&s, "train_position", header, sizeof *header);
    sections_add(&s, "optimizer", t->optim.state, t->optim.slots * size);
    sections_add(&s, "kept", t->kept, size);
    if (!st) st = model_file_write(path, s.list, s.count, err);
    sections_clear(&s);
    gat_free(header);
    return st;
}

/* The run may be prolonged: patience may differ, and epochs unless the learning rate falls with them. */
static gat_status same_run(const gat_trainer *t, const gat_config *stored, const model_origin *origin, const char *path,
                           gat_error *err)
{
    gat_config a = t->model->config, b = *stored;
    if (a.lr_schedule == GAT_SCHEDULE_CONSTANT) a.epochs = b.epochs = 0;
    a.patience = b.patience = 0;
    char *mine = config_text(&a), *theirs = config_text(&b);
    gat_status st = mine && theirs ? GAT_OK : error_nomem(err);
    if (!st && strcmp(mine, theirs))
        st = error_set(err, GAT_EUSAGE, "%s: the checkpoint was made with other options; remove it or repeat them",
                       path);
    if (!st && memcmp(origin->data_digest, t->model->origin.data_digest, sizeof origin->data_digest))
        st = error_set(err, GAT_EUSAGE, "%s: the checkpoint was made from other data; remove it to start afresh", path);
    gat_free(mine);
    gat_free(theirs);
    return st;
}

static bool position_sane(const train_position *at, int64_t steps)
{
    return at->epoch >= 0 && at->epoch < INT64_MAX && at->step >= 0 && at->step <= steps && at->stale >= 0 &&
           at->stale < INT64_MAX && at->optim_steps >= 0 && at->optim_steps < INT64_MAX && isfinite(at->best) &&
           isfinite(at->loss) && isfinite(at->answers);
}

/* Large arrays are read straight to where they belong. A failure leaves a trainer that nobody goes on with. */
static gat_status take(gat_trainer *t, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t length, size = t->model->params.size;
    gat_status st = model_file_section(&bytes, &length, file, "train_position", sizeof(checkpoint_header), err);
    if (st) return st;
    if (length != sizeof(checkpoint_header))
        return error_set(err, GAT_EMODEL, "the parts of the checkpoint do not match");
    checkpoint_header header;
    memcpy(&header, bytes, sizeof header);
    if (!position_sane(&header.at, batches_count(&t->batches)))
        return error_set(err, GAT_EMODEL, "the position is out of range");
    st = model_file_floats(t->model->params.value, size, file, "params", err);
    if (!st) st = model_file_floats(t->optim.state, t->optim.slots * size, file, "optimizer", err);
    if (!st) st = model_file_floats(t->kept, size, file, "kept", err);
    if (st) return st;
    t->at = header.at;
    t->at.finished =
        t->model->config.patience > 0 && t->at.stale >= t->model->config.patience; /* patience may have changed */
    t->optim.steps = header.at.optim_steps;
    t->origin = header.origin;
    return GAT_OK;
}

gat_status checkpoint_load(gat_trainer *t, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    gat_config config;
    model_origin origin;
    gat_status st = model_file_open(&file, path, err);
    if (st) return st;
    st = model_read_origin(&config, &origin, file, &inner);
    if (!st) st = same_run(t, &config, &origin, path, err);
    else error_set(err, st, "%s: %s", path, inner.message);
    if (!st && (st = take(t, file, &inner))) error_set(err, st, "%s: %s", path, inner.message);
    model_file_close(file);
    return st;
}

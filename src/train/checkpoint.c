#include "train/checkpoint.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/model_io.h"

gat_status checkpoint_save(const train_run *r, const checkpoint_state *state, const char *path, gat_error *err)
{
    model_sections s = {.count = 0};
    const int64_t width = sizeof(float);
    gat_status st = sections_of_model(&s, r->model, err);
    sections_add(&s, "position", state->position, state->position_size);
    sections_add(&s, "kept_origin", &r->origin, sizeof r->origin);
    sections_add(&s, "optimizer", state->optimizer, state->optimizer_size * width);
    if (state->finished) sections_add(&s, "finished", state->finished, state->finished_size * width);
    sections_add(&s, "kept", r->kept, model_params(r->model)->size * width);
    if (!st) st = model_file_write(path, s.list, s.count, err);
    sections_clear(&s);
    return st;
}

/* The run may be prolonged: patience may differ, and epochs unless the learning rate falls with them or members are done
 * already. */
static gat_status same_run(const train_run *r, const gat_config *stored, const model_origin *origin, const char *path,
                           gat_error *err)
{
    gat_config a = r->model->config, b = *stored;
    if (a.model != GAT_MODEL_PATH && a.lr_schedule == GAT_SCHEDULE_CONSTANT && a.members == 1) a.epochs = b.epochs = 0;
    a.patience = b.patience = 0;
    char *mine = config_text(&a), *theirs = config_text(&b);
    gat_status st = mine && theirs ? GAT_OK : error_nomem(err);
    if (!st && strcmp(mine, theirs))
        st = error_set(err, GAT_EUSAGE, "%s: the checkpoint was made with other options; remove it or repeat them",
                       path);
    if (!st && memcmp(origin->data_digest, r->model->origin.data_digest, sizeof origin->data_digest))
        st = error_set(err, GAT_EUSAGE, "%s: the checkpoint was made from other data; remove it to start afresh", path);
    gat_free(mine);
    gat_free(theirs);
    return st;
}

static gat_status refuse_parts(gat_error *err)
{
    return error_set(err, GAT_EMODEL,
                     "the parts of the checkpoint do not match (made by another version?); start without --resume");
}

static gat_status take_bytes(void *to, int64_t size, const gat_model_file *file, const char *section, gat_error *err)
{
    const void *bytes;
    int64_t length;
    gat_status st = model_file_section(&bytes, &length, file, section, 1, err);
    if (st) return st;
    if (length != size) return refuse_parts(err);
    memcpy(to, bytes, (size_t)size);
    return GAT_OK;
}

/* Members that are done. Where the file has none, finished_size is 0. */
static gat_status take_finished(checkpoint_state *state, const gat_model_file *file, gat_error *err)
{
    const int64_t width = sizeof(float), bytes = model_file_length(file, "finished");
    state->finished_size = bytes > 0 ? bytes / width : 0;
    if (!state->finished_size) return GAT_OK;
    if (state->finished_size > state->finished_room) return refuse_parts(err);
    return model_file_floats(state->finished, state->finished_size, file, "finished", err);
}

/* Large arrays are read straight to where they belong. */
static gat_status take(train_run *r, checkpoint_state *state, const gat_model_file *file, gat_error *err)
{
    gat_params *p = model_params(r->model);
    gat_status st = take_bytes(state->position, state->position_size, file, "position", err);
    if (!st) st = take_bytes(&r->origin, sizeof r->origin, file, "kept_origin", err);
    if (!st) st = model_file_floats(p->value, p->size, file, "params", err);
    if (!st) st = model_file_floats(state->optimizer, state->optimizer_size, file, "optimizer", err);
    if (!st) st = model_file_floats(r->kept, p->size, file, "kept", err);
    if (!st) st = take_finished(state, file, err);
    return st;
}

gat_status checkpoint_load(train_run *r, checkpoint_state *state, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    gat_config config;
    model_origin origin;
    gat_status st = model_file_open(&file, path, err);
    if (st) return st;
    st = model_read_origin(&config, &origin, file, &inner);
    if (!st) st = same_run(r, &config, &origin, path, err);
    else error_set(err, st, "%s: %s", path, inner.message);
    if (!st && (st = take(r, state, file, &inner))) error_set(err, st, "%s: %s", path, inner.message);
    model_file_close(file);
    return st;
}

#include "autodiff/tape.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

typedef struct record {
    struct record *previous;
    gat_backward *backward;
    void *saved;
} record;

struct gat_tape {
    gat_arena *arena;
    record *last;
    gat_status status;
    bool recording;
};

gat_tape *tape_new(bool recording)
{
    gat_tape *t = gat_calloc(1, sizeof *t);
    if (!t) return NULL;
    t->recording = recording;
    t->arena = arena_new();
    if (t->arena) return t;
    gat_free(t);
    return NULL;
}

void tape_free(gat_tape *t)
{
    if (!t) return;
    arena_free(t->arena);
    gat_free(t);
}

void tape_reset(gat_tape *t)
{
    arena_reset(t->arena);
    t->last = NULL;
    t->status = GAT_OK;
}

void tape_restart(gat_tape *t, bool recording)
{
    tape_reset(t);
    t->recording = recording;
}

bool tape_recording(const gat_tape *t) { return t->recording; }
gat_arena *tape_arena(gat_tape *t) { return t->arena; }

gat_status tape_status(const gat_tape *t, gat_error *err)
{
    return t->status ? error_set(err, t->status, "%s", status_text(t->status)) : GAT_OK;
}

void tape_fail(gat_tape *t, gat_status status)
{
    if (!t->status) t->status = status;
}

static void *take(gat_tape *t, int64_t count, size_t size)
{
    if (t->status) return NULL;
    void *p = arena_alloc(t->arena, count, size);
    if (!p) tape_fail(t, GAT_ENOMEM);
    return p;
}

float *tape_floats(gat_tape *t, int64_t n) { return take(t, n, sizeof(float)); }

gat_mat *tape_mat(gat_tape *t, int64_t rows, int64_t cols)
{
    gat_mat *m = take(t, 1, sizeof *m);
    float *data = tape_floats(t, rows * cols);
    float *grad = t->recording ? tape_floats(t, rows * cols) : NULL;
    if (t->status) return NULL;
    if (grad) memset(grad, 0, (size_t)(rows * cols) * sizeof *grad);
    *m = (gat_mat){data, grad, rows, cols};
    return m;
}

void *tape_record(gat_tape *t, gat_backward *backward, size_t size)
{
    if (!t->recording) return NULL;
    record *r = take(t, 1, sizeof *r);
    void *saved = take(t, 1, size);
    if (t->status) return NULL;
    memset(saved, 0, size);
    *r = (record){t->last, backward, saved};
    t->last = r;
    return saved;
}

gat_status tape_backward(gat_tape *t, gat_error *err)
{
    for (record *r = t->last; r && !t->status; r = r->previous) r->backward(t, r->saved);
    return tape_status(t, err);
}

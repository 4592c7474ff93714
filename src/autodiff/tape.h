/* Reverse-mode differentiation over about a dozen coarse operations, run as they are called.
 *
 * A tape lives for one step: operations append themselves, tape_backward walks them from the last to the first.
 * Matrices are two-dimensional and row-major and belong to the tape's arena. The tape remembers its first failure and
 * later operations do nothing, so that model code reads like a formula; tape_backward reports it. Operations return NULL
 * after a failure and accept NULL inputs then.
 *
 * A new operation is one kernel pair, one case in ops.c and one test. Not thread-safe; operations run parallel inside. */
#ifndef GAT_AUTODIFF_TAPE_H
#define GAT_AUTODIFF_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "autodiff/param.h"
#include "base/arena.h"
#include "base/status.h"

typedef struct gat_mat {
    float *data;
    float *grad; /* NULL where no gradient is wanted */
    int64_t rows, cols;
} gat_mat;

typedef struct gat_tape gat_tape;

/* recording: gradients are kept and tape_backward works; otherwise the tape only computes. NULL: out of memory. */
gat_tape *tape_new(bool recording);
void tape_free(gat_tape *tape);

/* Forgets everything; matrices of the tape are gone. tape_restart also changes whether it records. */
void tape_reset(gat_tape *tape);
void tape_restart(gat_tape *tape, bool recording);

bool tape_recording(const gat_tape *tape);
gat_arena *tape_arena(gat_tape *tape);

/* First failure so far. */
gat_status tape_status(const gat_tape *tape, gat_error *err);
void tape_fail(gat_tape *tape, gat_status status);

/* A matrix of the arena, its gradient zeroed when recording; NULL after a failure. */
gat_mat *tape_mat(gat_tape *tape, int64_t rows, int64_t cols);

/* Runs all recorded operations backward. Loss operations have put their gradients in place already. */
gat_status tape_backward(gat_tape *tape, gat_error *err);

/* ---- for operations ------------------------------------------------------------------------------------------ */

/* A recorded operation: `saved` is an arena copy of what backward needs. */
typedef void gat_backward(gat_tape *tape, void *saved);

/* Appends an operation; saved is size bytes of the arena, zeroed. NULL after a failure (and when not recording). */
void *tape_record(gat_tape *tape, gat_backward *backward, size_t size);

/* n uninitialised floats of the arena; NULL after a failure. */
float *tape_floats(gat_tape *tape, int64_t n);

#endif

/* The path kernels of one instruction set: compiled once per set with other machine flags, and with GAT_VARIANT naming
 * the table it defines (gat_path_<variant>). */
#include "kernels/path_layer.h"

#include <math.h>
#include <string.h>

#include "kernels/variant/vmath.h"
#include "kernels/variant/path_dense.h"
#include "kernels/variant/path_gate_forms.h"
#include "kernels/variant/path_gate.h"
#include "kernels/variant/path_statistics.h"
#include "kernels/variant/path_messages_forms.h"
#include "kernels/variant/path_messages.h"
#include "kernels/variant/path_update.h"
#include "kernels/variant/path_score.h"
#include "kernels/variant/path_linear.h"

static void layer_gates(const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d)
{
    gates_forward(kept->gate, kept->heads, kept->hidden, kept->x, walk, w, d);
}

static void layer_sums(const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d)
{
    memset(kept->sum, 0, (size_t)(walk->rows_after * path_sums(w->aggregation, d)) * sizeof(float));
    if (messages_are_usual(w)) messages_forward(kept->sum, kept->gate, kept->x, walk, w, d);
    else messages_forward_forms(kept, walk, w, d);
    if (w->aggregation == PATH_STATISTICS) statistics_finish(kept, walk->rows_after, d);
}

static void sums_backward(float *dx, const path_slopes *slopes, float *dsum, const path_kept *kept,
                          const path_walk *walk, const path_weights *w, int64_t d)
{
    if (w->aggregation == PATH_STATISTICS) statistics_finish_backward(dsum, kept, walk->rows_after, d);
    messages_backward(dx, slopes, dsum, kept, walk, w, d);
}

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)

extern const gat_path_kernels JOIN(gat_path_, GAT_VARIANT);

const gat_path_kernels JOIN(gat_path_, GAT_VARIANT) = {
    .layer_gates = layer_gates,
    .layer_sums = layer_sums,
    .layer_update = update_forward,
    .update_backward = update_backward,
    .sums_backward = sums_backward,
    .global_forward = global_forward,
    .global_backward = global_backward,
    .score_forward = score_forward,
    .score_backward = score_backward,
    .dot = dense_dot,
    .add_scaled = add_scaled,
    .exp_sum = exp_sum,
};

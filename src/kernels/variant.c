/* All kernels of one instruction set, as one translation unit: compiled once per variant with other machine
 * flags, and with GAT_VARIANT naming the table it defines (gat_kernels_<variant>). */
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "base/random.h"

#include "kernels/variant/vmath.h"
#include "kernels/variant/attention_score.h"
#include "kernels/variant/attention_tile.h"
#include "kernels/variant/attention_rows.h"
#include "kernels/variant/attention_block.h"
#include "kernels/variant/attention_pass.h"
#include "kernels/variant/attention_plain.h"
#include "kernels/variant/attention_wide_forward.h"
#include "kernels/variant/attention_wide_backward.h"
#include "kernels/variant/attention_layer.h"
#include "kernels/variant/attention_hard.h"
#include "kernels/variant/reflect.h"
#include "kernels/variant/norm.h"
#include "kernels/variant/act.h"
#include "kernels/variant/head_dot.h"
#include "kernels/variant/tile.h"
#include "kernels/variant/sample.h"
#include "kernels/variant/score.h"
#include "kernels/variant/regularize.h"
#include "kernels/variant/optim_step.h"

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define TEXT2(a) #a
#define TEXT(a) TEXT2(a)

extern const gat_kernels JOIN(gat_kernels_, GAT_VARIANT);

const gat_kernels JOIN(gat_kernels_, GAT_VARIANT) = {
    .name = TEXT(GAT_VARIANT),
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .attention_weights = attention_weights,
    .hard_forward = hard_forward,
    .hard_backward = hard_backward,
    .reflection_forward = reflection_forward,
    .reflection_backward = reflection_backward,
    .norm_forward = norm_forward,
    .norm_backward = norm_backward,
    .act_forward = act_forward,
    .act_backward = act_backward,
    .dropout_forward = dropout_forward,
    .dropout_backward = dropout_backward,
    .add_parts = parts_add,
    .axpy = axpy,
    .scale_forward = scale_forward,
    .scale_backward = scale_backward,
    .head_dot_forward = head_dot_forward,
    .head_dot_backward = head_dot_backward,
    .tile_distance = tile_distance,
    .tile_distance_backward = tile_distance_backward,
    .tile_max_sum = tile_max_sum,
    .tile_softmax = tile_softmax,
    .tile_sigmoid = tile_sigmoid,
    .tile_sums = tile_sums,
    .tile_lse = tile_lse,
    .tile_draw = tile_draw,
    .sparse_backward = sparse_backward,
    .row_squares = row_squares,
    .score_tile = score_tile,
    .score_rows = score_rows_listed,
    .regularize = regularize,
    .adam = adam,
    .adagrad = adagrad,
    .adam_rows = adam_rows,
    .adagrad_rows = adagrad_rows,
};

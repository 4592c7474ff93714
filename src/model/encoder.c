#include "model/encoder.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/encoder_layer.h"

gat_status encoder_check(const gat_config *c, gat_error *err)
{
    if (c->merge == GAT_MERGE_CONCAT && c->dim % c->attn_heads)
        return error_set(err, GAT_EUSAGE, "dim %lld is not a multiple of attn-heads %lld (or use merge mean)",
                         (long long)c->dim, (long long)c->attn_heads);
    if (c->merge == GAT_MERGE_MEAN && c->dim * c->attn_heads > ATTENTION_MAX_WIDTH)
        return error_set(err, GAT_EUSAGE, "dim x attn-heads is above %d with merge mean", ATTENTION_MAX_WIDTH);
    if (c->selection == GAT_SELECT_SAMPLED && c->select_k < 2)
        return error_set(err, GAT_EUSAGE,
                         "selection sampled needs a select-k of at least 2: a draw is judged by the others");
    if (!c->residual && c->branch_scale == 0 && decoder_comparator((gat_decoder)c->decoder) == GAT_COMPARE_DOT)
        return error_set(err, GAT_EUSAGE, "residual no needs a branch-scale above 0: all scores would stay zero");
    if (c->reach != GAT_REACH_LOCAL && (c->fan_out > 0 || c->negatives > 0))
        return error_set(err, GAT_EUSAGE,
                         "negatives and fan-out work with reach local: a sample holds no far entities");
    return GAT_OK;
}

int encoder_steps(const gat_encoder *e, const gat_config *c) { return e->num_layers * (int)c->recurrent_depth; }

reach_plan encoder_reach(const gat_config *c, int32_t pool)
{
    return (reach_plan){.reach = c->model == GAT_MODEL_NONE ? GAT_REACH_LOCAL : (gat_reach)c->reach,
                        .hops = (int)c->reach_hops,
                        .edges = (int)c->reach_edges,
                        .pool = pool,
                        .seed = (uint64_t)c->seed};
}

gat_status encoder_declare(gat_encoder *e, gat_params *params, const gat_config *c, int32_t edge_relations,
                           gat_error *err)
{
    *e = (gat_encoder){.position = -1};
    if (c->model == GAT_MODEL_NONE) return GAT_OK;
    e->num_heads = (int)c->attn_heads;
    e->value_width = (int)(c->merge == GAT_MERGE_CONCAT ? c->dim / c->attn_heads : c->dim);
    e->score_width = c->attention == GAT_SCORE_ADDITIVE ? 1 : e->value_width;
    e->layers = gat_calloc(c->layers, sizeof *e->layers);
    if (!e->layers) return error_nomem(err);
    gat_status st = GAT_OK;
    for (int i = 0; !st && i < c->layers; i++) {
        st = layer_declare(&e->layers[i], params, e, c, i, edge_relations, err);
        if (!st) e->num_layers = i + 1;
    }
    if (!st && c->positions != GAT_POSITIONS_NONE)
        st = params_declare(&e->position, params, "position", c->position_dim, c->dim, err);
    return st;
}

void encoder_clear(gat_encoder *e)
{
    gat_free(e->layers);
    *e = (gat_encoder){.position = -1};
}

/* The map of positions starts at zero: they come in as far as they help. */
void encoder_init_params(const gat_encoder *e, gat_params *params, const gat_config *c)
{
    for (int i = 0; i < e->num_layers; i++) layer_init_params(&e->layers[i], e, params, c);
}

static gat_mat *add_positions(gat_tape *t, const gat_encoder *e, const gat_params *params, gat_mat *x,
                              const encoder_pass *pass)
{
    if (e->position < 0) return x;
    gat_mat *w = ad_param(t, params, e->position);
    gat_mat *places = w ? tape_mat(t, x->rows, w->rows) : NULL;
    if (!places) return NULL;
    for (int64_t i = 0; i < places->rows; i++)
        memcpy(places->data + i * w->rows, pass->positions + (pass->nodes ? pass->nodes[i] : i) * w->rows,
               (size_t)w->rows * sizeof *places->data);
    return ad_add(t, x, ad_linear(t, places, w, NULL));
}

gat_mat *encoder_forward(gat_tape *t, const gat_encoder *e, const gat_params *params, gat_mat *x,
                         const encoder_pass *pass)
{
    int depth = (int)pass->config->recurrent_depth;
    x = add_positions(t, e, params, x, pass);
    for (int step = 0; step < e->num_layers * depth; step++)
        x = layer_forward(t, &e->layers[step / depth], e, step, params, x, pass);
    return x;
}

void encoder_weights(float *alpha, const encoder_attention *a, int32_t node)
{
    const int64_t *row = a->inputs.graph->in_indptr + node;
    int64_t h = a->inputs.num_heads;
    if (a->weight) memcpy(alpha, a->weight + row[0] * h, (size_t)((row[1] - row[0]) * h) * sizeof *alpha);
    else kernels()->attention_weights(alpha, a->lse, &a->inputs, node);
}

/* ---- how much memory a pass takes ---- */

/* The attention over a graph of such a size, as attend() has it. */
static int64_t attention_floats(const gat_config *c, int64_t entities, int64_t edge_relations, int64_t edges)
{
    static const float there = 0;
    int64_t f = c->merge == GAT_MERGE_CONCAT ? c->dim / c->attn_heads : c->dim;
    gat_graph g = {
        .num_nodes = (int32_t)entities, .num_relations = (int32_t)((edge_relations - 1) / 2), .num_edges = edges};
    gat_attention a = {.graph = &g,
                       .score = (gat_score)c->attention,
                       .num_heads = (int)c->attn_heads,
                       .value_width = (int)f,
                       .score_width = (int)(c->attention == GAT_SCORE_ADDITIVE ? 1 : f),
                       .e = &there,
                       .m = &there};
    if (c->selection == GAT_SELECT_SOFT) return attention_scratch(&a);
    return 2 * edges * c->attn_heads + attention_parts(&a) * attention_part_size(&a);
}

/* Columns of the matrices of a layer; with recording those that dropout makes, too. */
static int64_t layer_columns(const gat_config *c, bool recording)
{
    int64_t d = c->dim, h = c->attn_heads, hf = c->merge == GAT_MERGE_CONCAT ? d : d * h;
    bool additive = c->attention == GAT_SCORE_ADDITIVE, own = c->attn_query != GAT_QUERY_LEARNED;
    int64_t of_nodes = 1 + c->norm + c->residual + (c->merge == GAT_MERGE_MEAN);
    if (recording && c->dropout > 0) of_nodes += 2;
    int64_t of_heads = 2 + (c->activation != GAT_ACT_NONE) + (!additive || !own), scores = additive ? 1 + own : 0;
    int64_t columns = of_nodes * d + of_heads * hf + scores * h;
    return columns + (c->reach == GAT_REACH_GLOBAL ? 4 * hf + 3 * d : 0);
}

/* Rows of what is neither a value nor its gradient: sums of softmax and norm, features of the attention to all. */
static int64_t layer_sums(const gat_config *c)
{
    int64_t hf = c->merge == GAT_MERGE_CONCAT ? c->dim : c->dim * c->attn_heads;
    return c->attn_heads + 2 * c->norm + (c->reach == GAT_REACH_GLOBAL ? 2 * hf + c->attn_heads : 0);
}

int64_t encoder_training_floats(const gat_config *c, int64_t entities, int64_t edge_relations, int64_t edges)
{
    if (c->model != GAT_MODEL_GAT) return 0;
    int64_t d = c->dim, hf = c->merge == GAT_MERGE_CONCAT ? d : d * c->attn_heads;
    int64_t linears = 1 + (c->attention != GAT_SCORE_ADDITIVE) + (c->reach == GAT_REACH_GLOBAL ? 3 : 0);
    int64_t scratch = KERNEL_PARTS * (linears * (d + 1) * hf + 4 * d + 2 * hf);
    int64_t step = entities * (2 * layer_columns(c, true) + layer_sums(c)) + scratch +
                   attention_floats(c, entities, edge_relations, edges);
    int64_t places = c->positions != GAT_POSITIONS_NONE ? entities * 2 * (c->position_dim + 2 * d) : 0;
    return c->layers * c->recurrent_depth * step + places;
}

int64_t encoder_answer_floats(const gat_config *c, int64_t entities)
{
    if (c->model != GAT_MODEL_GAT) return 0;
    int64_t places = c->positions != GAT_POSITIONS_NONE ? entities * (c->position_dim + 2 * c->dim) : 0;
    return c->layers * c->recurrent_depth * entities * (layer_columns(c, false) + layer_sums(c)) + places;
}

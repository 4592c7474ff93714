/* Every option of a model and its training, in one struct and one table. The command line, configuration files, the manual
 * and the model file all speak through the table, so a name means the same everywhere. */
#ifndef GAT_MODEL_CONFIG_H
#define GAT_MODEL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "graph/reach.h"
#include "kernels/attention.h"
#include "kernels/compose.h"
#include "kernels/kernels.h"
#include "kernels/loss.h"
#include "model/option.h"

typedef enum gat_model_kind { GAT_MODEL_GAT, GAT_MODEL_NONE, GAT_MODEL_PATH, GAT_NUM_MODEL_KINDS } gat_model_kind;
typedef enum gat_merge { GAT_MERGE_CONCAT, GAT_MERGE_MEAN } gat_merge;
typedef enum gat_query_side { GAT_QUERY_NODE, GAT_QUERY_LEARNED } gat_query_side;
typedef enum gat_positions { GAT_POSITIONS_NONE, GAT_POSITIONS_RANDOM_WALK, GAT_POSITIONS_LAPLACIAN } gat_positions;
typedef enum gat_unknown { GAT_UNKNOWN_COMMON, GAT_UNKNOWN_NEIGHBORS, GAT_UNKNOWN_FACTS } gat_unknown;
typedef enum gat_optimizer { GAT_OPTIMIZER_ADAGRAD, GAT_OPTIMIZER_ADAM } gat_optimizer;
typedef enum gat_schedule { GAT_SCHEDULE_CONSTANT, GAT_SCHEDULE_LINEAR, GAT_SCHEDULE_COSINE } gat_schedule;
typedef enum gat_node_order { GAT_NODES_AUTO, GAT_NODES_GIVEN, GAT_NODES_BY_DEGREE } gat_node_order;
typedef enum gat_path_hide { GAT_HIDE_FACT, GAT_HIDE_PAIR } gat_path_hide;
typedef enum gat_keep { GAT_KEEP_BEST, GAT_KEEP_LAST } gat_keep;

enum { CONFIG_MAX_ROWS = 128, CONFIG_BY_PRESET = 1, CONFIG_GIVEN = 2 };

struct gat_config {
    /* model */
    int64_t model, attention, attn_heads, layers, dim, merge, activation, norm, residual, decoder, relation_dim,
        conv_channels, unknown, members;
    double branch_scale, slope, init;
    /* variants of the attention */
    int64_t selection, select_k, attn_query, reach, reach_hops, reach_edges, positions, position_dim, recurrent_depth;
    double select_temperature;
    /* attention over paths */
    int64_t path_gate, path_profile, path_hide, path_budget, path_choice, path_message, path_aggregation, path_global,
        path_share;
    double path_split;
    /* training */
    int64_t epochs, batch, negatives, fan_out, patience, eval_every, valid_sample, keep, node_order, loss,
        softmax_draws, precision, optimizer, lr_schedule, seed, queries, eval_queries, warmup_steps;
    double lr, encoder_lr, lr_decay, warmup, label_smoothing, answer_degree, dropout, attn_dropout, decoder_dropout,
        edge_drop, unknown_entities, entity_dropout, input_dropout, relation_dropout, hidden_dropout, relation_weight,
        n3, l2, dura, dura_query, weight_decay;
    uint8_t given[CONFIG_MAX_ROWS]; /* not 0: this row was set, by whom, and a change of the model leaves it alone */
    bool in_preset;                 /* lines of a preset are being read */
    char text[64];                  /* of the last config_get */
};

void config_init(gat_config *config);

/* GAT_EUSAGE names the option, the value and what is allowed. "preset" sets many at once. "model" gives what was not set the
 * initial values of its kind, whatever the order. */
gat_status config_set(gat_config *config, const char *name, const char *value, gat_error *err);
gat_status config_read(gat_config *config, const char *path, gat_error *err);
const gat_option *config_option(int index);

/* Heading of the group of options that begins at index; NULL inside a group. */
const char *config_heading(int index);
const char *config_get(gat_config *config, const char *name);

/* What no single option can see: widths that must divide, options of another kind of model, and the like. */
gat_status config_check(const gat_config *config, gat_error *err);

/* "name = value" lines of all options of the model, in table order, and back. Free with gat_free; NULL: out of memory. */
char *config_text(const gat_config *config);
gat_status config_parse(gat_config *config, const char *text, const char *source, gat_error *err);

/* Presets: name by index (NULL past the end) and lines by name (NULL: unknown). */
const char *preset_name(int index);
const char *preset_lines(const char *name);

#endif

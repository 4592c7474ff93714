/* All names. A row is what the README and the tests call a benchmark. */
#include "bench.h"

#include <stddef.h>

#define LAYER attention_open, layer_check
#define FB BENCH_FB15K237
#define PL BENCH_POWERLAW

static const bench_entry entries[] = {
    {"limit-read", limit_open, limit_check, .limit = LIMIT_READ},
    {"limit-gather-l3", limit_open, limit_check, .limit = LIMIT_GATHER, .graph = FB},
    {"limit-gather-dram", limit_open, limit_check, .limit = LIMIT_GATHER, .graph = PL},
    {"limit-fma", limit_open, limit_check, .limit = LIMIT_FMA},
    {"limit-bf16", limit_open, limit_check, .limit = LIMIT_BF16},
    {"limit-bf16-product", limit_open, limit_check, .limit = LIMIT_BF16_PRODUCT},
    {"limit-sgemm", limit_open, limit_check, .limit = LIMIT_SGEMM},

    {"linear-forward-128", linear_open, linear_check, .graph = FB, .part = BENCH_FORWARD, .width = 128},
    {"linear-backward-128", linear_open, linear_check, .graph = FB, .part = BENCH_BACKWARD, .width = 128},

    {"attention-additive-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_ADDITIVE, .num_heads = 4, .width = 32},
    {"attention-dynamic-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_DYNAMIC, .num_heads = 4, .width = 32},
    {"attention-dot-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_DOT, .num_heads = 4, .width = 32},
    {"attention-scaled-dot-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_SCALED_DOT, .num_heads = 4,
     .width = 32},
    {"attention-bilinear-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_BILINEAR, .num_heads = 4, .width = 32},
    {"attention-cosine-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_COSINE, .num_heads = 4, .width = 32},
    {"attention-mlp-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_MLP, .num_heads = 4, .width = 32},

    {"attention-additive-8x8-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_ADDITIVE, .num_heads = 8, .width = 8},
    {"attention-dynamic-8x8-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_DYNAMIC, .num_heads = 8, .width = 8},
    {"attention-dot-8x8-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_DOT, .num_heads = 8, .width = 8},
    {"attention-scaled-dot-8x8-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_SCALED_DOT, .num_heads = 8,
     .width = 8},
    {"attention-bilinear-8x8-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_BILINEAR, .num_heads = 8, .width = 8},
    {"attention-cosine-8x8-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_COSINE, .num_heads = 8, .width = 8},
    {"attention-mlp-8x8-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_MLP, .num_heads = 8, .width = 8},

    {"attention-relational-additive-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_ADDITIVE, .num_heads = 4,
     .width = 32, .relational = true},
    {"attention-relational-dynamic-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_DYNAMIC, .num_heads = 4,
     .width = 32, .relational = true},

    {"attention-forward-additive-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_ADDITIVE, .num_heads = 4,
     .width = 32, .part = BENCH_FORWARD},
    {"attention-forward-dynamic-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_DYNAMIC, .num_heads = 4,
     .width = 32, .part = BENCH_FORWARD},
    {"attention-backward-additive-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_ADDITIVE, .num_heads = 4,
     .width = 32, .part = BENCH_BACKWARD},
    {"attention-backward-dynamic-4x32-fb15k237", LAYER, .graph = FB, .score = GAT_SCORE_DYNAMIC, .num_heads = 4,
     .width = 32, .part = BENCH_BACKWARD},

    {"attention-additive-4x32-powerlaw", LAYER, .graph = PL, .score = GAT_SCORE_ADDITIVE, .num_heads = 4, .width = 32,
     .large_peer = true},
    {"attention-dynamic-4x32-powerlaw", LAYER, .graph = PL, .score = GAT_SCORE_DYNAMIC, .num_heads = 4, .width = 32,
     .large_peer = true},
    {"attention-forward-additive-4x32-powerlaw", LAYER, .graph = PL, .score = GAT_SCORE_ADDITIVE, .num_heads = 4,
     .width = 32, .part = BENCH_FORWARD},
    {"attention-forward-dynamic-4x32-powerlaw", LAYER, .graph = PL, .score = GAT_SCORE_DYNAMIC, .num_heads = 4,
     .width = 32, .part = BENCH_FORWARD},
    {"attention-backward-additive-4x32-powerlaw", LAYER, .graph = PL, .score = GAT_SCORE_ADDITIVE, .num_heads = 4,
     .width = 32, .part = BENCH_BACKWARD},
    {"attention-backward-dynamic-4x32-powerlaw", LAYER, .graph = PL, .score = GAT_SCORE_DYNAMIC, .num_heads = 4,
     .width = 32, .part = BENCH_BACKWARD},

    {"one-vs-all-ce", one_vs_all_open, one_vs_all_check, .graph = FB, .loss = GAT_LOSS_CE},
    {"one-vs-all-bce", one_vs_all_open, one_vs_all_check, .graph = FB, .loss = GAT_LOSS_BCE},
    {"one-vs-all-ce-bf16", one_vs_all_open, one_vs_all_check, .graph = FB, .loss = GAT_LOSS_CE,
     .precision = GAT_PRECISION_BF16},
    {"one-vs-all-bce-bf16", one_vs_all_open, one_vs_all_check, .graph = FB, .loss = GAT_LOSS_BCE,
     .precision = GAT_PRECISION_BF16},
    {"evaluate-complex-200", evaluate_open, evaluate_check, .graph = FB},
    {"evaluate-complex-200-bf16", evaluate_open, evaluate_check, .graph = FB, .precision = GAT_PRECISION_BF16},
    {"path-question-fb15k237", path_open, path_check, .graph = FB, .width = 32, .num_layers = 3},
    {"path-question-wn18rr", path_open, path_check, .graph = BENCH_WN18RR, .width = 32, .num_layers = 5},
    {"csr-build-5m", csr_open, csr_check, .graph = PL},
};

const bench_entry *catalogue(int index)
{
    return index < (int)(sizeof entries / sizeof *entries) ? &entries[index] : NULL;
}

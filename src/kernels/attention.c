#include "kernels/attention.h"

#include <string.h>

#include "kernels/kernels.h"

static const char *const names[GAT_NUM_SCORES] = {"additive", "dynamic", "dot", "scaled-dot",
                                                  "bilinear", "cosine",  "mlp"};

const char *score_name(gat_score score) { return names[score]; }

int score_by_name(const char *name)
{
    for (int i = 0; i < GAT_NUM_SCORES; i++)
        if (!strcmp(names[i], name)) return i;
    return -1;
}

int score_vector_width(gat_score score, int s)
{
    switch (score) {
    case GAT_SCORE_DYNAMIC:
    case GAT_SCORE_MLP: return s;
    case GAT_SCORE_COSINE: return 1;
    default: return 0;
    }
}

int64_t attention_part_size(const gat_attention *a)
{
    int64_t relations = graph_edge_relations(a->graph);
    return relations * a->num_heads * (a->score_width + a->value_width) +
           (int64_t)a->num_heads * score_vector_width(a->score, a->score_width);
}

int attention_parts(const gat_attention *a)
{
    int64_t budget = (int64_t)1 << 26; /* floats: 256 MB for all parts together */
    int64_t parts = budget / (attention_part_size(a) + 1);
    return parts > KERNEL_PARTS ? KERNEL_PARTS : parts < 2 ? 2 : (int)parts;
}

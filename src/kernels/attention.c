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

bool attention_is_wide(const gat_attention *a)
{
    return a->value_width % ATTENTION_LANES == 0 &&
           (a->score == GAT_SCORE_ADDITIVE ? a->score_width == 1 : a->score_width % ATTENTION_LANES == 0);
}

bool attention_keeps_slopes(const gat_attention *a) { return a->score != GAT_SCORE_ADDITIVE || !attention_is_wide(a); }

int64_t attention_part_size(const gat_attention *a)
{
    int64_t relations = graph_edge_relations(a->graph), h = a->num_heads;
    int64_t relation = (a->e ? a->score_width : 0) + (a->m ? a->value_width : 0);
    int64_t queries = attention_keeps_slopes(a) ? 0 : a->graph->num_nodes;
    return h * (relations * relation + score_vector_width(a->score, a->score_width) + queries);
}

/* Query sums are to cost about one float per edge, so that sparse graphs have few parts, but never less than six. */
int attention_parts(const gat_attention *a)
{
    int64_t budget = (int64_t)1 << 26; /* floats: 256 MB for all parts together */
    int64_t parts = budget / (attention_part_size(a) + 1), most = KERNEL_PARTS;
    if (!attention_keeps_slopes(a))
        most = a->graph->num_edges / ((int64_t)a->graph->num_nodes * a->num_heads + 1) / 2 * 2;
    most = most < 6 ? 6 : most > KERNEL_PARTS ? KERNEL_PARTS : most;
    return (int)(parts > most ? most : parts < 2 ? 2 : parts);
}

int64_t attention_scratch(const gat_attention *a)
{
    int64_t h = a->num_heads, records = 4 * a->graph->num_nodes * h;
    return records + attention_parts(a) * attention_part_size(a) +
           (attention_keeps_slopes(a) ? a->graph->num_edges * h : 0);
}

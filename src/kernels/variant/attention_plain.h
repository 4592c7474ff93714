/* Attention as the formulas have it, one edge and head after another: the readable form of attention_wide_*.h, and the one
 * that runs where the widths of the heads are no multiple of a vector. */

static const float no_score[ATTENTION_MAX_WIDTH];

/* Row of relation r in e, or zeros. */
GAT_INLINE const float *score_row(const gat_attention *a, int32_t r)
{
    return a->e ? a->e + (int64_t)r * a->num_heads * a->score_width : no_score;
}

GAT_INLINE float message_factor(const gat_attention *a, int32_t r, int j, int i)
{
    return a->m ? a->m[((int64_t)r * a->num_heads + j) * a->value_width + i] : 1;
}

/* The parts of one logit: pointers into q, k, e and a. */
typedef struct edge_sides {
    const float *q, *k, *e, *a;
} edge_sides;

GAT_INLINE edge_sides sides_of(const gat_attention *a, int64_t source, int32_t relation, int64_t target, int j)
{
    int h = a->num_heads, s = a->score_width;
    return (edge_sides){a->q + (target * h + j) * s, a->k + (source * h + j) * s, score_row(a, relation) + j * s,
                        a->a ? a->a + j * score_vector_width(a->score, s) : NULL};
}

GAT_INLINE float edge_logit(const gat_attention *a, gat_score score, int64_t source, int32_t relation, int64_t target,
                            int j)
{
    edge_sides x = sides_of(a, source, relation, target, j);
    return score_edge(score, x.q, x.k, x.e, x.a, a->score_width, a->slope);
}

/* ---- forward ---- */

GAT_INLINE float row_maximum(int64_t v, int j, gat_score score, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    float top = -INFINITY;
    for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++) {
        if (a->hidden && a->hidden[i]) continue;
        float logit = edge_logit(a, score, g->in_indices[i], g->in_relation[i], v, j);
        top = logit > top ? logit : top;
    }
    return top;
}

GAT_INLINE void plain_forward_head(float *out, float *lse, int64_t v, int j, gat_score score, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, f = a->value_width;
    float top = row_maximum(v, j, score, a), sum = 0;
    for (int i = 0; i < f; i++) out[i] = 0;
    for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++) {
        if (a->hidden && a->hidden[i]) continue;
        const float *value = a->value + ((int64_t)g->in_indices[i] * h + j) * f;
        float weight = v_exp(edge_logit(a, score, g->in_indices[i], g->in_relation[i], v, j) - top),
              kept = weight * attention_mask(a, i, j);
        sum += weight;
        for (int c = 0; c < f; c++) out[c] += kept * value[c] * message_factor(a, g->in_relation[i], j, c);
    }
    *lse = sum > 0 ? top + logf(sum) : 0;
    for (int c = 0; c < f && sum > 0; c++) out[c] /= sum;
}

GAT_INLINE void plain_forward_row(float *out, float *lse, int64_t v, gat_score score, const gat_attention *a)
{
    int h = a->num_heads, f = a->value_width;
    for (int j = 0; j < h; j++) plain_forward_head(out + (v * h + j) * f, lse + v * h + j, v, j, score, a);
}

/* alpha (edges into node, H): the weights forward used, without dropout. */
GAT_INLINE void weights_row(float *alpha, const float *lse, int32_t node, gat_score score, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads;
    for (int64_t i = g->in_indptr[node], row = 0; i < g->in_indptr[node + 1]; i++, row++) {
        for (int j = 0; j < h; j++) {
            float logit = edge_logit(a, score, g->in_indices[i], g->in_relation[i], node, j);
            alpha[row * h + j] = a->hidden && a->hidden[i] ? 0 : v_exp(logit - lse[(int64_t)node * h + j]);
        }
    }
}

#define WEIGHTS(score) weights_row(alpha, lse, node, score, a)
static void attention_weights(float *alpha, const float *lse, const gat_attention *a, int32_t node)
{
    FOR_SCORE(a->score, WEIGHTS)
}
#undef WEIGHTS

/* ---- backward ---- */

/* One edge seen from its source: ds, and the gradients of value, message, key and relation. */
GAT_INLINE void plain_source_edge(int64_t u, int64_t at, int j, gat_score score, const backward_pass *b,
                                  const part_sums *part, const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, f = a->value_width, s = a->score_width;
    int64_t v = g->out_indices[at], eid = g->out_eid[at], r = g->out_relation[at];
    const float *value = a->value + (u * h + j) * f, *dout = b->dout + (v * h + j) * f;
    float *dvalue = b->d->dvalue + (u * h + j) * f, *dm = part->dm ? part->dm + (r * h + j) * f : NULL;
    edge_sides x = sides_of(a, u, (int32_t)r, v, j);
    float alpha = v_exp(score_edge(score, x.q, x.k, x.e, x.a, s, a->slope) - b->lse[v * h + j]), dot = 0;
    float kept = alpha * attention_mask(a, eid, j);
    for (int c = 0; c < f; c++) {
        float factor = message_factor(a, (int32_t)r, j, c);
        dot += dout[c] * value[c] * factor;
        dvalue[c] += kept * dout[c] * factor;
        if (dm) dm[c] += kept * dout[c] * value[c];
    }
    float ds = kept * dot - alpha * node_record(b, v, h)[RECORD_DELTA * h + j];
    b->ds[eid * h + j] = ds;
    score_edge_dkey(b->d->dk + (u * h + j) * s, ds, score, x.q, x.k, x.e, x.a, s, a->slope);
    if (part->de) score_edge_dkey(part->de + (r * h + j) * s, ds, score, x.q, x.k, x.e, x.a, s, a->slope);
}

GAT_INLINE void plain_source_row(int64_t u, gat_score score, const backward_pass *b, const part_sums *part,
                                 const gat_attention *a)
{
    const gat_graph *g = a->graph;
    for (int64_t at = g->out_indptr[u]; at < g->out_indptr[u + 1]; at++) {
        if (a->hidden && a->hidden[g->out_eid[at]]) continue;
        for (int j = 0; j < a->num_heads; j++) plain_source_edge(u, at, j, score, b, part, a);
    }
}

/* Gradients of the query and of the score vector, from the ds of all edges into v. */
GAT_INLINE void plain_target_row(int64_t v, gat_score score, const backward_pass *b, const part_sums *part,
                                 const gat_attention *a)
{
    const gat_graph *g = a->graph;
    int h = a->num_heads, s = a->score_width, w = score_vector_width(score, s);
    for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++) {
        if (a->hidden && a->hidden[i]) continue;
        for (int j = 0; j < h; j++) {
            edge_sides x = sides_of(a, g->in_indices[i], g->in_relation[i], v, j);
            score_edge_dquery(b->d->dq + (v * h + j) * s, part->da + j * w, b->ds[i * h + j], score, x.q, x.k, x.e, x.a,
                              s, a->slope);
        }
    }
}

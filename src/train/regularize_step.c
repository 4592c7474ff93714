#include "train/regularize_step.h"

#include "autodiff/query_ops.h"

/* Answers of each row times `weight`; NULL after a failure. */
static float *answers(gat_tape *tape, const gat_rows *rows, float weight)
{
    float *count = tape_floats(tape, rows->count);
    for (int64_t j = 0; count && j < rows->count; j++) count[j] = weight * (float)(rows->first[j + 1] - rows->first[j]);
    return count;
}

static float *ones(gat_tape *tape, int64_t n)
{
    float *x = tape_floats(tape, n);
    for (int64_t i = 0; x && i < n; i++) x[i] = 1;
    return x;
}

static bool has_duals(gat_decoder decoder) { return decoder_has_pairs(decoder) || decoder == GAT_DECODER_RESCAL; }

/* For every answer t a vector as long as t seen through its relation from behind. Conjugation leaves lengths alone. */
static gat_mat *duals(gat_tape *tape, gat_decoder decoder, const gat_batches *b, gat_mat *x, gat_mat *r)
{
    int64_t count = b->rows.first[b->rows.count];
    if (decoder_has_pairs(decoder)) return ad_compose(tape, x, r, b->answer, b->fact_relation, count, decoder);
    return ad_bilinear_transposed(tape, ad_gather(tape, x, b->answer, count), r, b->fact_relation);
}

void regularize_step(gat_tape *tape, const gat_config *c, const gat_batches *b, gat_mat *x, gat_mat *r, gat_mat *q)
{
    gat_decoder decoder = (gat_decoder)c->decoder;
    bool moduli = decoder_is_complex(decoder), angles = decoder == GAT_DECODER_ROTATE;
    float n3 = (float)(c->n3 / b->total), l2 = (float)(c->l2 / b->total);
    float ends = (float)(c->dura * (2 - c->dura_query) / b->total), query = (float)(c->dura * c->dura_query / b->total);
    ad_regularize(tape, x, b->entity_weight, n3, l2 + ends, moduli);
    if (!angles) ad_regularize(tape, r, b->relation_weight, n3, l2, moduli);
    if (query == 0) return;
    bool both = has_duals(decoder);
    ad_regularize(tape, q, answers(tape, &b->rows, both ? 1 : 2), 0, query, moduli);
    if (both)
        ad_regularize(tape, duals(tape, decoder, b, x, r), ones(tape, b->rows.first[b->rows.count]), 0, query, moduli);
}

#include "train/regularize_step.h"

/* Answers of each row, as weights; NULL after a failure. */
static float *answers(gat_tape *tape, const gat_rows *rows)
{
    float *count = tape_floats(tape, rows->count);
    for (int64_t j = 0; count && j < rows->count; j++) count[j] = (float)(rows->first[j + 1] - rows->first[j]);
    return count;
}

void regularize_step(gat_tape *tape, const gat_config *c, const gat_batches *b, gat_mat *x, gat_mat *r, gat_mat *q)
{
    gat_decoder decoder = (gat_decoder)c->decoder;
    bool moduli = decoder_is_complex(decoder), angles = decoder == GAT_DECODER_ROTATE;
    float n3 = (float)(c->n3 / b->total), l2 = (float)(c->l2 / b->total);
    float ends = (float)(c->dura * (2 - c->dura_query) / b->total),
          query = (float)(2 * c->dura * c->dura_query / b->total);
    ad_regularize(tape, x, b->entity_weight, n3, l2 + ends, moduli);
    if (!angles) ad_regularize(tape, r, b->relation_weight, n3, l2, moduli);
    if (query > 0) ad_regularize(tape, q, answers(tape, &b->rows), 0, query, moduli);
}

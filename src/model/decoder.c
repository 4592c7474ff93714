#include "model/decoder.h"

#include "autodiff/ops.h"
#include "autodiff/query_ops.h"
#include "model/kg_model.h"

gat_mat *decoder_queries(gat_tape *t, const gat_model *m, gat_mat *x, gat_mat *r, const int32_t *entity,
                         const int32_t *relation, int64_t b, uint64_t stream)
{
    (void)stream;
    gat_decoder decoder = (gat_decoder)m->config.decoder;
    if (decoder < GAT_NUM_COMPOSED) return ad_compose(t, x, r, entity, relation, b, decoder);
    return ad_bilinear(t, ad_gather(t, x, entity, b), r, relation);
}

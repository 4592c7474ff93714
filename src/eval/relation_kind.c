/* The filter has one question per (head, relation) and one per (tail, inverse relation), so counting its
 * questions counts distinct heads and tails. */
#include "eval/relation_kind.h"

#include "base/error.h"
#include "base/memory.h"

const char *gat_relation_kind_name(gat_relation_kind kind)
{
    static const char *const names[GAT_NUM_RELATION_KINDS] = {"1-1", "1-N", "N-1", "N-N"};
    return kind < GAT_NUM_RELATION_KINDS ? names[kind] : "?";
}

void relation_counts(gat_relation_counts *counts, const gat_filter *train, int32_t num_relations)
{
    for (int32_t r = 0; r < num_relations; r++) counts[r] = (gat_relation_counts){0};
    for (int64_t i = 0; i < filter_num_queries(train); i++) {
        gat_query q = filter_query(train, i);
        int32_t r = q.relation;
        if (r < num_relations) {
            counts[r].heads++;
            counts[r].facts += q.count;
        } else {
            counts[r - num_relations].tails++;
        }
    }
}

gat_relation_kind relation_kind(gat_relation_counts c)
{
    bool many_tails = c.facts && 2 * c.facts >= 3 * c.heads;
    bool many_heads = c.facts && 2 * c.facts >= 3 * c.tails;
    if (many_heads) return many_tails ? GAT_MANY_TO_MANY : GAT_MANY_TO_ONE;
    return many_tails ? GAT_ONE_TO_MANY : GAT_ONE_TO_ONE;
}

gat_status relation_kinds(gat_relation_kind *kinds, const gat_filter *train, int32_t num_relations, gat_error *err)
{
    gat_relation_counts *counts = gat_alloc(num_relations, sizeof *counts);
    if (!counts) return error_nomem(err);
    relation_counts(counts, train, num_relations);
    for (int32_t r = 0; r < num_relations; r++) kinds[r] = relation_kind(counts[r]);
    gat_free(counts);
    return GAT_OK;
}

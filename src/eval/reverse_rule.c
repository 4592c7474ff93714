/* Scores are 1 on a short list and 0 elsewhere, so the counts above and beside an answer follow from the sizes
 * of lists; no score row is made. */
#include "eval/reverse_rule.h"

/* Of two ascending lists of distinct ids: those of `a` that are not in `b`. */
static int64_t count_without(const int32_t *a, int64_t num_a, const int32_t *b, int64_t num_b)
{
    int64_t count = 0, j = 0;
    for (int64_t i = 0; i < num_a; i++) {
        while (j < num_b && b[j] < a[i]) j++;
        count += j == num_b || b[j] != a[i];
    }
    return count;
}

gat_rank reverse_rule_rank(const gat_filter *train, const gat_filter *known, int32_t num_relations,
                           int32_t num_entities, int32_t entity, int32_t relation, int32_t answer)
{
    int32_t reverse = relation < num_relations ? relation + num_relations : relation - num_relations;
    int64_t num_hits, num_known;
    const int32_t *hits = filter_answers(train, entity, reverse, &num_hits);
    const int32_t *others = filter_answers(known, entity, relation, &num_known);
    bool is_known = filter_contains(known, entity, relation, answer),
         is_hit = filter_contains(train, entity, reverse, answer);
    while (num_hits && hits[num_hits - 1] >= num_entities) num_hits--; /* no candidates */
    /* Candidates beside the answer: those that score 1, and the rest. */
    int64_t ones = count_without(hits, num_hits, others, num_known) - (is_hit && !is_known);
    int64_t zeros = num_entities - 1 - (num_known - is_known) - ones;
    return is_hit ? (gat_rank){0, (int32_t)ones} : (gat_rank){(int32_t)ones, (int32_t)zeros};
}

gat_ranking reverse_rule_ranking(const gat_triples *facts, const gat_filter *train, const gat_filter *known,
                                 int32_t num_relations, int32_t num_entities)
{
    gat_rank_sums sums = {0};
    for (int64_t i = 0; i < facts->count; i++) {
        gat_triple f = facts->data[i];
        rank_sums_add(&sums, reverse_rule_rank(train, known, num_relations, num_entities, f.head, f.relation, f.tail));
        rank_sums_add(&sums, reverse_rule_rank(train, known, num_relations, num_entities, f.tail,
                                               f.relation + num_relations, f.head));
    }
    return rank_sums_means(&sums);
}

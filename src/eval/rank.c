/* A rank is two counts over the row. The row is counted whole, without a look at the filter, so that the loop
 * is one the compiler turns into vector compares; what the known columns added is then taken back. */
#include "eval/rank.h"

#include <assert.h>
#include <math.h>

static gat_rank count_number(const float *scores, int64_t n, float answer)
{
    int32_t above = 0, equal = 0;
#pragma omp simd reduction(+ : above, equal)
    for (int64_t i = 0; i < n; i++) {
        above += scores[i] > answer;
        equal += scores[i] == answer;
    }
    return (gat_rank){above, equal};
}

/* Every number is above NaN. */
static gat_rank count_nan(const float *scores, int64_t n)
{
    int32_t numbers = 0;
#pragma omp simd reduction(+ : numbers)
    for (int64_t i = 0; i < n; i++) numbers += scores[i] == scores[i];
    return (gat_rank){numbers, (int32_t)n - numbers};
}

gat_rank rank_filtered(const float *scores, int64_t n, int32_t answer, const int32_t *known, int64_t num_known)
{
    assert(answer >= 0 && answer < n && n <= INT32_MAX);
    float own = scores[answer];
    gat_rank rank = isnan(own) ? count_nan(scores, n) : count_number(scores, n, own);
    rank.equal--;
    for (int64_t i = 0; i < num_known; i++) {
        int32_t k = known[i];
        assert(k >= 0 && k < n && (i == 0 || known[i - 1] <= k));
        if (k == answer || (i > 0 && known[i - 1] == k)) continue;
        gat_rank one = isnan(own) ? count_nan(scores + k, 1) : count_number(scores + k, 1, own);
        rank.above -= one.above;
        rank.equal -= one.equal;
    }
    return rank;
}

void rank_sums_add(gat_rank_sums *sums, gat_rank rank)
{
    static const int bound[3] = {1, 3, 10};
    double value[3] = {1 + rank.above + 0.5 * rank.equal, 1 + (double)rank.above, 1 + (double)rank.above + rank.equal};
    sums->queries++;
    for (int policy = 0; policy < 3; policy++) {
        sums->reciprocal[policy] += 1 / value[policy];
        sums->rank[policy] += value[policy];
        for (int i = 0; i < 3; i++) sums->hits[policy][i] += value[policy] <= bound[i];
    }
}

void rank_sums_merge(gat_rank_sums *into, const gat_rank_sums *from)
{
    into->queries += from->queries;
    for (int policy = 0; policy < 3; policy++) {
        into->reciprocal[policy] += from->reciprocal[policy];
        into->rank[policy] += from->rank[policy];
        for (int i = 0; i < 3; i++) into->hits[policy][i] += from->hits[policy][i];
    }
}

static gat_metrics means(const gat_rank_sums *sums, int policy)
{
    double n = (double)sums->queries;
    return (gat_metrics){
        .mrr = sums->reciprocal[policy] / n,
        .mr = sums->rank[policy] / n,
        .hits_at_1 = (double)sums->hits[policy][0] / n,
        .hits_at_3 = (double)sums->hits[policy][1] / n,
        .hits_at_10 = (double)sums->hits[policy][2] / n,
    };
}

gat_ranking rank_sums_means(const gat_rank_sums *sums)
{
    if (sums->queries == 0) return (gat_ranking){0};
    return (gat_ranking){sums->queries, means(sums, 0), means(sums, 1), means(sums, 2)};
}

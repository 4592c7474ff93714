#include "grow/relation_counts.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

static const double MOST_SHARE = .99;

void relation_counts_free(relation_counts *c, int32_t num_relations)
{
    for (int32_t d = 0; c && d < 2 * num_relations; d++) gat_free(c[d].larger);
    gat_free(c);
}

/* larger holds the number of sets of each size; then of those above it, and the size that few facts exceed. */
static void accumulate(relation_counts *c)
{
    int64_t above = 0, facts_above = 0;
    bool found = false;
    for (int64_t k = c->longest; k >= 0; k--) {
        int64_t here = c->larger[k];
        c->larger[k] = above;
        if (!found && (double)facts_above > (1 - MOST_SHARE) * (double)c->facts) found = true, c->most = k + 1;
        above += here;
        facts_above += here * k;
    }
    if (!found) c->most = c->longest < 1 ? c->longest : 1;
}

gat_status relation_counts_make(relation_counts **out, const gat_filter *known, int32_t num_relations, gat_error *err)
{
    int64_t queries = filter_num_queries(known);
    bool good = true;
    relation_counts *c = gat_calloc(2 * (int64_t)num_relations, sizeof *c);
    *out = NULL;
    if (!c) return error_nomem(err);
    for (int64_t q = 0; q < queries; q++) {
        gat_query row = filter_query(known, q);
        relation_counts *of = &c[row.relation];
        of->facts += row.count;
        of->entities++;
        if (row.count > of->longest) of->longest = row.count;
    }
    for (int32_t d = 0; d < 2 * num_relations; d++) {
        c[d].larger = gat_calloc(c[d].longest + 1, sizeof *c[d].larger);
        good = good && c[d].larger;
    }
    for (int64_t q = 0; good && q < queries; q++)
        c[filter_query(known, q).relation].larger[filter_query(known, q).count]++;
    for (int32_t d = 0; good && d < 2 * num_relations; d++) accumulate(&c[d]);
    if (good) *out = c;
    else relation_counts_free(c, num_relations);
    return good ? GAT_OK : error_nomem(err);
}

double relation_continues(const relation_counts *c, int64_t k)
{
    if (k < 1) return 0;
    double more = k > c->longest ? 0 : (double)c->larger[k];
    double all = k > c->longest ? 0 : (double)c->larger[k - 1];
    return log((more + .5) / (all - more + .5));
}

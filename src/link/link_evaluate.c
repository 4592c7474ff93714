/* Answers measured against annotations. */
#include <math.h>

#include "base/error.h"
#include "link/answered.h"
#include "link/link_trials.h"

enum { BINS = 10 };

typedef struct counts {
    int64_t documents, with_in_kg, mentions, in_kg, nil, right, reached, linked_right, weighed_right, nil_right,
        nil_said, with_nil, way[NUM_NAME_WAYS];
    int64_t bin_count[BINS];
    double macro, bin_right[BINS], bin_sum[BINS], brier;
} counts;

static bool most_linked_is_right(const link_document *d, const link_mention *m)
{
    int32_t best = m->candidate[0];
    for (int32_t i = 1; i < m->num_candidates; i++)
        if (d->entity[m->candidate[i]].in_links > d->entity[best].in_links) best = m->candidate[i];
    return best == m->gold;
}

static bool heaviest_is_right(const link_mention *m)
{
    int32_t best = 0;
    for (int32_t i = 1; m->weight && i < m->num_candidates; i++)
        if (m->weight[i] > m->weight[best]) best = i;
    return m->weight && m->weight[best] > 0 && m->candidate[best] == m->gold;
}

static void count_probability(counts *c, double p, bool right)
{
    int bin = (int)(p * BINS);
    if (bin >= BINS) bin = BINS - 1;
    c->bin_count[bin]++;
    c->bin_right[bin] += right;
    c->bin_sum[bin] += p;
    c->brier += (p - right) * (p - right);
}

/* Whether the best candidate of an annotated mention is right. */
static bool count_mention(counts *c, const answered *a, int64_t i)
{
    const link_mention *m = &a->d->mention[i];
    int64_t group = a->g.group_of[i], best = group < 0 ? -1 : link_best(a->belief, &a->g, group);
    double term[LINK_TERMS], p = 0;
    bool right = best >= 0 && a->g.entity[best] == m->gold, nil = m->gold == GOLD_NIL, linked = false;
    if (best >= 0) {
        link_terms(term, &a->g, a->d, a->belief, a->r.total, a->l->net.shape.heads, group);
        p = link_logistic(a->l->calibration, term);
        linked = link_logistic(a->l->nil, term) < a->l->threshold;
    }
    c->mentions++;
    c->nil += nil;
    c->nil_said += !linked;
    c->nil_right += !linked && nil;
    c->with_nil += linked ? right : nil;
    if (nil) return false;
    c->in_kg++;
    c->right += right;
    c->reached += m->gold >= 0;
    if (m->num_candidates) c->linked_right += most_linked_is_right(a->d, m);
    if (m->num_candidates) c->weighed_right += heaviest_is_right(m);
    if (m->gold >= 0) c->way[m->way]++;
    if (best >= 0) count_probability(c, p, right);
    return right;
}

static gat_status count_document(void *context, const answered *a, gat_error *err)
{
    counts *c = context;
    int64_t before = c->in_kg, right = 0;
    (void)err;
    for (int64_t i = 0; i < a->d->num_mentions; i++)
        if (a->d->mention[i].gold != GOLD_OPEN) right += count_mention(c, a, i);
    c->documents++;
    if (c->in_kg == before) return GAT_OK;
    c->with_in_kg++;
    c->macro += (double)right / (double)(c->in_kg - before);
    return GAT_OK;
}

static double share(int64_t part, int64_t all) { return all ? (double)part / (double)all : 0; }

static void summarise(gat_link_evaluation *out, const counts *c)
{
    int64_t judged = 0;
    double error = 0;
    for (int b = 0; b < BINS; b++) {
        judged += c->bin_count[b];
        error += fabs(c->bin_right[b] - c->bin_sum[b]);
    }
    *out = (gat_link_evaluation){.documents = c->documents,
                                 .mentions = c->mentions,
                                 .in_kg = c->in_kg,
                                 .nil = c->nil,
                                 .micro = share(c->right, c->in_kg),
                                 .macro = c->with_in_kg ? c->macro / (double)c->with_in_kg : 0,
                                 .recall = share(c->reached, c->in_kg),
                                 .most_linked = share(c->linked_right, c->in_kg),
                                 .heaviest_name = share(c->weighed_right, c->in_kg),
                                 .recall_exact = share(c->way[NAME_EXACT], c->in_kg),
                                 .recall_folded = share(c->way[NAME_FOLDED], c->in_kg),
                                 .recall_inflected = share(c->way[NAME_INFLECTED], c->in_kg),
                                 .recall_similar = share(c->way[NAME_SIMILAR], c->in_kg),
                                 .with_nil = share(c->with_nil, c->mentions),
                                 .nil_precision = share(c->nil_right, c->nil_said),
                                 .nil_recall = share(c->nil_right, c->nil),
                                 .brier = judged ? c->brier / (double)judged : 0,
                                 .calibration_error = judged ? error / (double)judged : 0};
}

gat_status linker_evaluate(gat_link_evaluation *out, const gat_linker *l, const char *documents,
                           const gat_link_evaluate_options *options, gat_error *err)
{
    counts c = {.documents = 0};
    const answer_plan plan = {.remove = options ? options->remove_entities : 0};
    gat_reader *reader;
    gat_status st = reader_open(&reader, documents, err);
    if (!st) st = answer_documents(l, reader, &plan, count_document, &c, err);
    if (!st && !c.mentions) st = error_set(err, GAT_EDATA, "%.500s: no mention is annotated", documents);
    if (!st) summarise(out, &c);
    return st;
}

/* Answers: the most believed candidate of every mention, with what the others said for it in the last round. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "link/answered.h"
#include "link/link_trials.h"

static const link_entity *entity_of(const answered *a, int64_t node) { return &a->d->entity[a->g.entity[node]]; }

/* ---- one mention ----------------------------------------------------------------------------------------- */

static void tell_choices(gat_link_answer *x, const answered *a, int64_t group)
{
    for (int64_t n = a->g.first[group]; n < a->g.first[group + 1]; n++) {
        int at = x->num_choices;
        gat_link_choice own = {entity_of(a, n)->id, entity_of(a, n)->title, (double)a->belief[n]};
        while (at && x->choice[at - 1].belief < own.belief) at--;
        if (at == GAT_LINK_CHOICES) continue;
        if (x->num_choices < GAT_LINK_CHOICES) x->num_choices++;
        memmove(&x->choice[at + 1], &x->choice[at], (size_t)(x->num_choices - at - 1) * sizeof own);
        x->choice[at] = own;
    }
}

static void keep_support(gat_link_answer *x, gat_link_support own)
{
    int at = x->num_supports;
    while (at && x->support[at - 1].weight < own.weight) at--;
    if (at == GAT_LINK_SUPPORTS) return;
    if (x->num_supports < GAT_LINK_SUPPORTS) x->num_supports++;
    memmove(&x->support[at + 1], &x->support[at], (size_t)(x->num_supports - at - 1) * sizeof own);
    x->support[at] = own;
}

/* Weights of the edges into the node, mean over heads, for sources that are the answers of their own mentions. */
static void tell_supports(gat_link_answer *x, const answered *a, int64_t node)
{
    int heads = a->l->net.shape.heads;
    for (int64_t e = a->g.indptr[node]; e < a->g.indptr[node + 1]; e++) {
        int32_t from = a->g.source[e], group = a->g.group[from];
        double weight = 0;
        if (link_best(a->belief, &a->g, group) != from) continue;
        for (int h = 0; h < heads; h++) {
            double sum = (double)(VOTE_SILENCE + a->r.total[node * 2 * heads + h]);
            weight += (double)(a->r.part[e * 2 * heads + h] * a->r.before[from]) / sum / heads;
        }
        int64_t mention = a->g.leader[group];
        keep_support(x, (gat_link_support){mention, a->d->mention[mention].text, entity_of(a, from)->id, weight});
    }
}

static gat_link_answer answer_mention(const answered *a, int64_t i)
{
    const link_mention *m = &a->d->mention[i];
    gat_link_answer x = {.document = a->d->id,
                         .text = m->text,
                         .line = a->d->line,
                         .mention = i,
                         .from = m->from,
                         .to = m->to,
                         .probability = 1,
                         .nil = 1,
                         .num_candidates = m->num_candidates};
    int64_t group = a->g.group_of[i];
    if (group < 0) return x;
    double term[LINK_TERMS];
    int64_t best = link_best(a->belief, &a->g, group);
    link_terms(term, &a->g, a->d, a->belief, a->r.total, a->l->net.shape.heads, group);
    x.nil = link_logistic(a->l->nil, term);
    bool is_nil = x.nil >= a->l->threshold;
    x.probability = is_nil ? x.nil : link_logistic(a->l->calibration, term);
    tell_choices(&x, a, group);
    tell_supports(&x, a, best);
    if (is_nil) return x;
    x.entity = entity_of(a, best)->id;
    x.title = entity_of(a, best)->title;
    return x;
}

static gat_status tell(void *context, const answered *a, gat_error *err)
{
    const gat_link_options *options = context;
    for (int64_t i = 0; i < a->d->num_mentions; i++) {
        const gat_link_answer x = answer_mention(a, i);
        if (options->on_mention(options->context, &x))
            return error_set(err, GAT_EFAILED, "the answers could not be written");
    }
    return GAT_OK;
}

/* The reader is taken. */
static gat_status answer_all(const gat_linker *l, gat_reader *reader, const gat_link_options *options, gat_error *err)
{
    gat_link_options copy = *options;
    const answer_plan plan = {.find = options->find_mentions};
    return answer_documents(l, reader, &plan, tell, &copy, err);
}

static gat_status check_options(const gat_linker *l, const gat_link_options *options, gat_error *err)
{
    if (!options->find_mentions || l->names.kg.entities) return GAT_OK;
    return error_set(err, GAT_EUSAGE, "the model knows no names to find mentions by: train with --kg");
}

gat_status linker_answer(const gat_linker *l, const char *documents, const gat_link_options *options, gat_error *err)
{
    gat_reader *reader;
    gat_status st = check_options(l, options, err);
    if (!st) st = reader_open(&reader, documents, err);
    return st ? st : answer_all(l, reader, options, err);
}

gat_status linker_answer_memory(const gat_linker *l, const void *bytes, size_t count, const char *name,
                                const gat_link_options *options, gat_error *err)
{
    gat_reader *reader;
    gat_status st = check_options(l, options, err);
    if (!st) st = reader_open_memory(&reader, bytes, count, name, err);
    return st ? st : answer_all(l, reader, options, err);
}

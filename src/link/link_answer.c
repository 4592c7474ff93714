/* Answers: the most believed candidate of every mention, with what the others said for it in the last round. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "link/link_calibrate.h"
#include "link/link_source.h"
#include "link/linker.h"

/* A document answered by the net. */
typedef struct answered {
    const gat_linker *l;
    const link_document *d;
    candidate_graph g;
    link_result r;
    float *belief; /* (nodes) */
} answered;

static gat_status ask(answered *a, gat_tape *tape, gat_arena *arena, gat_error *err)
{
    gat_status st = candidate_graph_make(&a->g, a->d, &a->l->names, a->l->types, arena, err);
    if (st) return st;
    tape_restart(tape, false);
    link_net_forward(&a->r, tape, &a->l->net, &a->l->net.params, &a->g, 0);
    a->belief = tape_floats(tape, a->g.nodes + 1);
    st = tape_status(tape, err);
    if (!st) belief_forward(a->belief, a->r.score[a->l->net.shape.rounds]->data, &a->g.groups);
    return st;
}

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

static int64_t first_mention(const answered *a, int32_t group)
{
    int64_t i = 0;
    while (a->g.group_of[i] != group) i++;
    return i;
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
        int64_t mention = first_mention(a, group);
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
                         .num_candidates = m->num_candidates};
    int64_t group = a->g.group_of[i];
    if (group < 0) return x;
    double term[CALIBRATION_TERMS];
    int64_t best = link_best(a->belief, &a->g, group);
    link_terms(term, a->belief, a->r.total, a->l->net.shape.heads, best);
    x.probability = link_probability(a->l, term);
    tell_choices(&x, a, group);
    tell_supports(&x, a, best);
    if (x.probability >= a->l->threshold) {
        x.entity = entity_of(a, best)->id;
        x.title = entity_of(a, best)->title;
    } else x.probability = 1 - x.probability;
    return x;
}

/* ---- a file ---------------------------------------------------------------------------------------------- */

/* Called with each document of the file. */
typedef gat_status with_document(void *context, const answered *a, gat_error *err);

/* Documents that are answered at the same time, each on arena and tape of its own. */
enum { AT_ONCE = 16 };

typedef struct desk {
    answered a;
    gat_arena *arena;
    gat_tape *tape;
    gat_status status;
    gat_error error;
} desk;

typedef struct office {
    desk desk[AT_ONCE];
    link_source source;
} office;

static void office_close(office *o)
{
    if (!o) return;
    for (int i = 0; i < AT_ONCE; i++) {
        tape_free(o->desk[i].tape);
        arena_free(o->desk[i].arena);
    }
    link_source_close(&o->source);
    gat_free(o);
}

static gat_status office_open(office **out, const gat_linker *l, const char *path, bool find, gat_error *err)
{
    gat_status st = GAT_OK;
    office *o = *out = gat_calloc(1, sizeof *o);
    if (!o) return error_nomem(err);
    for (int i = 0; !st && i < AT_ONCE; i++) {
        o->desk[i].a.l = l;
        o->desk[i].arena = arena_new();
        o->desk[i].tape = tape_new(false);
        if (!o->desk[i].arena || !o->desk[i].tape) st = error_nomem(err);
    }
    return st ? st : link_source_open(&o->source, path, &l->names, find, err);
}

/* Up to AT_ONCE documents; *count says how many stand before the end of the file or a fault in it, which is returned. */
static gat_status read_some(int *count, office *o, gat_error *err)
{
    for (*count = 0; *count < AT_ONCE; (*count)++) {
        link_document *d;
        arena_reset(o->desk[*count].arena);
        gat_status st = link_source_next(&d, &o->source, o->desk[*count].arena, err);
        if (st || !d) return st;
        o->desk[*count].a.d = d;
    }
    return GAT_OK;
}

static gat_status answer_some(office *o, int count, with_document *use, void *context, gat_error *err)
{
    gat_status st = GAT_OK;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < count; i++) {
        desk *k = &o->desk[i];
        k->status = ask(&k->a, k->tape, k->arena, &k->error);
    }
    for (int i = 0; !st && i < count; i++) {
        st = o->desk[i].status;
        if (st && err) *err = o->desk[i].error;
        if (!st) st = use(context, &o->desk[i].a, err);
    }
    return st;
}

static gat_status walk(const gat_linker *l, const char *path, bool find, with_document *use, void *context,
                       gat_error *err)
{
    office *o = NULL;
    int count = AT_ONCE;
    gat_status st = office_open(&o, l, path, find, err);
    while (!st && count == AT_ONCE) {
        gat_error fault = {0};
        gat_status read = read_some(&count, o, &fault);
        st = answer_some(o, count, use, context, err);
        if (!st && read && err) *err = fault;
        if (!st) st = read;
    }
    office_close(o);
    return st;
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

gat_status linker_answer(const gat_linker *l, const char *documents, const gat_link_options *options, gat_error *err)
{
    gat_link_options copy = *options;
    if (options->find_mentions && !l->names.kg.entities)
        return error_set(err, GAT_EUSAGE, "the model knows no names to find mentions by: train with --kg");
    return walk(l, documents, options->find_mentions, tell, &copy, err);
}

/* ---- evaluation ------------------------------------------------------------------------------------------ */

enum { BINS = 10 };

typedef struct counts {
    int64_t documents, with_in_kg, mentions, in_kg, nil, right, reached, linked_right, nil_right, nil_said, with_nil;
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
    double term[CALIBRATION_TERMS], p = 0;
    bool right = best >= 0 && a->g.entity[best] == m->gold, nil = m->gold == GOLD_NIL;
    if (best >= 0) {
        link_terms(term, a->belief, a->r.total, a->l->net.shape.heads, best);
        p = link_probability(a->l, term);
    }
    bool linked = best >= 0 && p >= a->l->threshold;
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
                                 .with_nil = share(c->with_nil, c->mentions),
                                 .nil_precision = share(c->nil_right, c->nil_said),
                                 .nil_recall = share(c->nil_right, c->nil),
                                 .brier = judged ? c->brier / (double)judged : 0,
                                 .calibration_error = judged ? error / (double)judged : 0};
}

gat_status linker_evaluate(gat_link_evaluation *out, const gat_linker *l, const char *documents, gat_error *err)
{
    counts c = {.documents = 0};
    gat_status st = walk(l, documents, false, count_document, &c, err);
    if (!st && !c.mentions) st = error_set(err, GAT_EDATA, "%.500s: no mention is annotated", documents);
    if (!st) summarise(out, &c);
    return st;
}

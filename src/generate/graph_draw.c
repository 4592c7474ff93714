#include "generate/graph_draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { STREAM_DRAW = 0x7f95, STREAM_SIDE = 0x7f96 };
static const double LEAST_TEMPERATURE = .01, MOST_TEMPERATURE = 100;

/* ---- the plan -------------------------------------------------------------------------------------------- */

void draw_plan_clear(draw_plan *p)
{
    gat_free(p->relation);
    gat_free(p->head);
    p->relation = p->head = NULL;
}

static gat_status allow_relations(draw_plan *p, gat_error *err)
{
    const gat_generate_options *o = p->options;
    int32_t n = intern_count(p->model->relations);
    p->relation = gat_calloc(n, sizeof *p->relation);
    if (!p->relation) return error_nomem(err);
    if (!o->num_relations) memset(p->relation, 1, (size_t)n);
    for (int64_t i = 0; i < o->num_relations; i++) {
        int32_t id = intern_find(p->model->relations, o->relations[i], strlen(o->relations[i]));
        if (id < 0) return error_set(err, GAT_EUSAGE, "\"%s\" is no relation of the model", o->relations[i]);
        p->relation[id] = 1;
    }
    return GAT_OK;
}

/* Whether an entity was seen on a side of an allowed relation. */
static bool stands(const draw_plan *p, int32_t entity, bool as_head)
{
    const seen_roles *r = &p->model->roles;
    for (int32_t i = 0; i < r->relations; i++)
        if (p->relation[i] && (as_head ? seen_head(r, i, entity) : seen_tail(r, i, entity))) return true;
    return false;
}

static gat_status check_contains(draw_plan *p, gat_error *err)
{
    const char *name = p->options->contains;
    p->contains = -1;
    if (!name) return GAT_OK;
    p->contains = intern_find(p->model->entities, name, strlen(name));
    if (p->contains < 0) return error_set(err, GAT_EUSAGE, "\"%s\" is no entity of the model", name);
    if (!stands(p, p->contains, true) && !stands(p, p->contains, false))
        return error_set(err, GAT_EUSAGE, "no graph of train has \"%s\" with %s: nobody can meet that", name,
                         p->options->num_relations ? "one of these relations" : "any relation");
    return GAT_OK;
}

static gat_status note_heads(draw_plan *p, gat_error *err)
{
    int32_t n = p->model->roles.entities, heads = 0;
    p->head = gat_calloc(n, sizeof *p->head);
    if (!p->head) return error_nomem(err);
    for (int32_t e = 0; e < n; e++) heads += p->head[e] = stands(p, e, true);
    if (heads) return GAT_OK;
    return error_set(err, GAT_EUSAGE, "no graph of train has one of these relations: nobody can meet that");
}

gat_status draw_plan_init(draw_plan *p, const gat_generator *model, const gat_generate_options *o, gat_error *err)
{
    *p = (draw_plan){.model = model, .options = o, .temperature = o->temperature > 0 ? o->temperature : 1};
    if (!(p->temperature >= LEAST_TEMPERATURE && p->temperature <= MOST_TEMPERATURE))
        return error_set(err, GAT_EUSAGE, "temperature %g: expected a number from %g to %g", p->temperature,
                         LEAST_TEMPERATURE, MOST_TEMPERATURE);
    if (o->count < 0 || o->top_k < 0 || !(o->top_p >= 0 && o->top_p <= 1))
        return error_set(err, GAT_EUSAGE, "count and top-k are not below 0, top-p is from 0 to 1");
    gat_status st = allow_relations(p, err);
    if (!st) st = note_heads(p, err);
    if (!st) st = check_contains(p, err);
    if (st) draw_plan_clear(p);
    return st;
}

/* ---- what may come --------------------------------------------------------------------------------------- */

static bool first_triple_wants(const graph_draft *d, const draw_plan *p, sequence_slot slot)
{
    return p->contains >= 0 && !d->count && slot == (d->wanted_is_head ? SLOT_HEAD : SLOT_TAIL);
}

static bool may_be_head(const graph_draft *d, const draw_plan *p, int32_t entity)
{
    if (first_triple_wants(d, p, SLOT_HEAD)) return entity == p->contains;
    return p->options->free || p->head[entity];
}

static bool may_be_relation(const graph_draft *d, const draw_plan *p, int32_t relation)
{
    const seen_roles *r = &p->model->roles;
    if (!p->relation[relation]) return false;
    if (first_triple_wants(d, p, SLOT_TAIL) && !p->options->free && !seen_tail(r, relation, p->contains)) return false;
    return p->options->free || seen_head(r, relation, d->fact[d->count].head);
}

static bool may_be_tail(const graph_draft *d, const draw_plan *p, int32_t entity)
{
    gat_triple f = {d->fact[d->count].head, d->fact[d->count].relation, entity};
    const seen_roles *r = &p->model->roles;
    if (first_triple_wants(d, p, SLOT_TAIL) && entity != p->contains) return false;
    if (p->options->free) return true;
    if (!seen_tail(r, f.relation, entity) || (f.head == entity && !r->loop[f.relation])) return false;
    for (int64_t i = 0; i < d->count; i++)
        if (!triple_compare(&d->fact[i], &f)) return false;
    return true;
}

/* next: the slot that is filled. */
static bool may_come(const graph_draft *d, const draw_plan *p, sequence_slot next, int32_t column)
{
    const sequence_shape *s = &p->model->net.shape;
    if (next == SLOT_RELATION) return may_be_relation(d, p, column - s->entities - 1);
    if (next == SLOT_TAIL) return may_be_tail(d, p, column);
    bool full = d->count == s->most_triples;
    return column == s->entities ? d->count > 0 : !full && may_be_head(d, p, column);
}

/* ---- which comes ----------------------------------------------------------------------------------------- */

static int compare_down(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

/* Sets to 0 what is below the k-th largest of weight (n), and what is behind the first that have top_p of their sum. Equal
 * weights stay together. */
static void cut_tail(float *weight, float *sorted, int32_t n, const gat_generate_options *o)
{
    double sum = 0, reached = 0;
    if (!o->top_k && (o->top_p <= 0 || o->top_p >= 1)) return;
    memcpy(sorted, weight, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_down);
    float least = o->top_k && o->top_k < n ? sorted[o->top_k - 1] : 0;
    for (int32_t i = 0; i < n; i++) sum += (double)sorted[i];
    for (int32_t i = 0; o->top_p > 0 && i < n && reached < o->top_p * sum; i++) {
        reached += (double)sorted[i];
        if (reached >= o->top_p * sum && sorted[i] > least) least = sorted[i];
    }
    for (int32_t i = 0; i < n; i++)
        if (weight[i] < least) weight[i] = 0;
}

/* Index of a weight, each with its share of the chance. */
static int32_t pick(const float *weight, int32_t n, double uniform)
{
    double sum = 0, at = 0;
    int32_t last = -1;
    for (int32_t i = 0; i < n; i++) sum += (double)weight[i];
    for (int32_t i = 0; i < n; i++) {
        if (weight[i] <= 0) continue;
        at += (double)weight[i];
        last = i;
        if (at > uniform * sum) break;
    }
    return last;
}

/* log2 of the probability that the net gives column `chosen` among low .. high. */
static double log2_share(const float *logit, int32_t low, int32_t high, int32_t chosen)
{
    double top = -INFINITY, sum = 0;
    for (int32_t j = low; j < high; j++) top = fmax(top, (double)logit[j]);
    for (int32_t j = low; j < high; j++) sum += exp((double)logit[j] - top);
    return ((double)logit[chosen] - top - log(sum)) / M_LN2;
}

static void put(graph_draft *d, sequence_slot next, int32_t column, const sequence_shape *s)
{
    gat_triple *f = &d->fact[d->count < GRAPH_MOST_TRIPLES ? d->count : 0];
    d->last = column;
    if (next == SLOT_RELATION) f->relation = column - s->entities - 1;
    else if (next == SLOT_TAIL) {
        f->tail = column;
        d->count++;
    } else if (column == s->entities) d->ended = true;
    else f->head = column;
}

void graph_draft_begin(graph_draft *d, const draw_plan *p, int64_t draw)
{
    *d = (graph_draft){.last = p->model->net.shape.entities};
    if (p->contains < 0) return;
    const seen_roles *r = &p->model->roles;
    double heads = stands(p, p->contains, true) ? (double)r->as_head[p->contains] : 0;
    double tails = stands(p, p->contains, false) ? (double)r->as_tail[p->contains] : 0;
    double u = (double)random_uniform(p->options->seed, random_stream(STREAM_SIDE, (uint64_t)draw, 0), 0);
    d->wanted_is_head = u * (heads + tails) < heads;
}

void graph_draft_next(graph_draft *d, const draw_plan *p, int64_t draw, int64_t place, const float *logit,
                      float *scratch)
{
    const sequence_shape *s = &p->model->net.shape;
    sequence_slot next = slot_at(place + 1);
    int32_t low, high;
    float *weight = scratch, *sorted = scratch + sequence_columns(s);
    double top = -INFINITY;
    if (d->ended || d->refused) return;
    sequence_range(&low, &high, s, place);
    for (int32_t j = low; j < high; j++) {
        bool may = may_come(d, p, next, j);
        weight[j - low] = may ? logit[j] : -INFINITY;
        if (may) top = fmax(top, (double)logit[j]);
    }
    for (int32_t j = 0; j < high - low; j++) weight[j] = (float)exp(((double)weight[j] - top) / p->temperature);
    d->refused = isinf(top) != 0;
    if (d->refused) return;
    cut_tail(weight, sorted, high - low, p->options);
    double u = (double)random_uniform(p->options->seed, random_stream(STREAM_DRAW, (uint64_t)draw, 0), (uint64_t)place);
    int32_t column = low + pick(weight, high - low, u);
    d->log2_likelihood += log2_share(logit, low, high, column);
    put(d, next, column, s);
}

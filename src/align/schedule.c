#include "align/schedule.h"

#include <math.h>

#include "base/clock.h"
#include "align/propagation.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"

/* Chosen on held-back seeds of DBP15K and OpenEA, not per data set. */
enum {
    VECTOR_ROUNDS = 3, /* with the vectors */
    LABEL_DIM = 256,
    SKETCH_WIDTH = 1024,
    SEARCH_WIDTH = 256, /* columns of the sketch by which pairs are found */
    LEAST_SKETCH = 256,
    VECTOR_TOP = 30,
    FEATURE_TOP = 30,
    MOST_VECTOR_BYTES = 400000000
};
static const double LATE_ROUNDS = 3, TIME_SHARE = 0.95; /* left for one more round, and for all but rounds */
static const double MOST_COMPARED = 2e9;
static const float VECTOR_WEIGHT = 0.6f, FEATURE_START_TAU = 0.05f;

uint64_t schedule_seed(const schedule *s) { return s->o->seed ? s->o->seed : 1; }

bool schedule_stopped(const schedule *s) { return s->o->should_stop && s->o->should_stop(s->o->context); }

int schedule_should_end(void *context)
{
    const schedule *s = context;
    return schedule_stopped(s) || (s->end > 0 && clock_seconds() + LATE_ROUNDS * s->longest > s->end);
}

/* ---- rounds ---------------------------------------------------------------------------------------------- */

gat_status schedule_round(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    double began = clock_seconds();
    if (schedule_stopped(s)) return error_set(err, GAT_EINTERRUPTED, "interrupted");
    gat_status st = belief_loop_round(loop, settings, err);
    double now = clock_seconds();
    s->run->rounds++;
    log_say(&s->o->log, GAT_LOG_DEBUG, "round %d: %.2f s", s->run->rounds, now - began);
    s->longest = fmax(s->longest, now - began);
    s->late = s->end > 0 && now + LATE_ROUNDS * s->longest > s->end;
    return st;
}

gat_status schedule_rounds(schedule *s, belief_loop *loop, const loop_settings *settings, int count, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int r = 0; !st && r < count && (!r || !s->late); r++) st = schedule_round(s, loop, settings, err);
    return st;
}

int64_t schedule_width(const schedule *s, int64_t wanted, int64_t least)
{
    int64_t entities = (int64_t)s->in->a->num_entities + s->in->b->num_entities;
    while (wanted > least && (wanted > entities || entities * wanted * (int64_t)sizeof(float) > MOST_VECTOR_BYTES))
        wanted /= 2;
    return wanted;
}

int64_t schedule_label_dim(const schedule *s)
{
    if (s->o->dim) return s->o->dim;
    return schedule_width(s, PROPAGATION_STAGES * LABEL_DIM, PROPAGATION_STAGES * 32) / PROPAGATION_STAGES;
}

bool schedule_too_large(const schedule *s)
{
    return (double)s->in->a->num_entities * s->in->b->num_entities > MOST_COMPARED;
}

int schedule_copy_terms(similarity_term *terms, const loop_settings *settings)
{
    int count = settings->candidates.num_terms;
    for (int k = 0; k < count; k++) terms[k] = settings->candidates.terms[k];
    return count;
}

gat_status schedule_view(vector_term *view, const schedule *s, const belief_loop *loop, gat_error *err)
{
    return vector_term_init(view, loop, schedule_label_dim(s), schedule_width(s, SKETCH_WIDTH, LEAST_SKETCH),
                            SEARCH_WIDTH, VECTOR_TOP, schedule_seed(s), err);
}

similarity_term schedule_view_term(const vector_term *view) { return vector_term_similarity(view, VECTOR_WEIGHT); }

gat_status schedule_vector_rounds(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    vector_term view = {0};
    similarity_term terms[MOST_TERMS];
    loop_settings with = *settings;
    if (schedule_too_large(s) || s->late) return GAT_OK;
    gat_status st = schedule_view(&view, s, loop, err);
    if (!st) {
        int count = schedule_copy_terms(terms, settings);
        terms[count++] = schedule_view_term(&view);
        with.candidates.num_terms = count;
        with.candidates.terms = terms;
        st = schedule_rounds(s, loop, &with, VECTOR_ROUNDS, err);
    }
    vector_term_clear(&view);
    return st;
}

/* ---- starts ---------------------------------------------------------------------------------------------- */

/* As they are for the blocks of the first loop. */
static gat_status find_likest(schedule *s, const belief_loop *loop, gat_error *err)
{
    const align_input *in = s->in;
    gat_status st = GAT_OK;
    if (s->mean) return GAT_OK;
    for (int k = 0; !st && k < in->num_features; k++) {
        st = entity_feature_best(&s->likest[k], &in->features[k], loop->blocks.a, loop->blocks.b, FEATURE_TOP, err);
        s->features[k].best = s->likest[k];
    }
    return st ? st : entity_features_mean(&s->mean, in->features, s->likest, in->num_features, err);
}

gat_status schedule_start(schedule *s, belief_loop *loop, gat_error *err)
{
    if (!s->in->num_features) return GAT_OK;
    gat_status st = find_likest(s, loop, err);
    loop_settings start = s->run->settings;
    start.tau = FEATURE_START_TAU;
    return st ? st : belief_loop_start(loop, s->mean, &start, err);
}

void schedule_init(schedule *s, align_run *run, const align_input *in, const gat_align_options *o)
{
    *s = (schedule){.in = in, .o = o, .run = run};
    *run = (align_run){.settings = loop_defaults()};
    if (o->time_limit > 0) s->end = in->began + TIME_SHARE * o->time_limit - o->spent;
    for (int k = 0; k < in->num_features; k++) s->features[k] = entity_feature_term(&in->features[k], NULL);
    run->settings.candidates.terms = s->features;
    run->settings.candidates.num_terms = in->num_features;
}

void schedule_clear(schedule *s)
{
    for (int k = 0; k < MOST_FEATURES; k++) pair_matrix_free(s->likest[k]);
    pair_matrix_free(s->mean);
    s->run->settings.candidates.terms = NULL;
    s->run->settings.candidates.num_terms = 0;
}

#include "align/align_run.h"

#include <string.h>

#include "base/clock.h"
#include "align/decode.h"
#include "align/schedule.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"

/* Chosen on held-back seeds of DBP15K and OpenEA, not per data set. */
enum {
    ROUNDS = 10,
    ROUNDS_FEW_SEEDS = 15,
    TRIAL_ROUNDS = 4, /* of each scale of the softmax */
    PATIENCE = 2,     /* rounds that find no more of the held-back links before the loop ends */
    LAST_ROUNDS = 4,  /* with all seeds, before the vectors */
    LEAST_HELD = 10,
    ONE_SHOT_WIDTH = 2048,
    LEAST_SKETCH = 256,
    ONE_SHOT_TOP = 100,
    LABEL_SHOTS = 3,
    LABEL_TOP = 500,
    ENCODER_EPOCHS = 20, /* of the first turn, fewer in each later one */
    ENCODER_LATER_EPOCHS = 5,
    ENCODER_TURNS = 2,
    ENCODER_ROUNDS = 3, /* of the loop after a turn */
    ENCODER_TOP = 30
};
static const double HELD_SHARE = 0.1, FEW_SEEDS = 0.1;
static const float ENCODER_WEIGHT = 0.6f, ENCODER_LEAST_BELIEF = 0.8f, SURE_LABEL = 0.5f, ONE_SHOT_WEIGHT = 1,
                   SHOT_ENCODER = 1, OPEN_SLACK = 0.5f;
static const float TAUS[] = {0.02f, 0.05f, 0.08f}, NAMED_TAUS[] = {0.03f, 0.05f};

/* ---- the learned encoder --------------------------------------------------------------------------------- */

static gat_status teach(schedule *s, const belief_loop *loop, gat_error *err)
{
    double began = clock_seconds();
    int64_t links;
    if (schedule_stopped(s)) return error_set(err, GAT_EINTERRUPTED, "interrupted");
    gat_status st = encoder_term_learn(s->encoder, loop, s->taught ? ENCODER_LATER_EPOCHS : ENCODER_EPOCHS,
                                       ENCODER_LEAST_BELIEF, ENCODER_TOP, &links, err);
    s->taught = true;
    log_say(&s->o->log, GAT_LOG_DEBUG, "encoder: %lld links, %.2f s", (long long)links, clock_seconds() - began);
    return st;
}

/* One shot: what the seeds alone say, by the third-order view, by one-hop evidence and by an encoder, decoded once. */
static gat_status one_shot(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    vector_term view = {0};
    similarity_term terms[MOST_TERMS];
    loop_settings with = *settings;
    int count = schedule_copy_terms(terms, settings);
    gat_status st = s->encoder ? teach(s, loop, err) : GAT_OK;
    if (!st && s->encoder) terms[count++] = encoder_term_similarity(s->encoder, SHOT_ENCODER);
    if (!st && s->o->encoder != GAT_ENCODER_ATTENTION) {
        int64_t width = schedule_width(s, ONE_SHOT_WIDTH, LEAST_SKETCH);
        st = vector_term_init(&view, loop, schedule_label_dim(s), width, width, ONE_SHOT_TOP, schedule_seed(s), err);
        terms[count++] = vector_term_similarity(&view, ONE_SHOT_WEIGHT);
    }
    with.damping = 1;
    with.candidates.terms = terms;
    with.candidates.num_terms = count;
    if (!st) st = schedule_rounds(s, loop, &with, 1, err);
    vector_term_clear(&view);
    return st;
}

/* Shots of propagated labels alone; what is sure in one is known to the next. */
static gat_status label_shots(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    int shots = s->o->rounds < 0 ? 1 : s->o->rounds ? s->o->rounds : LABEL_SHOTS;
    int64_t width = schedule_width(s, ONE_SHOT_WIDTH, LEAST_SKETCH), dim = schedule_label_dim(s);
    gat_status st = GAT_OK;
    for (int k = 0; !st && k < shots && (!k || !s->late); k++) {
        vector_term view = {0};
        similarity_term terms[MOST_TERMS];
        loop_settings with = *settings;
        int count = schedule_copy_terms(terms, settings);
        if (k) st = belief_loop_settle(loop, SURE_LABEL, err);
        if (!st) st = vector_term_init(&view, loop, dim, width, width, LABEL_TOP, schedule_seed(s), err);
        terms[count++] = vector_term_similarity(&view, 1);
        with.damping = 1;
        with.candidates.terms = terms;
        with.candidates.num_terms = count;
        if (!st) st = schedule_round(s, loop, &with, err);
        vector_term_clear(&view);
    }
    if (!s->run->plain_rounds) s->run->plain_rounds = shots;
    return st;
}

/* Rounds in which the encoder has a say, beside the view of the present beliefs. */
static gat_status encoder_turn(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    vector_term view = {0};
    similarity_term terms[MOST_TERMS];
    loop_settings with = *settings;
    bool viewed = s->o->encoder == GAT_ENCODER_BOTH;
    gat_status st = teach(s, loop, err);
    if (!st && viewed) st = schedule_view(&view, s, loop, err);
    if (!st) {
        int count = schedule_copy_terms(terms, settings);
        if (viewed) terms[count++] = schedule_view_term(&view);
        terms[count++] = encoder_term_similarity(s->encoder, viewed ? ENCODER_WEIGHT : 1);
        with.candidates.terms = terms;
        with.candidates.num_terms = count;
        st = schedule_rounds(s, loop, &with, ENCODER_ROUNDS, err);
    }
    vector_term_clear(&view);
    return st;
}

static gat_status encoder_turns(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int t = 0; !st && t < ENCODER_TURNS && !s->late; t++) st = encoder_turn(s, loop, settings, err);
    return st;
}

/* ---- starts ---------------------------------------------------------------------------------------------- */

static int64_t count_marks(const uint8_t *marks, int32_t n)
{
    int64_t count = 0;
    for (int32_t i = 0; i < n; i++) count += marks[i];
    return count;
}

/* Everybody in the pool has a counterpart when as many are asked as may answer. */
static bool is_closed(const align_input *in)
{
    return in->source && in->target &&
           count_marks(in->source, in->a->num_entities) == count_marks(in->target, in->b->num_entities);
}

static gat_status start(schedule *s, belief_loop *loop, const link_list *seeds, const link_list *held, gat_error *err)
{
    const align_input *in = s->in;
    bool closed = in->source && in->target;
    gat_status st =
        belief_loop_init(loop, in->a, in->b, seeds, held, closed ? in->source : NULL, closed ? in->target : NULL, err);
    return st ? st : schedule_start(s, loop, err);
}

static int rounds_wanted(const schedule *s)
{
    const align_input *in = s->in;
    int32_t n = in->a->num_entities < in->b->num_entities ? in->a->num_entities : in->b->num_entities;
    if (s->o->rounds) return s->o->rounds;
    return (double)in->seeds.count < FEW_SEEDS * n ? ROUNDS_FEW_SEEDS : ROUNDS;
}

static int trial_rounds(const schedule *s)
{
    int wanted = rounds_wanted(s);
    return wanted < TRIAL_ROUNDS ? wanted : TRIAL_ROUNDS;
}

/* ---- choosing and calibrating ---------------------------------------------------------------------------- */

static double quality(held_metrics m) { return m.hits_at_1 + m.mrr; }

/* The first rounds with each scale, until one is no better than the one before; *loop keeps the best. */
static gat_status choose_tau(schedule *s, belief_loop *loop, const link_list *seeds, const link_list *held,
                             gat_error *err)
{
    const float *taus = s->in->num_features ? NAMED_TAUS : TAUS;
    int count = s->in->num_features ? (int)(sizeof NAMED_TAUS / sizeof *taus) : (int)(sizeof TAUS / sizeof *taus);
    double best = -1;
    gat_status st = GAT_OK;
    for (int k = 0; !st && k < count && (!k || !s->late); k++) {
        belief_loop trial = {0};
        loop_settings settings = s->run->settings;
        settings.tau = taus[k];
        s->run->rounds = 0;
        st = start(s, &trial, seeds, held, err);
        if (!st) st = schedule_rounds(s, &trial, &settings, trial_rounds(s), err);
        held_metrics m = {0};
        if (!st) m = held_evaluate(trial.belief, held);
        log_say(&s->o->log, GAT_LOG_DEBUG, "tau %g: Hits@1 %.4f MRR %.4f", (double)taus[k], m.hits_at_1, m.mrr);
        bool better = quality(m) > best;
        if (!st && better) {
            belief_loop swap = *loop;
            *loop = trial;
            trial = swap;
            best = quality(m);
            s->run->settings.tau = taus[k];
        }
        belief_loop_clear(&trial);
        if (!better) break;
    }
    return st;
}

static void fill_levels(align_run *run, const calibration_point *points, const double *confidence, int64_t count)
{
    for (int k = 0; k < GAT_ALIGN_LEVELS; k++) {
        gat_align_level *level = &run->levels[k];
        level->confidence = k / (double)GAT_ALIGN_LEVELS;
        for (int64_t i = 0; i < count; i++) {
            if (confidence[i] < level->confidence) continue;
            level->answers++;
            level->right += points[i].right;
        }
    }
}

static int64_t take_points(calibration_point *points, const pair_matrix *belief, const int64_t *entry,
                           const link_list *held)
{
    int64_t count = 0;
    for (int64_t i = 0; i < held->count; i++) {
        int64_t e = entry[held->data[i].source];
        if (e >= 0) points[count++] = (calibration_point){belief->value[e], belief->column[e] == held->data[i].target};
    }
    return count;
}

/* From the answers to held-back sources, which are the pairs that are each other's best. */
static gat_status calibrate(align_run *run, const belief_loop *loop, const link_list *held, gat_error *err)
{
    int64_t *entry = gat_alloc(loop->belief->rows, sizeof *entry);
    calibration_point *points = gat_alloc(held->count, sizeof *points);
    double *confidence = gat_alloc(held->count, sizeof *confidence);
    gat_status st = entry && points && confidence ? decode_answers(entry, GAT_DECODE_SINKHORN, loop->belief, err)
                                                  : error_nomem(err);
    if (!st) {
        int64_t count = take_points(points, loop->belief, entry, held);
        run->held = held_evaluate(loop->belief, held);
        st = calibration_fit(&run->calibration, points, count, err);
        if (!st) st = calibration_cross_fit(confidence, points, count, err);
        if (!st) fill_levels(run, points, confidence, count);
        if (!st) run->calibration_error = calibration_error(confidence, points, count);
    }
    gat_free(entry);
    gat_free(points);
    gat_free(confidence);
    return st;
}

/* belief <- those of the answers to entities that are in the pool of both runs; their number. */
static gat_status pool_answers(double **belief, int64_t *count, const belief_loop *loop, const belief_loop *other,
                               gat_error *err)
{
    int64_t n = loop->belief->rows, *entry = gat_alloc(n, sizeof *entry);
    *belief = gat_alloc(n, sizeof **belief);
    *count = 0;
    gat_status st = entry && *belief ? decode_answers(entry, GAT_DECODE_SINKHORN, loop->belief, err) : error_nomem(err);
    for (int64_t x = 0; !st && x < n; x++)
        if (entry[x] >= 0 && loop->blocks.a[x] == BLOCK_POOL && other->blocks.a[x] == BLOCK_POOL)
            (*belief)[(*count)++] = loop->belief->value[entry[x]];
    gat_free(entry);
    return st;
}

/* The last run has more seeds and goes on from the beliefs of the first, so that its beliefs are larger. */
static gat_status carry_calibration(align_run *run, const belief_loop *before, gat_error *err)
{
    double *from = NULL, *to = NULL;
    int64_t num_from, num_to;
    gat_status st = pool_answers(&from, &num_from, before, &run->loop, err);
    if (!st) st = pool_answers(&to, &num_to, &run->loop, before, err);
    if (!st) calibration_carry(&run->calibration, from, num_from, to, num_to);
    gat_free(from);
    gat_free(to);
    return st;
}

/* ---- the whole ------------------------------------------------------------------------------------------- */

static gat_status run_rounds(schedule *s, belief_loop *loop, int count, gat_error *err)
{
    const loop_settings *settings = &s->run->settings;
    if (s->o->encoder == GAT_ENCODER_LABELS) return label_shots(s, loop, settings, err);
    if (s->o->rounds < 0) return one_shot(s, loop, settings, err);
    if (s->o->encoder == GAT_ENCODER_ATTENTION) {
        gat_status st = encoder_turns(s, loop, settings, err);
        if (!s->run->plain_rounds) s->run->plain_rounds = s->run->rounds;
        return st;
    }
    gat_status st = count > 0 ? schedule_rounds(s, loop, settings, count, err) : GAT_OK;
    if (!s->run->plain_rounds) s->run->plain_rounds = s->run->rounds;
    if (!st) st = schedule_vector_rounds(s, loop, settings, err);
    return !st && s->encoder ? encoder_turns(s, loop, settings, err) : st;
}

/* Rounds until held-back links are found no better. */
static gat_status held_rounds(schedule *s, belief_loop *loop, const link_list *held, int count, gat_error *err)
{
    double best = quality(held_evaluate(loop->belief, held));
    gat_status st = GAT_OK;
    for (int r = 0, since = 0; !st && r < count && since < PATIENCE && (!r || !s->late); r++) {
        st = schedule_round(s, loop, &s->run->settings, err);
        double now = st ? 0 : quality(held_evaluate(loop->belief, held));
        since = now > best ? 0 : since + 1;
        best = now > best ? now : best;
    }
    return st;
}

static gat_status run_held(schedule *s, belief_loop *loop, const link_list *seeds, const link_list *held,
                           gat_error *err)
{
    bool shot = s->o->rounds < 0 || s->o->encoder == GAT_ENCODER_ATTENTION || s->o->encoder == GAT_ENCODER_LABELS;
    gat_status st = shot ? start(s, loop, seeds, held, err) : choose_tau(s, loop, seeds, held, err);
    if (!st && !shot && !s->late) st = held_rounds(s, loop, held, rounds_wanted(s) - trial_rounds(s), err);
    if (!st) st = run_rounds(s, loop, 0, err);
    return st ? st : calibrate(s->run, loop, held, err);
}

/* All seeds, going on from the beliefs of the run without the held-back ones. */
static gat_status run_last(schedule *s, belief_loop *loop, const belief_loop *before, gat_error *err)
{
    gat_status st = start(s, loop, &s->in->seeds, NULL, err);
    bool goes_on = s->o->rounds >= 0 && s->o->encoder != GAT_ENCODER_LABELS;
    if (!st && before->belief && goes_on) st = belief_loop_adopt(loop, before->belief, err);
    int wanted = rounds_wanted(s), count = before->belief && LAST_ROUNDS < wanted ? LAST_ROUNDS : wanted;
    return st ? st : run_rounds(s, loop, count, err);
}

static gat_status run_all(schedule *s, gat_error *err)
{
    align_run *run = s->run;
    belief_loop before = {0};
    link_list kept = {0}, held = {0};
    gat_status st = GAT_OK;
    if (s->in->valid.count) {
        st = run_held(s, &run->loop, &s->in->seeds, &s->in->valid, err);
    } else {
        st = hold_out(&kept, &held, &s->in->seeds, HELD_SHARE, schedule_seed(s), err);
        if (!st && held.count >= LEAST_HELD) st = run_held(s, &before, &kept, &held, err);
        if (!st) st = run_last(s, &run->loop, &before, err);
        if (!st && before.belief) st = carry_calibration(run, &before, err);
    }
    if (!st && !run->loop.overlap) st = belief_loop_learn_overlap(&run->loop, err);
    link_list_clear(&kept);
    link_list_clear(&held);
    belief_loop_clear(&before);
    return st;
}

/* Alone an encoder ranks by its similarity. */
static void without_evidence(candidate_settings *c)
{
    for (int w = 0; w < NUM_WEIGHTS; w++) c->use[w] = false;
    c->profile = 0;
}

static gat_status start_encoder(schedule *s, encoder_term *encoder, gat_error *err)
{
    learned_settings settings = learned_defaults();
    candidate_settings *c = &s->run->settings.candidates;
    if (s->o->encoder == GAT_ENCODER_LABELS) without_evidence(c);
    if (s->o->encoder == GAT_ENCODER_LOOP || s->o->encoder == GAT_ENCODER_LABELS) return GAT_OK;
    if (schedule_too_large(s))
        return error_set(err, GAT_ENOSPC,
                         "the learned encoder compares all entities of one graph with all of the other: %d "
                         "and %d are too many; the loop goes without",
                         s->in->a->num_entities, s->in->b->num_entities);
    if (s->o->encoder == GAT_ENCODER_ATTENTION) without_evidence(c);
    settings.seed = schedule_seed(s);
    settings.should_end = schedule_should_end;
    settings.context = s;
    s->encoder = encoder;
    return encoder_term_init(encoder, s->in->a, s->in->b, &settings, err);
}

static void warn_of_no_overlap(const align_run *run, const gat_align_options *o)
{
    if (!run->loop.overlap->num_pairs)
        log_say(
            &o->log, GAT_LOG_WARNING,
            "no facts join the same pairs in both graphs, so nothing tells which relations mean the same; the pairs "
            "rest on vectors or names alone");
}

gat_status align_run_make(align_run *run, const align_input *in, const gat_align_options *o, gat_error *err)
{
    schedule s;
    encoder_term encoder = {0};
    schedule_init(&s, run, in, o);
    if (!is_closed(in)) run->settings.slack[BLOCK_POOL] = OPEN_SLACK;
    if (in->num_features) run->settings.tau = NAMED_TAUS[0];
    gat_status st = start_encoder(&s, &encoder, err);
    if (!st) st = run_all(&s, err);
    if (!st) warn_of_no_overlap(run, o);
    encoder_term_clear(&encoder);
    schedule_clear(&s);
    if (st) align_run_clear(run);
    return st;
}

void align_run_clear(align_run *run)
{
    belief_loop_clear(&run->loop);
    calibration_clear(&run->calibration);
}

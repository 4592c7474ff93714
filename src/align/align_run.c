#include "align/align_run.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "align/decode.h"
#include "align/encoder_term.h"
#include "align/propagation.h"
#include "align/vector_term.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"

/* Chosen on held-back seeds of DBP15K and OpenEA, not per data set. */
enum {
    ROUNDS = 10,
    ROUNDS_FEW_SEEDS = 15,
    TRIAL_ROUNDS = 4,  /* of each scale of the softmax */
    PATIENCE = 2,      /* rounds that find no more of the held-back links before the loop ends */
    LAST_ROUNDS = 4,   /* with all seeds, before the vectors */
    VECTOR_ROUNDS = 3, /* with the vectors */
    LEAST_HELD = 10,
    LABEL_DIM = 256,
    SKETCH_WIDTH = 1024,
    SEARCH_WIDTH = 256, /* columns of the sketch by which pairs are found */
    ONE_SHOT_WIDTH = 2048,
    LEAST_SKETCH = 256,
    VECTOR_TOP = 30,
    ONE_SHOT_TOP = 100,
    NAME_TOP = 30,
    MOST_VECTOR_BYTES = 400000000,
    ENCODER_EPOCHS = 20, /* of the first turn, fewer in each later one */
    ENCODER_LATER_EPOCHS = 5,
    ENCODER_TURNS = 2,
    ENCODER_ROUNDS = 3, /* of the loop after a turn */
    ENCODER_TOP = 30
};
static const double LATE_ROUNDS = 3, TIME_SHARE = 0.95; /* left for one more round, and for all but rounds */
static const double HELD_SHARE = 0.1, FEW_SEEDS = 0.1, MOST_COMPARED = 2e9;
static const float NAME_WEIGHT = 0.5f, VECTOR_WEIGHT = 0.6f, ENCODER_WEIGHT = 0.6f, ENCODER_LEAST_BELIEF = 0.8f,
                   ONE_SHOT_WEIGHT = 1, SHOT_ENCODER = 1, NAME_START_TAU = 0.05f, OPEN_SLACK = 0.5f;
static const float TAUS[] = {0.02f, 0.05f, 0.08f}, NAMED_TAUS[] = {0.03f, 0.05f};

/* What the steps share. */
typedef struct schedule {
    const align_input *in;
    const gat_align_options *o;
    align_run *run;
    pair_matrix *name_best; /* NULL: no names */
    similarity_term names;
    encoder_term *encoder; /* goes on learning from one run to the next; NULL: none */
    bool taught;
    double end;     /* on the clock; 0: no limit */
    double longest; /* seconds of a round */
    bool late;
} schedule;

static double clock_now(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static uint64_t seed_of(const schedule *s) { return s->o->seed ? s->o->seed : 1; }

static bool stopped(const schedule *s) { return s->o->should_stop && s->o->should_stop(s->o->context); }

/* Asked by the encoder between steps. */
static int should_end(void *context)
{
    const schedule *s = context;
    return stopped(s) || (s->end > 0 && clock_now() + LATE_ROUNDS * s->longest > s->end);
}

/* ---- rounds ---------------------------------------------------------------------------------------------- */

static gat_status round_once(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    double began = clock_now();
    if (stopped(s)) return error_set(err, GAT_EINTERRUPTED, "interrupted");
    gat_status st = belief_loop_round(loop, settings, err);
    double now = clock_now();
    s->run->rounds++;
    log_say(&s->o->log, GAT_LOG_DEBUG, "round %d: %.2f s", s->run->rounds, now - began);
    s->longest = fmax(s->longest, now - began);
    s->late = s->end > 0 && now + LATE_ROUNDS * s->longest > s->end;
    return st;
}

/* At least one round. */
static gat_status rounds(schedule *s, belief_loop *loop, const loop_settings *settings, int count, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int r = 0; !st && r < count && (!r || !s->late); r++) st = round_once(s, loop, settings, err);
    return st;
}

/* Largest of wanted, wanted / 2, ... at which the vectors of both graphs keep within bounds and are not wider than there are
 * entities; at least `least`. */
static int64_t fitting_width(const schedule *s, int64_t wanted, int64_t least)
{
    int64_t entities = (int64_t)s->in->a->num_entities + s->in->b->num_entities;
    while (wanted > least && (wanted > entities || entities * wanted * (int64_t)sizeof(float) > MOST_VECTOR_BYTES))
        wanted /= 2;
    return wanted;
}

static int64_t label_dim(const schedule *s)
{
    return fitting_width(s, PROPAGATION_STAGES * LABEL_DIM, PROPAGATION_STAGES * 32) / PROPAGATION_STAGES;
}

/* Comparing all with all grows with the square of the graphs; beyond some size the loop goes without. */
static bool too_large(const schedule *s)
{
    return (double)s->in->a->num_entities * s->in->b->num_entities > MOST_COMPARED;
}

/* The terms of the settings; returns their number. */
static int copy_terms(similarity_term *terms, const loop_settings *settings)
{
    int count = settings->candidates.num_terms;
    for (int k = 0; k < count; k++) terms[k] = settings->candidates.terms[k];
    return count;
}

/* The terms of the settings and the view; returns their number. */
static int add_view(similarity_term *terms, const loop_settings *settings, const vector_term *view, float weight)
{
    int count = copy_terms(terms, settings);
    terms[count] = vector_term_similarity(view, weight);
    return count + 1;
}

/* Rounds in which the third-order view of the beliefs has a say. */
static gat_status vector_rounds(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    vector_term view = {0};
    similarity_term terms[MOST_TERMS];
    loop_settings with = *settings;
    int64_t width = fitting_width(s, SKETCH_WIDTH, LEAST_SKETCH);
    if (too_large(s) || s->late) return GAT_OK;
    gat_status st = vector_term_init(&view, loop, label_dim(s), width, SEARCH_WIDTH, VECTOR_TOP, seed_of(s), err);
    if (!st) {
        with.candidates.num_terms = add_view(terms, settings, &view, VECTOR_WEIGHT);
        with.candidates.terms = terms;
        st = rounds(s, loop, &with, VECTOR_ROUNDS, err);
    }
    vector_term_clear(&view);
    return st;
}

/* ---- the learned encoder --------------------------------------------------------------------------------- */

static gat_status teach(schedule *s, const belief_loop *loop, gat_error *err)
{
    double began = clock_now();
    int64_t links;
    if (stopped(s)) return error_set(err, GAT_EINTERRUPTED, "interrupted");
    gat_status st = encoder_term_learn(s->encoder, loop, s->taught ? ENCODER_LATER_EPOCHS : ENCODER_EPOCHS,
                                       ENCODER_LEAST_BELIEF, ENCODER_TOP, &links, err);
    s->taught = true;
    log_say(&s->o->log, GAT_LOG_DEBUG, "encoder: %lld links, %.2f s", (long long)links, clock_now() - began);
    return st;
}

/* One shot: what the seeds alone say, by the third-order view, by one-hop evidence and by an encoder, decoded once. */
static gat_status one_shot(schedule *s, belief_loop *loop, const loop_settings *settings, gat_error *err)
{
    vector_term view = {0};
    similarity_term terms[MOST_TERMS];
    loop_settings with = *settings;
    int count = copy_terms(terms, settings);
    gat_status st = s->encoder ? teach(s, loop, err) : GAT_OK;
    if (!st && s->encoder) terms[count++] = encoder_term_similarity(s->encoder, SHOT_ENCODER);
    if (!st && s->o->encoder != GAT_ENCODER_ATTENTION) {
        int64_t width = fitting_width(s, ONE_SHOT_WIDTH, LEAST_SKETCH);
        st = vector_term_init(&view, loop, label_dim(s), width, width, ONE_SHOT_TOP, seed_of(s), err);
        terms[count++] = vector_term_similarity(&view, ONE_SHOT_WEIGHT);
    }
    with.damping = 1;
    with.candidates.terms = terms;
    with.candidates.num_terms = count;
    if (!st) st = rounds(s, loop, &with, 1, err);
    vector_term_clear(&view);
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
    if (!st && viewed)
        st = vector_term_init(&view, loop, label_dim(s), fitting_width(s, SKETCH_WIDTH, LEAST_SKETCH), SEARCH_WIDTH,
                              VECTOR_TOP, seed_of(s), err);
    if (!st) {
        int count = copy_terms(terms, settings);
        if (viewed) terms[count++] = vector_term_similarity(&view, VECTOR_WEIGHT);
        terms[count++] = encoder_term_similarity(s->encoder, viewed ? ENCODER_WEIGHT : 1);
        with.candidates.terms = terms;
        with.candidates.num_terms = count;
        st = rounds(s, loop, &with, ENCODER_ROUNDS, err);
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

static gat_status start_from_names(schedule *s, belief_loop *loop, gat_error *err)
{
    loop_settings start = s->run->settings;
    start.tau = NAME_START_TAU;
    if (!s->name_best) return GAT_OK;
    return belief_loop_start(loop, s->name_best, &start, err);
}

static gat_status find_name_pairs(schedule *s, const belief_loop *loop, gat_error *err)
{
    const align_input *in = s->in;
    if (!in->named || s->name_best) return GAT_OK;
    gat_status st =
        name_vectors_best(&s->name_best, &in->names[0], &in->names[1], loop->blocks.a, loop->blocks.b, NAME_TOP, err);
    s->names.best = s->name_best;
    return st;
}

static gat_status start(schedule *s, belief_loop *loop, const link_list *seeds, const link_list *held, gat_error *err)
{
    const align_input *in = s->in;
    bool closed = in->source && in->target;
    gat_status st =
        belief_loop_init(loop, in->a, in->b, seeds, held, closed ? in->source : NULL, closed ? in->target : NULL, err);
    if (!st) st = find_name_pairs(s, loop, err);
    if (!st) st = start_from_names(s, loop, err);
    return st;
}

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
    const float *taus = s->in->named ? NAMED_TAUS : TAUS;
    int count = s->in->named ? (int)(sizeof NAMED_TAUS / sizeof *taus) : (int)(sizeof TAUS / sizeof *taus);
    double best = -1;
    gat_status st = GAT_OK;
    for (int k = 0; !st && k < count && (!k || !s->late); k++) {
        belief_loop trial = {0};
        loop_settings settings = s->run->settings;
        settings.tau = taus[k];
        s->run->rounds = 0;
        st = start(s, &trial, seeds, held, err);
        if (!st) st = rounds(s, &trial, &settings, trial_rounds(s), err);
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

/* ---- the whole ------------------------------------------------------------------------------------------- */

static gat_status run_rounds(schedule *s, belief_loop *loop, int count, gat_error *err)
{
    const loop_settings *settings = &s->run->settings;
    if (s->o->rounds < 0) return one_shot(s, loop, settings, err);
    if (s->o->encoder == GAT_ENCODER_ATTENTION) {
        gat_status st = encoder_turns(s, loop, settings, err);
        if (!s->run->plain_rounds) s->run->plain_rounds = s->run->rounds;
        return st;
    }
    gat_status st = count > 0 ? rounds(s, loop, settings, count, err) : GAT_OK;
    if (!s->run->plain_rounds) s->run->plain_rounds = s->run->rounds;
    if (!st) st = vector_rounds(s, loop, settings, err);
    return !st && s->encoder ? encoder_turns(s, loop, settings, err) : st;
}

/* Rounds until held-back links are found no better. */
static gat_status held_rounds(schedule *s, belief_loop *loop, const link_list *held, int count, gat_error *err)
{
    double best = quality(held_evaluate(loop->belief, held));
    gat_status st = GAT_OK;
    for (int r = 0, since = 0; !st && r < count && since < PATIENCE && (!r || !s->late); r++) {
        st = round_once(s, loop, &s->run->settings, err);
        double now = st ? 0 : quality(held_evaluate(loop->belief, held));
        since = now > best ? 0 : since + 1;
        best = now > best ? now : best;
    }
    return st;
}

static gat_status run_held(schedule *s, belief_loop *loop, const link_list *seeds, const link_list *held,
                           gat_error *err)
{
    bool shot = s->o->rounds < 0 || s->o->encoder == GAT_ENCODER_ATTENTION;
    gat_status st = shot ? start(s, loop, seeds, held, err) : choose_tau(s, loop, seeds, held, err);
    if (!st && !shot && !s->late) st = held_rounds(s, loop, held, rounds_wanted(s) - trial_rounds(s), err);
    if (!st) st = run_rounds(s, loop, 0, err);
    return st ? st : calibrate(s->run, loop, held, err);
}

/* All seeds, going on from the beliefs of the run without the held-back ones. */
static gat_status run_last(schedule *s, belief_loop *loop, const belief_loop *before, gat_error *err)
{
    gat_status st = start(s, loop, &s->in->seeds, NULL, err);
    if (!st && before->belief && s->o->rounds >= 0) st = belief_loop_adopt(loop, before->belief, err);
    return st ? st : run_rounds(s, loop, before->belief ? LAST_ROUNDS : rounds_wanted(s), err);
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
        st = hold_out(&kept, &held, &s->in->seeds, HELD_SHARE, seed_of(s), err);
        if (!st && held.count >= LEAST_HELD) st = run_held(s, &before, &kept, &held, err);
        if (!st) st = run_last(s, &run->loop, &before, err);
    }
    if (!st && !run->loop.overlap) st = belief_loop_learn_overlap(&run->loop, err);
    link_list_clear(&kept);
    link_list_clear(&held);
    belief_loop_clear(&before);
    return st;
}

/* Alone it ranks by its similarity, without evidence. */
static gat_status start_encoder(schedule *s, encoder_term *encoder, gat_error *err)
{
    learned_settings settings = learned_defaults();
    candidate_settings *c = &s->run->settings.candidates;
    if (s->o->encoder == GAT_ENCODER_LOOP) return GAT_OK;
    if (too_large(s))
        return error_set(err, GAT_ENOSPC,
                         "the learned encoder compares all entities of one graph with all of the other: %d "
                         "and %d are too many; the loop goes without",
                         s->in->a->num_entities, s->in->b->num_entities);
    if (s->o->encoder == GAT_ENCODER_ATTENTION) {
        for (int w = 0; w < NUM_WEIGHTS; w++) c->use[w] = false;
        c->profile = 0;
    }
    settings.seed = seed_of(s);
    settings.should_end = should_end;
    settings.context = s;
    s->encoder = encoder;
    return encoder_term_init(encoder, s->in->a, s->in->b, &settings, err);
}

gat_status align_run_make(align_run *run, const align_input *in, const gat_align_options *o, gat_error *err)
{
    schedule s = {.in = in, .o = o, .run = run};
    encoder_term encoder = {0};
    s.names = (similarity_term){.weight = NAME_WEIGHT, .names = {&in->names[0], &in->names[1]}};
    *run = (align_run){.settings = loop_defaults()};
    if (o->time_limit > 0) s.end = clock_now() + TIME_SHARE * o->time_limit - o->spent;
    if (!is_closed(in)) run->settings.slack[BLOCK_POOL] = OPEN_SLACK;
    if (in->named) {
        run->settings.tau = NAMED_TAUS[0];
        run->settings.candidates.terms = &s.names;
        run->settings.candidates.num_terms = 1;
    }
    gat_status st = start_encoder(&s, &encoder, err);
    if (!st) st = run_all(&s, err);
    encoder_term_clear(&encoder);
    run->settings.candidates.terms = NULL;
    run->settings.candidates.num_terms = 0;
    pair_matrix_free(s.name_best);
    if (st) align_run_clear(run);
    return st;
}

void align_run_clear(align_run *run)
{
    belief_loop_clear(&run->loop);
    calibration_clear(&run->calibration);
}

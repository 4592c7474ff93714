#define XXH_INLINE_ALL
#include "align/alignment.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "align/alignment_io.h"
#include "align/apply_run.h"
#include "align/decode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"

/* A scale is chosen with few digits. */
static const double TAU_DIGITS = 1e6;

/* ---- who is asked ---------------------------------------------------------------------------------------- */

static gat_status mark_asked(uint8_t **out, const uint8_t *named, int32_t n, gat_error *err)
{
    *out = gat_alloc(n, 1);
    if (!*out) return error_nomem(err);
    if (named) memcpy(*out, named, (size_t)n);
    else memset(*out, 1, (size_t)n);
    return GAT_OK;
}

/* Neither seeds nor kept pairs. */
static gat_status mark_all(gat_alignment *m, const align_input *in, const kept_pairs *kept, gat_error *err)
{
    gat_status st = mark_asked(&m->asked, in->source, in->a->num_entities, err);
    if (!st) st = mark_asked(&m->may_answer, in->target, in->b->num_entities, err);
    m->seed_of = gat_alloc(in->a->num_entities, sizeof *m->seed_of);
    if (!st && !m->seed_of) st = error_nomem(err);
    for (int32_t x = 0; !st && x < in->a->num_entities; x++) m->seed_of[x] = -1;
    for (int64_t i = 0; !st && i < in->seeds.count; i++) {
        m->seed_of[in->seeds.data[i].source] = in->seeds.data[i].target;
        m->asked[in->seeds.data[i].source] = 0;
        m->may_answer[in->seeds.data[i].target] = 0;
    }
    for (int32_t x = 0; !st && kept->partner && x < in->a->num_entities; x++)
        if (kept->partner[x] >= 0) m->asked[x] = m->may_answer[kept->partner[x]] = 0;
    return st;
}

/* ---- answers --------------------------------------------------------------------------------------------- */

static double confidence_of(const gat_alignment *m, int32_t x, int32_t y)
{
    int64_t e = pair_matrix_find(m->belief, x, y);
    return calibration_apply(&m->calibration, e < 0 ? 0 : (double)m->belief->value[e]);
}

/* Kept pairs stay; others need an end that is new. */
static void keep_answers(gat_alignment *m, const kept_pairs *kept)
{
    for (int32_t x = 0; x < m->a->num_entities; x++) {
        if (kept->partner[x] >= 0) {
            m->answer[x] = kept->partner[x];
            m->confidence[x] = kept->confidence[x];
        } else if (m->answer[x] >= 0 && kept->old[0][x] && kept->old[1][m->answer[x]]) {
            m->answer[x] = -1;
        }
    }
}

static gat_status answer(gat_alignment *m, const align_run *run, const kept_pairs *kept, const gat_align_options *o,
                         gat_error *err)
{
    int32_t n = m->a->num_entities;
    int64_t *entry = gat_alloc(n, sizeof *entry);
    m->answer = gat_alloc(n, sizeof *m->answer);
    m->confidence = gat_calloc(n, sizeof *m->confidence);
    gat_status st = entry && m->answer && m->confidence ? GAT_OK : error_nomem(err);
    if (!st) st = decode_values(&m->value, o->decode, run->loop.score, m->belief, m->asked, m->may_answer, err);
    if (!st) st = decode_answers(entry, o->decode, m->value, err);
    for (int32_t x = 0; !st && x < n; x++) {
        m->answer[x] = entry[x] < 0 ? -1 : m->value->column[entry[x]];
        if (m->answer[x] < 0) continue;
        m->confidence[x] = confidence_of(m, x, m->answer[x]);
    }
    if (!st && kept->partner) keep_answers(m, kept);
    for (int32_t x = 0; !st && x < n; x++)
        if (m->confidence[x] < o->min_confidence) m->answer[x] = -1;
    gat_free(entry);
    return st;
}

bool alignment_next_pair(gat_aligned_pair *out, int32_t *next, const gat_alignment *m)
{
    while (*next < m->a->num_entities) {
        int32_t x = m->a->entity_id[(*next)++];
        if (m->answer[x] < 0) continue;
        int32_t y = m->answer[x];
        *out = (gat_aligned_pair){.source = kg_side_entity(m->a, x),
                                  .target = kg_side_entity(m->b, y),
                                  .source_text = kg_side_text(m->a, x),
                                  .target_text = kg_side_text(m->b, y),
                                  .confidence = m->confidence[x]};
        return true;
    }
    return false;
}

/* ---- report ---------------------------------------------------------------------------------------------- */

static gat_status digest_pairs(gat_alignment *m, gat_error *err)
{
    XXH3_state_t *state = gat_alloc(1, sizeof *state);
    gat_aligned_pair pair;
    int32_t next = 0;
    if (!state) return error_nomem(err);
    XXH3_128bits_reset(state);
    while (alignment_next_pair(&pair, &next, m)) {
        m->report.pairs++;
        XXH3_128bits_update(state, pair.source, strlen(pair.source) + 1);
        XXH3_128bits_update(state, pair.target, strlen(pair.target) + 1);
        XXH3_128bits_update(state, &pair.confidence, sizeof pair.confidence);
    }
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    snprintf(m->report.digest, sizeof m->report.digest, "%016" PRIx64 "%016" PRIx64, (uint64_t)hash.low64,
             (uint64_t)hash.high64);
    gat_free(state);
    return GAT_OK;
}

/* What was measured on links held back, of the run or of the stored alignment. */
static void fill_held(gat_align_report *r, const align_run *run)
{
    r->held_links = run->held.links;
    r->hits_at_1 = run->held.hits_at_1;
    r->hits_at_10 = run->held.hits_at_10;
    r->mrr = run->held.mrr;
    memcpy(r->levels, run->levels, sizeof r->levels);
    r->calibration_error = run->calibration_error;
}

static void fill_report(gat_align_report *r, const gat_alignment *m, const align_input *in, const align_run *run)
{
    r->entities1 = m->a->num_entities;
    r->entities2 = m->b->num_entities;
    r->seeds = in->seeds.count;
    r->rounds = run->plain_rounds;
    r->tau = round((double)run->settings.tau * TAU_DIGITS) / TAU_DIGITS;
}

/* ---- the whole ------------------------------------------------------------------------------------------- */

/* Takes what the input and the run hold. kept: zero where nothing was stored. */
static gat_status fill(gat_alignment *m, align_input *in, align_run *run, const kept_pairs *kept,
                       const gat_align_options *o, gat_error *err)
{
    gat_status st = mark_all(m, in, kept, err);
    m->a = in->a;
    m->b = in->b;
    in->a = in->b = NULL;
    m->belief = run->loop.belief;
    m->overlap = run->loop.overlap;
    run->loop.belief = NULL;
    run->loop.overlap = NULL;
    m->settings = run->settings;
    m->calibration = run->calibration;
    run->calibration = (calibration){0};
    m->origin = (alignment_origin){o->seed ? o->seed : 1, o->decode, o->encoder, 0};
    for (int k = 0; k < in->num_features; k++) m->origin.features |= INT64_C(1) << in->features[k].kind;
    fill_report(&m->report, m, in, run);
    if (!st) st = answer(m, run, kept, o, err);
    return st ? st : digest_pairs(m, err);
}

static gat_status learn(gat_alignment *m, const gat_align_options *o, gat_error *err)
{
    align_input in = {0};
    align_run run = {0};
    const kept_pairs none = {0};
    gat_status st = align_input_read(&in, o, err);
    if (!st) st = align_run_make(&run, &in, o, err);
    if (!st) fill_held(&m->report, &run);
    if (!st) st = fill(m, &in, &run, &none, o, err);
    align_run_clear(&run);
    align_input_clear(&in);
    return st;
}

/* The calibration and what is known of it go over from the stored alignment. */
static gat_status apply(gat_alignment *m, gat_alignment *stored, const gat_align_options *o, gat_error *err)
{
    align_input in = {0};
    align_run run = {0};
    kept_pairs kept = {0};
    gat_status st = align_input_read(&in, o, err);
    if (!st) st = kept_pairs_init(&kept, stored, in.a, in.b, &o->log, err);
    if (!st && stored->origin.features && !in.num_features)
        log_say(&o->log, GAT_LOG_WARNING, "the stored alignment was made with names or attributes; now there are none");
    if (!st) st = apply_run_make(&run, &in, stored, &kept, o, err);
    if (!st) {
        memcpy(&m->report, &stored->report, sizeof m->report);
        m->report.pairs = 0;
        m->report.kept_pairs = kept.count;
        in.seeds = kept.seeds;
        kept.seeds = (link_list){0};
        run.calibration = stored->calibration;
        stored->calibration = (calibration){0};
        st = fill(m, &in, &run, &kept, o, err);
    }
    kept_pairs_clear(&kept);
    align_run_clear(&run);
    align_input_clear(&in);
    return st;
}

static gat_status load_and_apply(gat_alignment *m, const gat_align_options *o, gat_error *err)
{
    gat_alignment *stored;
    if (!file_exists(o->apply)) return error_set(err, GAT_EMODEL, "%s: no such model file", o->apply);
    gat_status st = alignment_load(&stored, o->apply, err);
    if (!st) st = apply(m, stored, o, err);
    alignment_free(stored);
    return st;
}

gat_status alignment_make(gat_alignment **out, const gat_align_options *o, gat_error *err)
{
    gat_alignment *m = gat_calloc(1, sizeof *m);
    gat_status st = !m ? error_nomem(err) : o->apply ? load_and_apply(m, o, err) : learn(m, o, err);
    *out = NULL;
    if (st) alignment_free(m);
    else *out = m;
    return st;
}

void alignment_free(gat_alignment *m)
{
    if (!m) return;
    kg_side_free(m->a);
    kg_side_free(m->b);
    gat_free(m->asked);
    gat_free(m->seed_of);
    calibration_clear(&m->calibration);
    gat_free(m->may_answer);
    relation_overlap_free(m->overlap);
    pair_matrix_free(m->belief);
    pair_matrix_free(m->value);
    gat_free(m->answer);
    gat_free(m->confidence);
    gat_free(m);
}

#define XXH_INLINE_ALL
#include "align/alignment.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "align/align_run.h"
#include "align/decode.h"
#include "base/error.h"
#include "base/memory.h"

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

static gat_status mark_all(gat_alignment *m, const align_input *in, gat_error *err)
{
    gat_status st = mark_asked(&m->asked, in->source, in->a->num_entities, err);
    if (!st) st = mark_asked(&m->may_answer, in->target, in->b->num_entities, err);
    for (int64_t i = 0; !st && i < in->seeds.count; i++) {
        m->asked[in->seeds.data[i].source] = 0;
        m->may_answer[in->seeds.data[i].target] = 0;
    }
    return st;
}

/* ---- answers --------------------------------------------------------------------------------------------- */

static double confidence_of(const gat_alignment *m, const calibration *c, int32_t x, int32_t y)
{
    int64_t e = pair_matrix_find(m->belief, x, y);
    return calibration_apply(c, e < 0 ? 0 : (double)m->belief->value[e]);
}

static gat_status answer(gat_alignment *m, const align_run *run, const gat_align_options *o, gat_error *err)
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
        m->confidence[x] = confidence_of(m, &run->calibration, x, m->answer[x]);
        if (m->confidence[x] < o->min_confidence) m->answer[x] = -1;
    }
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

static void fill_report(gat_align_report *r, const gat_alignment *m, const align_input *in, const align_run *run)
{
    r->entities1 = m->a->num_entities;
    r->entities2 = m->b->num_entities;
    r->seeds = in->seeds.count;
    r->rounds = run->plain_rounds;
    r->tau = round((double)run->settings.tau * TAU_DIGITS) / TAU_DIGITS;
    r->held_links = run->held.links;
    r->hits_at_1 = run->held.hits_at_1;
    r->hits_at_10 = run->held.hits_at_10;
    r->mrr = run->held.mrr;
    memcpy(r->levels, run->levels, sizeof r->levels);
    r->calibration_error = run->calibration_error;
}

/* ---- the whole ------------------------------------------------------------------------------------------- */

static gat_status fill(gat_alignment *m, align_input *in, align_run *run, const gat_align_options *o, gat_error *err)
{
    gat_status st = mark_all(m, in, err);
    m->a = in->a;
    m->b = in->b;
    in->a = in->b = NULL;
    m->belief = run->loop.belief;
    m->overlap = run->loop.overlap;
    run->loop.belief = NULL;
    run->loop.overlap = NULL;
    m->gamma = run->settings.gamma;
    fill_report(&m->report, m, in, run);
    if (!st) st = answer(m, run, o, err);
    return st ? st : digest_pairs(m, err);
}

gat_status alignment_make(gat_alignment **out, const gat_align_options *o, gat_error *err)
{
    align_input in = {0};
    align_run run = {0};
    gat_alignment *m = gat_calloc(1, sizeof *m);
    *out = NULL;
    gat_status st = m ? align_input_read(&in, o, err) : error_nomem(err);
    if (!st) st = align_run_make(&run, &in, o, err);
    if (!st) st = fill(m, &in, &run, o, err);
    align_run_clear(&run);
    align_input_clear(&in);
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
    gat_free(m->may_answer);
    relation_overlap_free(m->overlap);
    pair_matrix_free(m->belief);
    pair_matrix_free(m->value);
    gat_free(m->answer);
    gat_free(m->confidence);
    gat_free(m);
}

#include "align/alignment_stored.h"

#include <math.h>
#include <string.h>

#include "align/entity_feature.h"

static const double MOST_HEAT = 1000;
enum { MOST_SINKHORN = 1000, MOST_CANDIDATES = 1000000 };

stored_settings settings_to_store(const loop_settings *s)
{
    stored_settings out = {.gamma = (double)s->gamma,
                           .tau = (double)s->tau,
                           .rest_heat = (double)s->rest_heat,
                           .damping = (double)s->damping,
                           .profile = (double)s->candidates.profile,
                           .sinkhorn = s->sinkhorn};
    for (int k = 0; k < NUM_BLOCKS; k++) {
        out.slack[k] = (double)s->slack[k];
        out.top[k] = s->candidates.top[k];
    }
    for (int k = 0; k < NUM_WEIGHTS; k++) out.use[k] = s->candidates.use[k];
    return out;
}

loop_settings settings_from_store(const stored_settings *s)
{
    loop_settings out = {.gamma = (float)s->gamma,
                         .tau = (float)s->tau,
                         .rest_heat = (float)s->rest_heat,
                         .damping = (float)s->damping,
                         .sinkhorn = (int)s->sinkhorn};
    out.candidates.profile = (float)s->profile;
    for (int k = 0; k < NUM_BLOCKS; k++) {
        out.slack[k] = (float)s->slack[k];
        out.candidates.top[k] = (int32_t)s->top[k];
    }
    for (int k = 0; k < NUM_WEIGHTS; k++) out.candidates.use[k] = s->use[k] != 0;
    return out;
}

/* ---- checks ---------------------------------------------------------------------------------------------- */

static bool within(double value, double least, double most) { return value >= least && value <= most; }

static bool settings_sane(const stored_settings *s)
{
    bool sane = within(s->gamma, 0, MOST_HEAT) && within(s->tau, 1e-6, MOST_HEAT) &&
                within(s->rest_heat, 1e-3, MOST_HEAT) && within(s->damping, 0, 1) && within(s->profile, 0, MOST_HEAT) &&
                s->sinkhorn >= 0 && s->sinkhorn <= MOST_SINKHORN;
    for (int k = 0; k < NUM_BLOCKS; k++)
        sane = sane && within(s->slack[k], -1, 1) && s->top[k] >= 1 && s->top[k] <= MOST_CANDIDATES;
    for (int k = 0; k < NUM_WEIGHTS; k++) sane = sane && (s->use[k] == 0 || s->use[k] == 1);
    return sane;
}

static bool report_sane(const gat_align_report *r)
{
    bool sane = r->seeds >= 0 && r->pairs >= 0 && r->kept_pairs >= 0 && r->held_links >= 0 && r->rounds >= 0 &&
                within(r->tau, 0, MOST_HEAT) && within(r->hits_at_1, 0, 1) && within(r->hits_at_10, 0, 1) &&
                within(r->mrr, 0, 1) && within(r->calibration_error, 0, 1);
    for (int k = 0; k < GAT_ALIGN_LEVELS; k++) {
        const gat_align_level *l = &r->levels[k];
        sane = sane && within(l->confidence, 0, 1) && l->answers >= 0 && l->right >= 0 && l->right <= l->answers;
    }
    return sane && !r->digest[sizeof r->digest - 1] && strspn(r->digest, "0123456789abcdef") == sizeof r->digest - 1;
}

static bool origin_sane(const alignment_origin *o)
{
    return o->decode >= 0 && o->decode < GAT_NUM_DECODES && o->encoder >= 0 && o->encoder < GAT_NUM_ENCODERS &&
           o->features >= 0 && o->features < INT64_C(1) << MOST_FEATURES;
}

bool stored_alignment_sane(const stored_alignment *s)
{
    bool sane = s->beliefs >= 0 && s->overlaps >= 0 && s->overlaps < INT32_MAX && s->points >= 0;
    for (int k = 0; k < 2; k++)
        sane = sane && s->entities[k] >= 0 && s->entities[k] < INT32_MAX && s->relations[k] >= 0 &&
               s->relations[k] < INT32_MAX / 2 && s->facts[k] >= 0 && s->facts[k] <= INT32_MAX / 2;
    return sane && s->report.entities1 == s->entities[0] && s->report.entities2 == s->entities[1] &&
           origin_sane(&s->origin) && settings_sane(&s->settings) && report_sane(&s->report);
}

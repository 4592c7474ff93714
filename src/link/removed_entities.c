#include "link/removed_entities.h"

#include <string.h>

#include "base/error.h"
#include "base/random.h"

enum { STREAM_REMOVE = 0x7f30 };

bool entity_is_removed(const char *id, double share, uint64_t seed)
{
    uint64_t hash = 1469598103934665603u;
    for (; *id; id++) hash = (hash ^ (uint8_t)*id) * 1099511628211u;
    return (double)random_uniform(seed, STREAM_REMOVE, hash) < share;
}

static gat_status without(link_mention *m, const uint8_t *gone, gat_arena *arena, gat_error *err)
{
    const link_mention old = *m;
    if (m->gold >= 0 && gone[m->gold]) m->gold = GOLD_NIL;
    m->candidate = arena_zeroed(arena, old.num_candidates, sizeof *m->candidate);
    m->weight = old.weight ? arena_zeroed(arena, old.num_candidates, sizeof *m->weight) : NULL;
    m->num_candidates = 0;
    if (!m->candidate || (old.weight && !m->weight)) return error_nomem(err);
    for (int32_t i = 0; i < old.num_candidates; i++) {
        if (gone[old.candidate[i]]) continue;
        if (old.weight) m->weight[m->num_candidates] = old.weight[i];
        m->candidate[m->num_candidates++] = old.candidate[i];
    }
    return GAT_OK;
}

gat_status remove_entities(link_document **out, const link_document *d, double share, uint64_t seed, gat_arena *arena,
                           gat_error *err)
{
    link_document *copy = *out = arena_zeroed(arena, 1, sizeof *copy);
    uint8_t *gone = arena_zeroed(arena, d->num_entities, 1);
    if (!copy || !gone) return error_nomem(err);
    *copy = *d;
    copy->mention = arena_zeroed(arena, d->num_mentions, sizeof *copy->mention);
    copy->edge = arena_zeroed(arena, d->num_edges, sizeof *copy->edge);
    if (!copy->mention || !copy->edge) return error_nomem(err);
    if (d->num_mentions) memcpy(copy->mention, d->mention, (size_t)d->num_mentions * sizeof *d->mention);
    for (int64_t i = 0; i < d->num_mentions; i++) {
        const link_mention *m = &d->mention[i];
        if (m->gold >= 0) gone[m->gold] = entity_is_removed(d->entity[m->gold].id, share, seed);
        else if (m->gold == GOLD_MISSED && entity_is_removed(m->gold_id, share, seed)) copy->mention[i].gold = GOLD_NIL;
    }
    copy->num_edges = 0;
    for (int64_t e = 0; e < d->num_edges; e++)
        if (!gone[d->edge[e].from] && !gone[d->edge[e].to]) copy->edge[copy->num_edges++] = d->edge[e];
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < d->num_mentions; i++) st = without(&copy->mention[i], gone, arena, err);
    return st;
}

#include "link/graph_documents.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { STREAM_WALK = 0x7f40, LEAST_MENTIONS = 6, MORE_MENTIONS = 10, MOST_STEPS = 200 };
static const float BACK = .3f, MENTIONED = .6f, STRANGER = .15f, CONFUSED = .7f;

void entity_names_clear(entity_names *x)
{
    gat_free(x->start);
    gat_free(x->name);
    gat_free(x->weight);
    gat_free(x->confused);
    *x = (entity_names){.num_confused = 0};
}

static gat_status allocate(entity_names *out, int64_t entities, int64_t namings, gat_error *err)
{
    *out = (entity_names){.start = gat_calloc(entities + 2, sizeof *out->start),
                          .name = gat_alloc(namings, sizeof *out->name),
                          .weight = gat_alloc(namings, sizeof *out->weight),
                          .confused = gat_alloc(namings, sizeof *out->confused)};
    return out->start && out->name && out->weight && out->confused ? GAT_OK : error_nomem(err);
}

gat_status entity_names_make(entity_names *out, const lexicon *x, gat_error *err)
{
    int32_t entities = intern_count(x->kg.entities), names = intern_count(x->names);
    gat_status st = allocate(out, entities, x->start[names], err);
    if (st) return st;
    for (int64_t i = 0; i < x->start[names]; i++) out->start[x->entity[i] + 2]++;
    for (int32_t e = 0; e < entities; e++) out->start[e + 2] += out->start[e + 1];
    for (int32_t n = 0; n < names; n++)
        for (int64_t i = x->start[n]; i < x->start[n + 1]; i++) {
            int64_t at = out->start[x->entity[i] + 1]++;
            out->name[at] = n;
            out->weight[at] = x->weight[i] < 0 ? 1 : x->weight[i];
            if (x->start[n + 1] - x->start[n] > 1) out->confused[out->num_confused++] = i;
        }
    if (out->num_confused) return GAT_OK;
    return error_set(err, GAT_EDATA,
                     "no name means two entities or more: there is nothing to learn from the graph alone");
}

/* ---- one document ---------------------------------------------------------------------------------------- */

typedef struct draft {
    const lexicon *x;
    const entity_names *names;
    link_document *d;
    gat_arena *arena;
    uint64_t seed, stream, drawn;
} draft;

static float chance(draft *f) { return random_uniform(f->seed, f->stream, f->drawn++); }
static int64_t below(draft *f, int64_t n) { return random_below(f->seed, f->stream, f->drawn++, n); }

static bool is_confused(const draft *f, int64_t naming)
{
    int32_t n = f->names->name[naming];
    return f->x->start[n + 1] - f->x->start[n] > 1;
}

/* One of the entity's names by their weights, mostly one that others share, if it has any. */
static int32_t pick_name(draft *f, int32_t entity)
{
    const entity_names *names = f->names;
    int64_t from = names->start[entity], to = names->start[entity + 1];
    double sum[2] = {0, 0};
    for (int64_t i = from; i < to; i++) {
        sum[0] += (double)names->weight[i];
        sum[1] += is_confused(f, i) ? (double)names->weight[i] : 0;
    }
    bool shared = chance(f) < CONFUSED && sum[1] > 0;
    double left = (double)chance(f) * sum[shared];
    for (int64_t i = from; i < to; i++) {
        if (shared && !is_confused(f, i)) continue;
        left -= (double)names->weight[i];
        if (left < 0) return names->name[i];
    }
    return from < to ? names->name[from] : -1;
}

static gat_status mention(draft *f, int32_t entity, gat_error *err)
{
    int32_t name = pick_name(f, entity);
    if (name < 0) return GAT_OK;
    for (int64_t i = 0; i < f->d->num_mentions; i++)
        if (!strcmp(f->d->mention[i].text, intern_string(f->x->names, name))) return GAT_OK;
    link_mention *m = &f->d->mention[f->d->num_mentions++];
    const char *s = intern_string(f->x->names, name);
    m->text = m->context = arena_text(f->arena, s, strlen(s));
    m->gold_id = intern_string(f->x->kg.entities, entity);
    m->gold = GOLD_MISSED;
    m->from = m->to = -1;
    return m->text ? GAT_OK : error_nomem(err);
}

static int32_t step_from(draft *f, int32_t entity)
{
    const kg_context *kg = &f->x->kg;
    int64_t n = kg->start[entity + 1] - kg->start[entity];
    return n ? kg->edge[kg->start[entity] + below(f, n)].other : entity;
}

/* A walk that often goes back to where it began. */
static gat_status walk(draft *f, int64_t wanted, gat_error *err)
{
    int32_t first = f->x->entity[f->names->confused[below(f, f->names->num_confused)]], at = first;
    gat_status st = mention(f, first, err);
    for (int i = 0; !st && i < MOST_STEPS && f->d->num_mentions < wanted; i++) {
        at = chance(f) < BACK ? step_from(f, first) : step_from(f, at);
        if (chance(f) < STRANGER) st = mention(f, (int32_t)below(f, intern_count(f->x->kg.entities)), err);
        else if (chance(f) < MENTIONED) st = mention(f, at, err);
    }
    return st;
}

gat_status graph_document_make(link_document **out, const lexicon *x, const entity_names *names, uint64_t seed,
                               int64_t number, gat_arena *arena, gat_error *err)
{
    char id[32];
    draft f = {
        x, names, arena_zeroed(arena, 1, sizeof *f.d), arena, seed, random_stream(STREAM_WALK, (uint64_t)number, 0), 0};
    int64_t wanted = LEAST_MENTIONS + below(&f, MORE_MENTIONS);
    int length = snprintf(id, sizeof id, "%lld", (long long)number);
    *out = f.d;
    if (!f.d) return error_nomem(err);
    f.d->line = number;
    f.d->id = arena_text(arena, id, (size_t)length);
    f.d->mention = arena_zeroed(arena, wanted + 1, sizeof *f.d->mention);
    if (!f.d->id || !f.d->mention) return error_nomem(err);
    gat_status st = walk(&f, wanted, err);
    return st ? st : lexicon_fill(f.d, x, NULL, arena, err);
}

/* Drawing many graphs: blocks of CACHE_ROWS drafts, some blocks at a time, each in one thread. Draft k depends on k and the seed
 * alone, and drafts are looked at in their order, so that the graphs do not depend on threads or on how many are wanted. */
#include "base/error.h"
#include "base/memory.h"
#include "generate/graph_draw.h"
#include "generate/sequence_cache.h"
#include "kernels/linear.h"

enum { ROUND_BLOCKS = 8, MOST_TRIES = 50, LEAST_TRIES = 4096 };

typedef struct drawer {
    draw_plan plan;
    sequence_cache cache[ROUND_BLOCKS];
    float *scratch[ROUND_BLOCKS];
    graph_draft *draft; /* (ROUND_BLOCKS, CACHE_ROWS) */
    int blocks;         /* that are made ready */
    int64_t drawn, told, refused;
} drawer;

static void drawer_clear(drawer *d)
{
    for (int i = 0; i < d->blocks; i++) {
        sequence_cache_clear(&d->cache[i]);
        gat_free(d->scratch[i]);
    }
    gat_free(d->draft);
    draw_plan_clear(&d->plan);
}

static gat_status drawer_init(drawer *d, const gat_generator *m, const gat_generate_options *o, gat_error *err)
{
    bool few = o->count < ROUND_BLOCKS * CACHE_ROWS;
    int blocks = few ? (int)((o->count + CACHE_ROWS - 1) / CACHE_ROWS) : ROUND_BLOCKS;
    gat_status st = draw_plan_init(&d->plan, m, o, err);
    if (st) return st;
    d->draft = gat_calloc(ROUND_BLOCKS * CACHE_ROWS, sizeof *d->draft);
    if (!d->draft) return error_nomem(err);
    for (; !st && d->blocks < blocks; d->blocks++) {
        d->scratch[d->blocks] = gat_alloc(2 * sequence_columns(&m->net.shape), sizeof(float));
        st = sequence_cache_init(&d->cache[d->blocks], &m->net, err);
        if (!st && !d->scratch[d->blocks]) st = error_nomem(err);
    }
    return st;
}

static bool all_done(const graph_draft *draft)
{
    for (int i = 0; i < CACHE_ROWS; i++)
        if (!draft[i].ended && !draft[i].refused) return false;
    return true;
}

static void draw_block(drawer *d, int block)
{
    graph_draft *draft = d->draft + block * CACHE_ROWS;
    sequence_cache *cache = &d->cache[block];
    int64_t first = d->drawn + block * CACHE_ROWS, columns = sequence_columns(&cache->net->shape);
    int32_t name[CACHE_ROWS];
    for (int i = 0; i < CACHE_ROWS; i++) graph_draft_begin(&draft[i], &d->plan, first + i);
    for (int64_t place = 0; place < cache->length && !all_done(draft); place++) {
        for (int i = 0; i < CACHE_ROWS; i++) name[i] = draft[i].last;
        sequence_cache_step(cache, place, name);
        for (int i = 0; i < CACHE_ROWS; i++)
            graph_draft_next(&draft[i], &d->plan, first + i, place, cache->logit + i * columns, d->scratch[block]);
    }
}

static gat_status tell(drawer *d, const graph_draft *draft, bool known, gat_error *err)
{
    const gat_generate_options *o = d->plan.options;
    const gat_generator *m = d->plan.model;
    gat_generated_triple triple[GRAPH_MOST_TRIPLES];
    for (int64_t i = 0; i < draft->count; i++)
        triple[i] = (gat_generated_triple){intern_string(m->entities, draft->fact[i].head),
                                           intern_string(m->relations, draft->fact[i].relation),
                                           intern_string(m->entities, draft->fact[i].tail)};
    const gat_generated_graph graph = {.index = d->told++,
                                       .triple = triple,
                                       .num_triples = draft->count,
                                       .log2_likelihood = draft->log2_likelihood,
                                       .log2_likelihood_as_a_set =
                                           draft->log2_likelihood + graph_orders(draft->fact, draft->count),
                                       .known = known};
    if (o->on_graph && o->on_graph(o->context, &graph)) return error_set(err, GAT_EINTERRUPTED, "interrupted");
    return GAT_OK;
}

/* Whether a draft is not what was asked for. */
static bool is_unwanted(const drawer *d, const graph_draft *draft, bool known)
{
    const gat_generate_options *o = d->plan.options;
    bool whole = d->plan.model->roles.connected && !o->free && !o->apart;
    return (known && o->novel) || (whole && !graph_is_connected(draft->fact, draft->count));
}

static gat_status consider(drawer *d, const graph_draft *draft, gat_error *err)
{
    const gat_generator *m = d->plan.model;
    bool known = !draft->refused && graph_hash_known(m->known, m->num_known, graph_hash(draft->fact, draft->count));
    if (draft->refused || is_unwanted(d, draft, known)) {
        d->refused++;
        return GAT_OK;
    }
    return tell(d, draft, known, err);
}

static gat_status one_round(drawer *d, gat_error *err)
{
    gat_status st = GAT_OK;
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int b = 0; b < d->blocks; b++) draw_block(d, b);
    for (int i = 0; !st && i < d->blocks * CACHE_ROWS && d->told < d->plan.options->count; i++)
        st = consider(d, &d->draft[i], err);
    d->drawn += d->blocks * CACHE_ROWS;
    return st;
}

gat_status generator_draw(const gat_generator *m, const gat_generate_options *o, int64_t *refused, gat_error *err)
{
    drawer d = {.blocks = 0};
    gat_status st = drawer_init(&d, m, o, err);
    while (!st && d.told < o->count) {
        st = one_round(&d, err);
        if (!st && d.told < o->count && d.drawn > LEAST_TRIES && (d.drawn - 1) / MOST_TRIES >= o->count)
            st = error_set(err, GAT_EFAILED,
                           "only %lld of %lld graphs in %lld draws: what is asked of them is hardly ever met",
                           (long long)d.told, (long long)o->count, (long long)d.drawn);
    }
    if (refused) *refused = d.refused;
    drawer_clear(&d);
    return st;
}

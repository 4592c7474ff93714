#include "align/belief_loop.h"

#include <math.h>
#include <string.h>

#include "align/sparse_sinkhorn.h"
#include "base/error.h"
#include "base/memory.h"

/* Beliefs below the least are not carried from round to round, unless the newest candidates have them. */
static const float LEAST_CARRIED = 1e-6f, LEAST_PAIRED = 0.3f, MOST_EXPONENT = 30;

loop_settings loop_defaults(void)
{
    loop_settings s = {.gamma = 0.7f, .tau = 0.02f, .rest_heat = 1.5f, .damping = 0.5f, .sinkhorn = 15};
    s.slack[BLOCK_POOL] = -1;
    s.slack[BLOCK_REST] = 0.35f;
    for (int k = 0; k < NUM_WEIGHTS; k++) s.candidates.use[k] = true;
    s.candidates.top[BLOCK_POOL] = 50;
    s.candidates.top[BLOCK_REST] = 20;
    s.candidates.profile = 0.2f;
    return s;
}

/* ---- blocks ---------------------------------------------------------------------------------------------- */

static void mark_blocks(int8_t *block, int32_t n, const uint8_t *pool)
{
    for (int32_t i = 0; i < n; i++) block[i] = !pool || pool[i] ? BLOCK_POOL : BLOCK_REST;
}

static void place_links(entity_blocks *blocks, const link_list *links, int8_t block)
{
    for (int64_t i = 0; links && i < links->count; i++) {
        blocks->a[links->data[i].source] = block;
        blocks->b[links->data[i].target] = block;
    }
}

static gat_status seed_belief(pair_matrix **out, int32_t rows, int32_t columns, const link_list *seeds, gat_error *err)
{
    gat_status st = pair_matrix_new(out, rows, columns, seeds->count, err);
    if (st) return st;
    pair_matrix *m = *out;
    for (int64_t i = 0; i < seeds->count; i++) m->start[seeds->data[i].source + 1] = 1;
    for (int32_t x = 0; x < rows; x++) m->start[x + 1] += m->start[x];
    for (int64_t i = 0; i < seeds->count; i++) {
        m->column[m->start[seeds->data[i].source]] = seeds->data[i].target;
        m->value[m->start[seeds->data[i].source]] = 1;
    }
    return GAT_OK;
}

gat_status belief_loop_init(belief_loop *l, const kg_side *a, const kg_side *b, const link_list *seeds,
                            const link_list *held, const uint8_t *source, const uint8_t *target, gat_error *err)
{
    *l = (belief_loop){0};
    gat_status st = evidence_space_init(&l->space, a, b, err);
    l->blocks.a = gat_alloc(a->num_entities, 1);
    l->blocks.b = gat_alloc(b->num_entities, 1);
    if (!st && (!l->blocks.a || !l->blocks.b)) st = error_nomem(err);
    if (!st) {
        mark_blocks(l->blocks.a, a->num_entities, source);
        mark_blocks(l->blocks.b, b->num_entities, target);
        place_links(&l->blocks, held, BLOCK_POOL);
        place_links(&l->blocks, seeds, BLOCK_NONE);
        st = seed_belief(&l->belief, a->num_entities, b->num_entities, seeds, err);
    }
    if (st) belief_loop_clear(l);
    return st;
}

void belief_loop_clear(belief_loop *l)
{
    evidence_space_clear(&l->space);
    gat_free(l->blocks.a);
    gat_free(l->blocks.b);
    pair_matrix_free(l->belief);
    pair_matrix_free(l->score);
    relation_overlap_free(l->overlap);
    *l = (belief_loop){0};
}

/* ---- from scores to beliefs ------------------------------------------------------------------------------ */

/* exp((score - top) / tau): top is the best of the row where everybody has a counterpart, else 1, so that slack is the
 * same for all. */
static void exponents_of_row(pair_matrix *m, int32_t x, const loop_settings *s, int8_t block)
{
    float tau = block == BLOCK_REST ? s->tau * s->rest_heat : s->tau, top = 1;
    int64_t best = pair_matrix_best(m, x);
    if (best >= 0 && s->slack[block] < 0) top = m->value[best];
    for (int64_t e = m->start[x]; e < m->start[x + 1]; e++)
        m->value[e] = expf(fminf((m->value[e] - top) / tau, MOST_EXPONENT));
}

static void fill_slack(float *slack, const int8_t *block, int32_t n, const loop_settings *s)
{
    float cell[NUM_BLOCKS];
    for (int k = 0; k < NUM_BLOCKS; k++) {
        float tau = k == BLOCK_REST ? s->tau * s->rest_heat : s->tau;
        cell[k] = s->slack[k] < 0 ? 0 : expf((s->slack[k] - 1) / tau);
    }
    for (int32_t i = 0; i < n; i++) slack[i] = block[i] == BLOCK_NONE ? 0 : cell[block[i]];
}

/* m: scores, which become beliefs. */
static gat_status believe(pair_matrix *m, const entity_blocks *blocks, const loop_settings *s, gat_error *err)
{
    float *row = gat_alloc(m->rows, sizeof *row), *column = gat_alloc(m->columns, sizeof *column);
    gat_status st = row && column ? GAT_OK : error_nomem(err);
    if (!st) {
#pragma omp parallel for schedule(static)
        for (int32_t x = 0; x < m->rows; x++)
            if (blocks->a[x] != BLOCK_NONE) exponents_of_row(m, x, s, blocks->a[x]);
        fill_slack(row, blocks->a, m->rows, s);
        fill_slack(column, blocks->b, m->columns, s);
        st = sparse_sinkhorn(m, row, column, s->sinkhorn, err);
    }
    gat_free(row);
    gat_free(column);
    return st;
}

/* ---- damping --------------------------------------------------------------------------------------------- */

/* Row x of (1 - share) old + share new; out NULL: only counts its entries. */
static int64_t mix_row(pair_matrix *out, int64_t at, const pair_matrix *old, const pair_matrix *new, int32_t x,
                       float share)
{
    int64_t i = old->start[x], j = new->start[x], count = 0;
    while (i < old->start[x + 1] || j < new->start[x + 1]) {
        int32_t c1 = i < old->start[x + 1] ? old->column[i] : INT32_MAX;
        int32_t c2 = j < new->start[x + 1] ? new->column[j] : INT32_MAX;
        float value = (c1 <= c2 ? (1 - share) * old->value[i] : 0) + (c2 <= c1 ? share * new->value[j] : 0);
        i += c1 <= c2;
        j += c2 <= c1;
        if (c1 < c2 && value < LEAST_CARRIED) continue;
        if (out) {
            out->column[at + count] = c1 < c2 ? c1 : c2;
            out->value[at + count] = value;
        }
        count++;
    }
    return count;
}

/* Seeds, which are in no block, stay as they are. */
static gat_status mix(pair_matrix **belief, const pair_matrix *new, const int8_t *block, float share, gat_error *err)
{
    pair_matrix *old = *belief, *mixed;
    int64_t count = 0;
    for (int32_t x = 0; x < old->rows; x++) count += mix_row(NULL, 0, old, new, x, block[x] == BLOCK_NONE ? 0 : share);
    gat_status st = pair_matrix_new(&mixed, old->rows, old->columns, count, err);
    if (st) return st;
    for (int32_t x = 0; x < old->rows; x++)
        mixed->start[x + 1] =
            mixed->start[x] + mix_row(mixed, mixed->start[x], old, new, x, block[x] == BLOCK_NONE ? 0 : share);
    pair_matrix_free(old);
    *belief = mixed;
    return GAT_OK;
}

/* ---- rounds ---------------------------------------------------------------------------------------------- */

static gat_status copy_matrix(pair_matrix **out, const pair_matrix *m, gat_error *err)
{
    int64_t count = pair_matrix_count(m);
    gat_status st = pair_matrix_new(out, m->rows, m->columns, count, err);
    if (st) return st;
    memcpy((*out)->start, m->start, ((size_t)m->rows + 1) * sizeof *m->start);
    memcpy((*out)->column, m->column, (size_t)count * sizeof *m->column);
    memcpy((*out)->value, m->value, (size_t)count * sizeof *m->value);
    return GAT_OK;
}

/* Beliefs of the scores, of which `share` enters. */
static gat_status enter_scores(belief_loop *l, const pair_matrix *score, const loop_settings *s, float share,
                               gat_error *err)
{
    pair_matrix *new;
    gat_status st = copy_matrix(&new, score, err);
    if (!st) st = believe(new, &l->blocks, s, err);
    if (!st) st = mix(&l->belief, new, l->blocks.a, share, err);
    pair_matrix_free(new);
    return st;
}

gat_status belief_loop_start(belief_loop *l, const pair_matrix *score, const loop_settings *s, gat_error *err)
{
    return enter_scores(l, score, s, 1, err);
}

gat_status belief_loop_adopt(belief_loop *l, const pair_matrix *belief, gat_error *err)
{
    pair_matrix *allowed;
    gat_status st = pair_matrix_new(&allowed, belief->rows, belief->columns, pair_matrix_count(belief), err);
    if (st) return st;
    int64_t at = 0;
    for (int32_t x = 0; x < belief->rows; x++) {
        for (int64_t e = belief->start[x]; l->blocks.a[x] != BLOCK_NONE && e < belief->start[x + 1]; e++) {
            if (l->blocks.b[belief->column[e]] != l->blocks.a[x]) continue;
            allowed->column[at] = belief->column[e];
            allowed->value[at++] = belief->value[e];
        }
        allowed->start[x + 1] = at;
    }
    st = mix(&l->belief, allowed, l->blocks.a, 1, err);
    pair_matrix_free(allowed);
    return st;
}

gat_status belief_loop_settle(belief_loop *l, float least, gat_error *err)
{
    paired_entities paired = {0};
    pair_matrix *settled = NULL;
    int32_t rows = l->belief->rows;
    gat_status st = paired_entities_init(&paired, l->belief, least, err);
    if (!st) st = pair_matrix_new(&settled, rows, l->belief->columns, rows, err);
    for (int32_t x = 0; !st && x < rows; x++) {
        bool sure = l->blocks.a[x] != BLOCK_NONE && paired.partner[x] >= 0;
        settled->start[x + 1] = settled->start[x] + sure;
        if (!sure) continue;
        settled->column[settled->start[x]] = paired.partner[x];
        settled->value[settled->start[x]] = 1;
    }
    if (!st) st = mix(&l->belief, settled, l->blocks.a, 1, err);
    pair_matrix_free(settled);
    paired_entities_clear(&paired);
    return st;
}

gat_status belief_loop_learn_overlap(belief_loop *l, gat_error *err)
{
    paired_entities paired = {0};
    relation_overlap_free(l->overlap);
    l->overlap = NULL;
    gat_status st = paired_entities_init(&paired, l->belief, LEAST_PAIRED, err);
    if (!st) st = relation_overlap_new(&l->overlap, l->space.a, l->space.b, &paired, err);
    paired_entities_clear(&paired);
    return st;
}

static gat_status score_pairs(belief_loop *l, const loop_settings *s, gat_error *err)
{
    evidence_table table = {0};
    relation_profile profile = {0};
    bool profiled = s->candidates.profile > 0;
    pair_matrix_free(l->score);
    l->score = NULL;
    gat_status st = evidence_init(&table, &l->space, l->belief, s->gamma, l->overlap, err);
    if (!st && profiled) st = profile_init(&profile, l->space.a, l->space.b, l->overlap, err);
    if (!st)
        st = candidates_find(&l->score, &l->space, &table, profiled ? &profile : NULL, &l->blocks, &s->candidates, err);
    evidence_clear(&table);
    profile_clear(&profile);
    return st;
}

gat_status belief_loop_round(belief_loop *l, const loop_settings *s, gat_error *err)
{
    gat_status st = belief_loop_learn_overlap(l, err);
    if (!st) st = score_pairs(l, s, err);
    if (!st) st = enter_scores(l, l->score, s, s->damping, err);
    return st;
}

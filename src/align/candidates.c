/* One row at a time: evidence is added up over all of KG2 in a dense array, of which the touched places are looked at and
 * emptied. */
#include "align/candidates.h"

#include <math.h>
#include <string.h>

#include "align/row_top.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { LANE_TOUCHED = NUM_WEIGHTS };

/* What a thread works with. */
typedef struct workspace {
    float *sum;       /* (N2, WEIGHT_LANES), zero between rows; the last lane counts */
    int32_t *touched; /* (N2) */
    int32_t num_touched;
    row_item *items;             /* (width) */
    float *relations;            /* (2 R1), zero between rows */
    float *features[MOST_TERMS]; /* (NAME_FEATURES), zero between rows; NULL: not names */
} workspace;

typedef struct search {
    const evidence_space *space;
    const evidence_table *evidence;
    const relation_profile *profile;
    const entity_blocks *blocks;
    const candidate_settings *settings;
    float scale[NUM_WEIGHTS]; /* 1 / weights in use, or 0 */
    pair_rows rows;
    workspace *workspaces; /* one per thread */
    int num_workspaces;
} search;

/* ---- a row ----------------------------------------------------------------------------------------------- */

static void add_group(workspace *w, const group_evidence *found, const kg_side *b)
{
    const float add[WEIGHT_LANES] = {found->weight[0], found->weight[1], found->weight[2], 1};
    for (int64_t e = b->group_edge[found->group]; e < b->group_edge[found->group + 1]; e++) {
        float *sum = w->sum + (int64_t)b->neighbor[e] * WEIGHT_LANES;
        if (sum[LANE_TOUCHED] <= 0) w->touched[w->num_touched++] = b->neighbor[e];
#pragma omp simd
        for (int k = 0; k < WEIGHT_LANES; k++) sum[k] += add[k];
    }
}

static void add_evidence(workspace *w, const search *s, int32_t x)
{
    const kg_side *a = s->space->a;
    w->num_touched = 0;
    for (int64_t e = a->edge_start[x]; e < a->edge_start[x + 1]; e++) {
        int64_t g = a->far_group[e];
        for (int32_t i = 0; i < s->evidence->count[g]; i++) add_group(w, &s->evidence->items[g][i], s->space->b);
    }
}

static float score_of(const workspace *w, const search *s, const float norm[NUM_WEIGHTS], int32_t y)
{
    const float *sum = w->sum + (int64_t)y * WEIGHT_LANES, *norm_b = s->space->norm_b + (int64_t)y * WEIGHT_LANES;
    float score = 0;
    for (int k = 0; k < NUM_WEIGHTS; k++) score += sum[k] * norm[k] * norm_b[k];
    return score;
}

/* The pairs a term brings beside those found. */
static void add_best_of(row_top *t, const similarity_term *term, const workspace *w, const search *s,
                        const float norm[NUM_WEIGHTS], int32_t x)
{
    for (int64_t e = term->best->start[x]; e < term->best->start[x + 1]; e++) {
        int32_t y = term->best->column[e];
        bool found = s->blocks->b[y] != s->blocks->a[x];
        for (int32_t i = 0; !found && i < t->count; i++) found = t->items[i].column == y;
        if (!found) t->items[t->count++] = (row_item){score_of(w, s, norm, y), y};
    }
}

/* The features of x in the array, or zeros again. */
static void spread_names(const workspace *w, const search *s, int32_t x, bool there)
{
    for (int k = 0; k < s->settings->num_terms; k++)
        if (w->features[k]) similarity_term_spread(w->features[k], &s->settings->terms[k], x, there);
}

static void add_similarities(row_top *t, workspace *w, const search *s, int32_t x)
{
    const candidate_settings *c = s->settings;
    if (s->profile) profile_spread(w->relations, s->profile, x);
    spread_names(w, s, x, true);
    for (int32_t i = 0; i < t->count; i++) {
        int32_t y = t->items[i].column;
        if (s->profile) t->items[i].value += c->profile * profile_cosine(w->relations, s->profile, y);
        for (int k = 0; k < c->num_terms; k++)
            t->items[i].value += c->terms[k].weight * similarity_term_value(&c->terms[k], w->features[k], x, y);
    }
    if (s->profile) profile_unspread(w->relations, s->profile, x);
    spread_names(w, s, x, false);
}

static void write_row(search *s, const row_top *t, int32_t x)
{
    s->rows.count[x] = t->count;
    for (int32_t i = 0; i < t->count; i++) {
        s->rows.column[x * s->rows.width + i] = t->items[i].column;
        s->rows.value[x * s->rows.width + i] = t->items[i].value;
    }
}

static void empty(workspace *w)
{
    for (int32_t i = 0; i < w->num_touched; i++)
        memset(w->sum + (int64_t)w->touched[i] * WEIGHT_LANES, 0, WEIGHT_LANES * sizeof *w->sum);
}

static void find_row(search *s, workspace *w, int32_t x)
{
    int8_t block = s->blocks->a[x];
    if (block == BLOCK_NONE) return;
    row_top t = {.items = w->items, .capacity = s->settings->top[block]};
    float norm[NUM_WEIGHTS];
    for (int k = 0; k < NUM_WEIGHTS; k++) norm[k] = s->space->norm_a[(int64_t)x * WEIGHT_LANES + k] * s->scale[k];
    add_evidence(w, s, x);
    for (int32_t i = 0; i < w->num_touched; i++)
        if (s->blocks->b[w->touched[i]] == block) row_top_add(&t, score_of(w, s, norm, w->touched[i]), w->touched[i]);
    for (int k = 0; k < s->settings->num_terms; k++)
        if (s->settings->terms[k].best) add_best_of(&t, &s->settings->terms[k], w, s, norm, x);
    row_top_sort_columns(&t);
    add_similarities(&t, w, s, x);
    write_row(s, &t, x);
    empty(w);
}

/* ---- all rows -------------------------------------------------------------------------------------------- */

static int64_t width_of(const search *s)
{
    const candidate_settings *c = s->settings;
    int64_t width = c->top[BLOCK_POOL] > c->top[BLOCK_REST] ? c->top[BLOCK_POOL] : c->top[BLOCK_REST];
    for (int k = 0; k < c->num_terms; k++) {
        int64_t most = 0;
        const pair_matrix *best = c->terms[k].best;
        for (int32_t x = 0; best && x < best->rows; x++)
            if (best->start[x + 1] - best->start[x] > most) most = best->start[x + 1] - best->start[x];
        width += most;
    }
    return width;
}

static gat_status workspace_init(workspace *w, const search *s, gat_error *err)
{
    int32_t n = s->space->b->num_entities;
    w->sum = gat_calloc((int64_t)n * WEIGHT_LANES, sizeof *w->sum);
    w->touched = gat_alloc(n, sizeof *w->touched);
    w->items = gat_alloc(s->rows.width, sizeof *w->items);
    w->relations = gat_calloc(2 * (int64_t)s->space->a->num_relations, sizeof *w->relations);
    if (!w->sum || !w->touched || !w->items || !w->relations) return error_nomem(err);
    for (int k = 0; k < s->settings->num_terms; k++) {
        if (s->settings->terms[k].dense[0]) continue;
        w->features[k] = gat_calloc(NAME_FEATURES, sizeof **w->features);
        if (!w->features[k]) return error_nomem(err);
    }
    return GAT_OK;
}

static gat_status search_init(search *s, gat_error *err)
{
    int used = 0;
    for (int k = 0; k < NUM_WEIGHTS; k++) used += s->settings->use[k];
    for (int k = 0; k < NUM_WEIGHTS; k++) s->scale[k] = s->settings->use[k] ? 1 / (float)used : 0;
    gat_status st = pair_rows_init(&s->rows, s->space->a->num_entities, s->space->b->num_entities, width_of(s), err);
    s->num_workspaces = parallel_threads();
    s->workspaces = gat_calloc(s->num_workspaces, sizeof *s->workspaces);
    if (!st && !s->workspaces) st = error_nomem(err);
    for (int i = 0; !st && i < s->num_workspaces; i++) st = workspace_init(&s->workspaces[i], s, err);
    return st;
}

static void search_clear(search *s)
{
    for (int i = 0; s->workspaces && i < s->num_workspaces; i++) {
        gat_free(s->workspaces[i].sum);
        gat_free(s->workspaces[i].touched);
        gat_free(s->workspaces[i].items);
        gat_free(s->workspaces[i].relations);
        for (int k = 0; k < MOST_TERMS; k++) gat_free(s->workspaces[i].features[k]);
    }
    gat_free(s->workspaces);
    pair_rows_clear(&s->rows);
}

gat_status candidates_find(pair_matrix **out, const evidence_space *space, const evidence_table *evidence,
                           const relation_profile *profile, const entity_blocks *blocks,
                           const candidate_settings *settings, gat_error *err)
{
    search s = {space, evidence, profile, blocks, settings, {0}, {0}, NULL, 0};
    *out = NULL;
    gat_status st = search_init(&s, err);
    if (!st) {
#pragma omp parallel for schedule(dynamic, 32)
        for (int32_t x = 0; x < space->a->num_entities; x++) find_row(&s, &s.workspaces[parallel_thread()], x);
        st = pair_rows_pack(out, &s.rows, err);
    }
    search_clear(&s);
    return st;
}

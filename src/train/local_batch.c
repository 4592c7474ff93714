#include "train/local_batch.h"

#include <math.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

gat_status local_batch_init(local_batch *l, const gat_filter *questions, int64_t num_entities, int64_t negatives,
                            gat_error *err)
{
    const int32_t *answers = filter_answer_array(questions);
    *l = (local_batch){.num_entities = num_entities, .negatives = negatives};
    l->occurrences = gat_calloc(num_entities, sizeof *l->occurrences);
    if (!l->occurrences) return error_nomem(err);
    for (int64_t i = 0; i < filter_num_answers(questions); i++) l->occurrences[answers[i]]++;
    return node_set_init(&l->nodes, num_entities, err);
}

void local_batch_clear(local_batch *l)
{
    gat_free(l->occurrences);
    node_set_clear(&l->nodes);
    *l = (local_batch){0};
}

/* ---- candidates ---- */

static void add_candidates(local_batch *l, const gat_batches *b, uint32_t key)
{
    node_set_empty(&l->nodes);
    int64_t strata = l->negatives && l->negatives < l->num_entities ? l->negatives : l->num_entities;
    for (int64_t i = 0; l->negatives && i < b->first[b->rows.count]; i++) node_set_add(&l->nodes, b->answer[i]);
    for (int64_t i = 0; i < strata; i++) {
        int64_t low = part_start(l->num_entities, strata, i), size = part_start(l->num_entities, strata, i + 1) - low;
        uint64_t draw = (uint64_t)random_hash32(key, (uint32_t)i) * (uint64_t)size >> 32;
        node_set_add(&l->nodes, (int32_t)(low + (int64_t)draw));
    }
    l->candidates = (gat_candidates){.count = l->nodes.count, .num_entities = l->num_entities};
}

/* Neither drawn nor an answer of the batch: the chance is what is left of one. */
static bool weigh_candidates(local_batch *l, const gat_batches *b, gat_arena *arena)
{
    float *log_chance = arena_alloc(arena, l->candidates.count, sizeof *log_chance);
    if (!log_chance) return false;
    double drawn = fmin(1, (double)l->negatives / (double)l->num_entities);
    double missed = 1 - (double)b->rows.count / (double)b->num_rows;
    for (int64_t i = 0; i < l->candidates.count; i++) {
        double absent = (1 - drawn) * pow(missed, l->occurrences[l->nodes.nodes[i]]);
        log_chance[i] = l->negatives ? (float)log1p(-absent) : 0;
    }
    l->candidates.log_chance = log_chance;
    return true;
}

/* ---- masks ---- */

/* The known answers of a row's question, and which of them are the row's own. */
typedef struct known_answers {
    const int32_t *all;
    int64_t count, own, own_end; /* all[own .. own_end) */
} known_answers;

/* Where value stands, or would stand, in an ascending list. */
static int64_t place_of(const int32_t *list, int64_t count, int32_t value)
{
    int64_t low = 0;
    for (int64_t high = count; low < high;) {
        int64_t middle = low + (high - low) / 2;
        if (list[middle] < value) low = middle + 1;
        else high = middle;
    }
    return low;
}

static known_answers known_of(const gat_batches *b, int64_t row)
{
    known_answers k = {.all = filter_answer_array(b->questions) + b->asked[row].first, .count = b->asked[row].count};
    k.own = place_of(k.all, k.count, b->answer[b->first[row]]);
    k.own_end = k.own + b->first[row + 1] - b->first[row];
    return k;
}

/* Candidates that a row masks; out NULL: only how many. Through the shorter list. */
static int64_t masked_of(int32_t *out, const local_batch *l, const gat_batches *b, int64_t row)
{
    known_answers k = known_of(b, row);
    int64_t found = 0, candidates = l->candidates.count;
    if (k.own_end - k.own == k.count) return 0;
    for (int64_t i = 0; k.count <= 16 * candidates && i < k.count; i++) {
        int32_t c = i < k.own || i >= k.own_end ? node_set_find(&l->nodes, k.all[i]) : -1;
        if (c < 0 || c >= candidates) continue;
        if (out) out[found] = c;
        found++;
    }
    for (int32_t c = 0; k.count > 16 * candidates && c < candidates; c++) {
        int64_t i = place_of(k.all, k.count, l->nodes.nodes[c]);
        if (i == k.count || k.all[i] != l->nodes.nodes[c] || (i >= k.own && i < k.own_end)) continue;
        if (out) out[found] = c;
        found++;
    }
    return found;
}

static bool mask_candidates(local_batch *l, const gat_batches *b, gat_arena *arena)
{
    int64_t rows = b->rows.count, *first = arena_alloc(arena, rows + 1, sizeof *first);
    if (!first) return false;
    first[0] = 0;
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t j = 0; j < rows; j++) first[j + 1] = masked_of(NULL, l, b, j);
    for (int64_t j = 0; j < rows; j++) first[j + 1] += first[j];
    int32_t *masked = arena_alloc(arena, first[rows], sizeof *masked);
    if (!masked) return false;
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t j = 0; j < rows; j++)
        if (first[j + 1] > first[j]) masked_of(masked + first[j], l, b, j);
    l->candidates.masked_first = first;
    l->candidates.masked = masked;
    return true;
}

/* ---- the batch ---- */

/* ids (n) in the set's numbers, added where they are new; NULL: out of memory. */
static int32_t *renumber(local_batch *l, const int32_t *ids, int64_t n, gat_arena *arena)
{
    int32_t *local = arena_alloc(arena, n, sizeof *local);
    for (int64_t i = 0; local && i < n; i++) local[i] = node_set_add(&l->nodes, ids[i]);
    return local;
}

static bool translate(local_batch *l, const gat_batches *b, gat_arena *arena)
{
    int64_t answers = b->first[b->rows.count];
    gat_batches *to = &l->batch;
    *to = *b;
    to->entity = renumber(l, b->entity, b->rows.count, arena);
    to->answer = renumber(l, b->answer, answers, arena);
    to->fact_head = renumber(l, b->fact_head, answers, arena);
    to->entity_weight = arena_alloc(arena, l->nodes.count, sizeof *to->entity_weight);
    if (!to->entity || !to->answer || !to->fact_head || !to->entity_weight) return false;
    for (int64_t i = 0; i < l->nodes.count; i++) to->entity_weight[i] = b->entity_weight[l->nodes.nodes[i]];
    to->rows.answer = to->answer;
    to->num_entities = l->nodes.count;
    return true;
}

gat_status local_batch_make(local_batch *l, const gat_batches *b, uint32_t key, gat_arena *arena, gat_error *err)
{
    add_candidates(l, b, key);
    bool ok = weigh_candidates(l, b, arena) && mask_candidates(l, b, arena) && translate(l, b, arena);
    return ok ? GAT_OK : error_nomem(err);
}

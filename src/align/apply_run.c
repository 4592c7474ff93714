#include "align/apply_run.h"

#include "align/schedule.h"
#include "base/error.h"
#include "base/memory.h"

enum { APPLY_ROUNDS = 5 };
/* New pairs start from nothing among beliefs that are settled: they get there in fewer rounds, so that the stored calibration
 * fits them. */
static const float OPEN_SLACK = 0.5f, APPLY_DAMPING = 0.8f;

/* Entities with a stored partner are in no block: nothing is asked about them, and their rows stay as they are. */
static void place_kept(entity_blocks *blocks, const kept_pairs *k, int32_t rows)
{
    for (int32_t x = 0; x < rows; x++)
        if (k->partner[x] >= 0) blocks->a[x] = blocks->b[k->partner[x]] = BLOCK_NONE;
}

/* In rows of a block, what leads out of it is forgotten. */
static void forget_across(pair_matrix *m, const entity_blocks *blocks)
{
    int64_t at = 0, end = 0;
    for (int32_t x = 0; x < m->rows; x++) {
        int64_t first = end;
        end = m->start[x + 1];
        for (int64_t e = first; e < end; e++) {
            if (blocks->a[x] != BLOCK_NONE && blocks->b[m->column[e]] != blocks->a[x]) continue;
            m->column[at] = m->column[e];
            m->value[at++] = m->value[e];
        }
        m->start[x + 1] = at;
    }
}

static gat_status begin(belief_loop *loop, const align_input *in, kept_pairs *k, gat_error *err)
{
    gat_status st = belief_loop_init(loop, in->a, in->b, &k->seeds, NULL, NULL, NULL, err);
    if (st) return st;
    place_kept(&loop->blocks, k, in->a->num_entities);
    pair_matrix_free(loop->belief);
    loop->belief = k->belief;
    k->belief = NULL;
    forget_across(loop->belief, &loop->blocks);
    return GAT_OK;
}

gat_status apply_run_make(align_run *run, const align_input *in, const gat_alignment *stored, kept_pairs *kept,
                          const gat_align_options *o, gat_error *err)
{
    schedule s;
    schedule_init(&s, run, in, o);
    candidate_settings with_terms = run->settings.candidates;
    run->settings = stored->settings;
    run->settings.slack[BLOCK_POOL] = OPEN_SLACK;
    run->settings.candidates = with_terms; /* all evidence, however the stored pairs were found */
    run->settings.damping = APPLY_DAMPING;
    gat_status st = begin(&run->loop, in, kept, err);
    if (!st) st = schedule_start(&s, &run->loop, err);
    if (!st) st = schedule_rounds(&s, &run->loop, &run->settings, o->rounds > 0 ? o->rounds : APPLY_ROUNDS, err);
    run->plain_rounds = run->rounds;
    if (!st) st = schedule_vector_rounds(&s, &run->loop, &run->settings, err);
    run->settings.damping = stored->settings.damping;
    schedule_clear(&s);
    if (st) align_run_clear(run);
    return st;
}

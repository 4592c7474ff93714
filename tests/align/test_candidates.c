/* Evidence of candidates against a brute-force sum in double over all pairs of facts; relation overlap likewise. */
#include "support/check.h"

#include <math.h>

#include "align/belief_loop.h"
#include "base/parallel.h"
#include "support/align_graphs.h"

enum { THINGS = 40, FACTS = 160 };

typedef struct fixture {
    kg_side *a, *b;
    evidence_space space;
    pair_matrix *belief;
    paired_entities paired;
    relation_overlap *overlap;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    align_graphs_write(THINGS, FACTS, 10, 4);
    f.a = align_graphs_load(1);
    f.b = align_graphs_load(2);
    f.belief = align_graphs_random(f.a->num_entities, f.b->num_entities, 4, 11);
    assert_int_equal(evidence_space_init(&f.space, f.a, f.b, NULL), GAT_OK);
    assert_int_equal(paired_entities_init(&f.paired, f.belief, 0.1f, NULL), GAT_OK);
    assert_int_equal(relation_overlap_new(&f.overlap, f.a, f.b, &f.paired, NULL), GAT_OK);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    evidence_space_clear(&f->space);
    paired_entities_clear(&f->paired);
    relation_overlap_free(f->overlap);
    pair_matrix_free(f->belief);
    kg_side_free(f->a);
    kg_side_free(f->b);
    return 0;
}

/* How many x there are with (x, r, z), told by looking at all edges. */
static double count_of(const kg_side *s, int32_t r, int32_t z)
{
    double count = 0;
    for (int32_t x = 0; x < s->num_entities; x++)
        for (int64_t e = s->edge_start[x]; e < s->edge_start[x + 1]; e++)
            count += s->relation[e] == r && s->neighbor[e] == z;
    return count;
}

static double weigh(int kind, double qu, double n, double c1, double c2)
{
    if (kind == WEIGHT_LOG_ODDS) return .5 * log(1 + .01 * qu * n / c1) + .5 * log(1 + .01 * qu * n / c2);
    if (kind == WEIGHT_IDF) return qu * .5 * (log(n / c1) + log(n / c2));
    return qu / pow(c1 * c2, .25);
}

static double self_of(int kind, const kg_side *s, int32_t x, double n)
{
    double sum = 1e-3;
    for (int64_t e = s->edge_start[x]; e < s->edge_start[x + 1]; e++) {
        double c = count_of(s, s->relation[e], s->neighbor[e]);
        sum += weigh(kind, 1, n, c, c);
    }
    return sum;
}

static double brute_score(const fixture *f, int kind, int32_t x, int32_t y)
{
    const kg_side *a = f->a, *b = f->b;
    double n = fmax(a->num_entities, b->num_entities), sum = 0;
    for (int64_t e = a->edge_start[x]; e < a->edge_start[x + 1]; e++)
        for (int64_t h = b->edge_start[y]; h < b->edge_start[y + 1]; h++) {
            int64_t p = pair_matrix_find(f->belief, a->neighbor[e], b->neighbor[h]);
            double q = p < 0 ? 0 : pow((double)f->belief->value[p], .7);
            double qu = q * (double)relation_overlap_of(f->overlap, a->relation[e], b->relation[h]);
            if (q < .02 || qu <= 0) continue;
            sum += weigh(kind, qu, n, count_of(a, a->relation[e], a->neighbor[e]),
                         count_of(b, b->relation[h], b->neighbor[h]));
        }
    return sum / sqrt(self_of(kind, a, x, n) * self_of(kind, b, y, n));
}

static pair_matrix *find(const fixture *f, int kind)
{
    evidence_table table;
    pair_matrix *found;
    int8_t a[THINGS] = {0}, b[THINGS] = {0};
    candidate_settings settings = {.top = {50, 20}};
    entity_blocks blocks = {a, b};
    for (int k = 0; k < NUM_WEIGHTS; k++) settings.use[k] = kind == NUM_WEIGHTS || k == kind;
    assert_int_equal(evidence_init(&table, &f->space, f->belief, 0.7f, f->overlap, NULL), GAT_OK);
    assert_int_equal(candidates_find(&found, &f->space, &table, NULL, &blocks, &settings, NULL), GAT_OK);
    evidence_clear(&table);
    return found;
}

static void test_scores(void **state)
{
    const fixture *f = *state;
    int met = 0;
    for (int kind = 0; kind < NUM_WEIGHTS; kind++) {
        pair_matrix *m = find(f, kind);
        for (int32_t x = 0; x < m->rows; x++)
            for (int32_t y = 0; y < m->columns; y++) {
                int64_t e = pair_matrix_find(m, x, y);
                double expected = brute_score(f, kind, x, y);
                assert_at_most(fabs((e < 0 ? 0 : (double)m->value[e]) - expected), 2e-4);
                met += expected > .01;
            }
        pair_matrix_free(m);
    }
    assert_true(met > 200);
}

/* Weight of the facts of KG1 whose partners have r' in KG2, over what both have. */
static double brute_overlap(const fixture *f, int32_t r1, int32_t r2)
{
    const kg_side *a = f->a, *b = f->b;
    const paired_entities *p = &f->paired;
    double both = 0, first = 0, second = 0;
    for (int32_t x = 0; x < a->num_entities; x++)
        for (int64_t e = a->edge_start[x]; e < a->edge_start[x + 1]; e++) {
            int32_t z = a->neighbor[e], y = p->partner[x], w = p->partner[z];
            if (a->relation[e] != r1 || y < 0 || w < 0) continue;
            double weight = (double)p->weight[x] * (double)p->weight[z];
            first += weight;
            for (int64_t h = b->edge_start[y]; h < b->edge_start[y + 1]; h++)
                if (b->relation[h] == r2 && b->neighbor[h] == w) both += weight;
        }
    for (int32_t y = 0; y < b->num_entities; y++)
        for (int64_t h = b->edge_start[y]; h < b->edge_start[y + 1]; h++) {
            int32_t x = p->back[y], z = p->back[b->neighbor[h]];
            if (b->relation[h] == r2 && x >= 0 && z >= 0) second += (double)p->weight[x] * (double)p->weight[z];
        }
    return both / sqrt((first + 8) * (second + 8));
}

static void test_overlap(void **state)
{
    const fixture *f = *state;
    int met = 0;
    for (int32_t r = 0; r < 2 * f->a->num_relations; r++)
        for (int32_t s = 0; s < 2 * f->b->num_relations; s++) {
            double expected = brute_overlap(f, r, s);
            assert_at_most(fabs((double)relation_overlap_of(f->overlap, r, s) - expected), 1e-6);
            met += expected > 0;
        }
    assert_true(met > 3);
}

static void test_threads(void **state)
{
    const fixture *f = *state;
    pair_matrix *first = NULL;
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        pair_matrix *m = find(f, NUM_WEIGHTS);
        if (first) {
            assert_int_equal(pair_matrix_count(m), pair_matrix_count(first));
            assert_memory_equal(m->value, first->value, (size_t)pair_matrix_count(m) * sizeof *m->value);
            pair_matrix_free(m);
        } else {
            first = m;
        }
    }
    pair_matrix_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

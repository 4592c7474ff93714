/* Alignments as files: what is kept comes back, damage behind valid checksums is refused, and graphs that have grown keep their
 * pairs and get more of them. */
#include "support/reseal.h"

#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "align/alignment_files.h"
#include "align/alignment_io.h"
#include "align/alignment_vectors.h"
#include "align/reasons.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "support/align_graphs.h"

enum { THINGS = 120, FACTS = 600, SEEDS = 80, NEW = 12 };

/* Lines of a file whose entities are below `things`. */
static void cut_file(const char *from, const char *to, int things, bool links)
{
    char line[200], first[50], second[50], third[50];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    assert_true(in && out);
    while (fgets(line, sizeof line, in)) {
        assert_int_equal(sscanf(line, "%49s %49s %49s", first, second, third), links ? 2 : 3);
        if (atoi(first + 1) < things && atoi((links ? second : third) + 1) < things) fputs(line, out);
    }
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
    (void)state;
    parallel_set_threads(1);
    align_graphs_write(THINGS, FACTS, SEEDS, 2);
    cut_file("kg1.tsv", "old1.tsv", THINGS - NEW, false);
    cut_file("kg2.tsv", "old2.tsv", THINGS - NEW, false);
    return 0;
}

static gat_alignment *align(gat_align_options options)
{
    gat_alignment *m;
    gat_error err = {0};
    if (alignment_make(&m, &options, &err)) fail_msg("%s", err.message);
    return m;
}

static gat_alignment *align_old(void)
{
    return align((gat_align_options){.kg1 = "old1.tsv", .kg2 = "old2.tsv", .seeds = "seeds.tsv"});
}

static gat_alignment *load(const char *path)
{
    gat_alignment *m;
    gat_error err = {0};
    if (alignment_load(&m, path, &err)) fail_msg("%s", err.message);
    return m;
}

static char *bytes_of(const char *path, size_t *size)
{
    char *bytes;
    assert_int_equal(file_read_all(&bytes, size, path, NULL), GAT_OK);
    return bytes;
}

static void assert_same_files(const char *a, const char *b)
{
    size_t first, second;
    char *x = bytes_of(a, &first), *y = bytes_of(b, &second);
    assert_int_equal(first, second);
    assert_memory_equal(x, y, first);
    gat_free(x);
    gat_free(y);
}

static void assert_same_reasons(const gat_alignment *a, const gat_alignment *b)
{
    gat_aligned_pair pair;
    int32_t next = 0;
    while (alignment_next_pair(&pair, &next, a)) {
        gat_align_reason *p, *q;
        int64_t first, second;
        assert_int_equal(reasons_find(&p, &first, a, pair.source, 4, NULL), GAT_OK);
        assert_int_equal(reasons_find(&q, &second, b, pair.source, 4, NULL), GAT_OK);
        assert_true(first >= second);
        for (int64_t i = 0; i < second && i < 1; i++) assert_string_equal(p[i].neighbor1, q[i].neighbor1);
        gat_free(p);
        gat_free(q);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    gat_alignment *m = align_old();
    assert_int_equal(alignment_save(m, "m.gatkit", NULL), GAT_OK);
    gat_alignment *back = load("m.gatkit");
    assert_int_equal(alignment_save(back, "again.gatkit", NULL), GAT_OK);
    assert_same_files("m.gatkit", "again.gatkit");
    assert_int_equal(alignment_write_pairs(m, "p1", NULL), GAT_OK);
    assert_int_equal(alignment_write_pairs(back, "p2", NULL), GAT_OK);
    assert_same_files("p1", "p2");
    assert_same_reasons(m, back);
    assert_memory_equal(&m->report, &back->report, sizeof m->report);
    alignment_free(m);
    alignment_free(back);
}

/* Counterparts are nearer than anything else, and the kept file gives the vectors of the alignment. */
static void test_vectors(void **state)
{
    (void)state;
    gat_alignment *m = align_old(), *back;
    alignment_vectors v, w;
    gat_aligned_pair pair;
    int32_t next = 0;
    int64_t near = 0, pairs = 0;
    assert_int_equal(alignment_save(m, "m.gatkit", NULL), GAT_OK);
    back = load("m.gatkit");
    assert_int_equal(alignment_vectors_init(&v, m, NULL), GAT_OK);
    assert_int_equal(alignment_vectors_init(&w, back, NULL), GAT_OK);
    assert_memory_equal(v.rows[0], w.rows[0], (size_t)(m->a->num_entities * v.width) * sizeof(float));
    assert_memory_equal(v.rows[1], w.rows[1], (size_t)(m->b->num_entities * v.width) * sizeof(float));
    while (alignment_next_pair(&pair, &next, m)) {
        const float *x = alignment_vector(&v, 0, kg_side_find(m->a, pair.source, strlen(pair.source)));
        int32_t best = -1;
        float most = -2;
        for (int32_t y = 0; y < m->b->num_entities; y++) {
            float dot = 0;
            for (int64_t i = 0; i < v.width; i++) dot += x[i] * alignment_vector(&v, 1, y)[i];
            if (dot > most) most = dot, best = y;
        }
        near += !strcmp(kg_side_entity(m->b, best), pair.target);
        pairs++;
    }
    assert_true(pairs > 15 && near >= pairs * 9 / 10);
    alignment_vectors_clear(&v);
    alignment_vectors_clear(&w);
    alignment_free(m);
    alignment_free(back);
}

static gat_align_options grown(void)
{
    return (gat_align_options){.kg1 = "kg1.tsv", .kg2 = "kg2.tsv", .apply = "m.gatkit"};
}

static void test_apply(void **state)
{
    (void)state;
    gat_alignment *old = align_old();
    gat_aligned_pair pair;
    int32_t next = 0;
    int right = 0, new = 0;
    assert_int_equal(alignment_save(old, "m.gatkit", NULL), GAT_OK);
    gat_alignment *m = align(grown());
    while (alignment_next_pair(&pair, &next, m)) {
        bool is_new = atoi(pair.source + 1) >= THINGS - NEW || atoi(pair.target + 1) >= THINGS - NEW;
        new += is_new;
        right += is_new && atoi(pair.source + 1) == atoi(pair.target + 1);
    }
    for (next = 0; alignment_next_pair(&pair, &next, old);) {
        int32_t x = kg_side_find(m->a, pair.source, strlen(pair.source));
        assert_string_equal(kg_side_entity(m->b, m->answer[x]), pair.target);
        assert_memory_equal(&m->confidence[x], &pair.confidence, sizeof pair.confidence);
    }
    assert_true(right >= NEW * 3 / 4 && new <= right + NEW / 4);
    assert_int_equal(m->report.kept_pairs, old->report.pairs);
    assert_int_equal(m->report.pairs, old->report.pairs + new);
    assert_int_equal(m->report.held_links, old->report.held_links);
    assert_int_equal(alignment_save(m, "grown.gatkit", NULL), GAT_OK);
    gat_alignment *again = load("grown.gatkit");
    assert_int_equal(again->report.pairs, m->report.pairs);
    alignment_free(again);
    alignment_free(m);
    alignment_free(old);
}

/* Nothing in common, and a file that is no alignment. */
static void test_apply_refused(void **state)
{
    (void)state;
    gat_alignment *m = align_old();
    gat_error err;
    gat_align_options o = grown();
    assert_int_equal(alignment_save(m, "m.gatkit", NULL), GAT_OK);
    alignment_free(m);
    o.kg1 = "kg2.tsv";
    assert_int_equal(alignment_make(&m, &o, &err), GAT_EDATA);
    o.apply = "kg1.tsv";
    assert_int_equal(alignment_make(&m, &o, &err), GAT_EMODEL);
    o.apply = "absent";
    assert_int_equal(alignment_make(&m, &o, &err), GAT_EMODEL);
    assert_null(m);
}

/* ---- damage ---------------------------------------------------------------------------------------------- */

static void put_image(const char *image, size_t size)
{
    FILE *f = fopen("bad.gatkit", "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(image, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

/* Every section is damaged at places all over it; what is accepted must answer. */
static void test_damage(void **state)
{
    (void)state;
    size_t size, refused = 0, tried = 0;
    align_graphs_write(20, 60, 12, 3);
    gat_alignment *m =
        align((gat_align_options){.kg1 = "kg1.tsv", .kg2 = "kg2.tsv", .seeds = "seeds.tsv", .rounds = 2});
    assert_int_equal(alignment_save(m, "m.gatkit", NULL), GAT_OK);
    alignment_free(m);
    char *image = bytes_of("m.gatkit", &size), *copy = gat_alloc((int64_t)size, 1);
    size_t count = image_get(image, HEADER_COUNT, 4);
    for (size_t e = 1; e <= count; e++) {
        size_t offset = image_get(image, e * ENTRY + ENTRY_OFFSET, 8),
               length = image_get(image, e * ENTRY + ENTRY_LENGTH, 8);
        for (size_t at = 0; at < length; at += 1 + length / 24) {
            gat_alignment *bad;
            memcpy(copy, image, size);
            copy[offset + at] = (char)(copy[offset + at] ^ (at % 2 ? 0x80 : 0xff));
            image_reseal(copy, size);
            put_image(copy, size);
            gat_status st = alignment_load(&bad, "bad.gatkit", NULL);
            assert_true(st == GAT_OK || st == GAT_EMODEL);
            if (!st) assert_int_equal(alignment_write_pairs(bad, "p", NULL), GAT_OK);
            alignment_free(bad);
            refused += st != GAT_OK;
            tried++;
        }
    }
    assert_true(tried > 150 && refused > tried / 2);
    put_image(image, size - 64);
    assert_int_equal(alignment_load(&m, "bad.gatkit", NULL), GAT_EMODEL);
    gat_free(image);
    gat_free(copy);
    set_up(state);
}

/* ---- failing memory -------------------------------------------------------------------------------------- */

static gat_status save_and_load(const gat_alignment *m)
{
    gat_alignment *back = NULL;
    gat_status st = alignment_save(m, "f.gatkit", NULL);
    if (!st) st = alignment_load(&back, "f.gatkit", NULL);
    assert_true(!st == !!back);
    alignment_free(back);
    return st;
}

static gat_status apply(void)
{
    gat_alignment *m = NULL;
    gat_align_options o = grown();
    o.rounds = 1;
    gat_status st = alignment_make(&m, &o, NULL);
    assert_true(!st == !!m);
    alignment_free(m);
    return st;
}

static void test_failing_memory(void **state)
{
    align_graphs_write(30, 90, 20, 3);
    cut_file("kg1.tsv", "old1.tsv", 26, false);
    cut_file("kg2.tsv", "old2.tsv", 26, false);
    cut_file("seeds.tsv", "old_seeds.tsv", 20, true);
    gat_alignment *m =
        align((gat_align_options){.kg1 = "old1.tsv", .kg2 = "old2.tsv", .seeds = "old_seeds.tsv", .rounds = 1});
    assert_int_equal(alignment_save(m, "m.gatkit", NULL), GAT_OK);
    for (int what = 0; what < 2; what++) {
        gat_status st = GAT_ENOMEM;
        int64_t failed = 0;
        for (int64_t n = 1; st; n += 1 + n / 6, failed++) {
            memory_fail_at(n, false);
            st = what ? apply() : save_and_load(m);
            memory_fail_at(0, false);
            if (st) assert_int_equal(st, GAT_ENOMEM);
        }
        assert_true(failed > 20);
    }
    alignment_free(m);
    set_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_vectors),       cmocka_unit_test(test_apply),
        cmocka_unit_test(test_damage),     cmocka_unit_test(test_apply_refused), cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}

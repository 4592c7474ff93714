/* Questions to an alignment: counterparts first, the graph that is meant, refused names, files for other programs. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "align/alignment.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "support/triple_files.h"
#include "tasks/alignment_questions.h"

enum { RING = 12 };

/* Two rings with chords; "same" is in both, as things that differ. */
static int set_up(void **state)
{
    char one[2000] = "", two[2000] = "", seeds[300] = "";
    static gat_alignment *m;
    parallel_set_threads(1);
    for (int i = 0; i < RING; i++) {
        char line[100];
        snprintf(line, sizeof line, "a%d\tnext\ta%d\na%d\tskip\ta%d\n", i, (i + 1) % RING, i, (i * i + 3) % RING);
        strcat(one, line);
        snprintf(line, sizeof line, "b%d\tn\tb%d\nb%d\ts\tb%d\n", i, (i + 1) % RING, i, (i * i + 3) % RING);
        strcat(two, line);
        snprintf(line, sizeof line, "a%d\tb%d\n", i, i);
        if (i % 3) strcat(seeds, line);
    }
    strcat(one, "same\tnext\ta1\n");
    strcat(two, "b7\ts\tsame\n");
    put_text("one.tsv", one);
    put_text("two.tsv", two);
    put_text("seeds.tsv", seeds);
    gat_align_options o = {.kg1 = "one.tsv", .kg2 = "two.tsv", .seeds = "seeds.tsv"};
    gat_error err;
    if (alignment_make(&m, &o, &err)) return 1;
    *state = m;
    return 0;
}

static int tear_down(void **state)
{
    alignment_free(*state);
    return 0;
}

static void test_neighbors(void **state)
{
    gat_neighbor *list;
    int64_t count;
    int graph;
    assert_int_equal(alignment_neighbors(&list, &count, &graph, *state, "a4", 3, NULL), GAT_OK);
    assert_true(count == 3 && graph == 1);
    assert_string_equal(list[0].entity, "b4");
    assert_int_equal(list[0].graph, 2);
    assert_true(list[0].belief > .99 && list[0].weight >= list[1].weight && list[1].weight >= list[2].weight);
    gat_free(list);
    assert_int_equal(alignment_neighbors(&list, &count, &graph, *state, "b5", 1000, NULL), GAT_OK);
    assert_true(count == 2 * RING + 1 && graph == 2);
    assert_string_equal(list[0].entity, "a5");
    for (int64_t i = 0; i < count; i++) {
        assert_false(list[i].graph == 2 && !strcmp(list[i].entity, "b5"));
        if (list[i].graph == 2) assert_true(list[i].belief <= 0);
    }
    gat_free(list);
}

static void test_names(void **state)
{
    int graphs[2];
    double x;
    assert_int_equal(alignment_similarity(&x, graphs, *state, "same", "same", NULL), GAT_OK);
    assert_true(graphs[0] == 1 && graphs[1] == 2);
    assert_int_equal(alignment_similarity(&x, graphs, *state, "2:same", "1:same", NULL), GAT_OK);
    assert_true(graphs[0] == 2 && graphs[1] == 1);
    assert_int_equal(alignment_similarity(&x, graphs, *state, "same", "1:same", NULL), GAT_OK);
    assert_true(graphs[1] == 1 && x > .99);
    assert_int_equal(alignment_similarity(&x, NULL, *state, "b1", "a1", NULL), GAT_OK);
    assert_true(x > .9);
    gat_error err;
    gat_neighbor *list;
    int64_t count;
    assert_int_equal(alignment_similarity(&x, graphs, *state, "a99", "b1", &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "neither graph has an entity \"a99\"; nearest: 1:a9"));
    assert_int_equal(alignment_neighbors(&list, &count, NULL, *state, "3:same", 1, NULL), GAT_EUSAGE);
    assert_null(list);
}

static void test_export(void **state)
{
    int64_t dim = 0;
    char *bytes;
    size_t size;
    static const char *const formats[] = {"npy", "word2vec", "projector", "safetensors"};
    for (int i = 0; i < 4; i++) assert_int_equal(alignment_export(*state, formats[i], formats[i], &dim, NULL), GAT_OK);
    assert_int_equal(file_read_all(&bytes, &size, "npy.entities.txt", NULL), GAT_OK);
    assert_non_null(strstr(bytes, "1:a0\n"));
    assert_non_null(strstr(bytes, "2:same\n"));
    gat_free(bytes);
    assert_int_equal(file_read_all(&bytes, &size, "npy", NULL), GAT_OK);
    assert_true(dim > 0 && size >= (size_t)((2 * RING + 2) * dim) * sizeof(float));
    gat_free(bytes);
    assert_int_equal(alignment_export(*state, "csv", "x", NULL, NULL), GAT_EUSAGE);
}

static void test_failing_memory(void **state)
{
    gat_status st = GAT_ENOMEM;
    int64_t failed = 0;
    for (int64_t n = 1; st; n++, failed += st != GAT_OK) {
        gat_neighbor *list = NULL;
        int64_t count;
        memory_fail_at(n, false);
        st = alignment_neighbors(&list, &count, NULL, *state, "a1", 2, NULL);
        if (!st) st = alignment_export(*state, "projector", "y", NULL, NULL);
        memory_fail_at(0, false);
        if (st) assert_int_equal(st, GAT_ENOMEM);
        gat_free(list);
    }
    assert_true(failed > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbors),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

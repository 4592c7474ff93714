/* Rows of scores, refused questions, and outputs that survive a failed run. */
#include "support/small_model.h"

#include <dirent.h>
#include <errno.h>

#include "tasks/score_file.h"

static const char questions[] = "a\tlikes\t?\n\n?\tpart of\tg\r\nlate\tbeside\t?";

static void test_rows(void **state)
{
    small_state *s = *state;
    const model_view *v = s->gat->view;
    int64_t n = v->num_entities, rows;
    size_t size;
    int32_t entity[3] = {entity_id(v->entities, "a"), entity_id(v->entities, "g"), entity_id(v->entities, "late")};
    int32_t relation[3] = {entity_id(s->gat->relations, "likes"),
                           entity_id(s->gat->relations, "part of") + s->gat->num_seen_relations,
                           entity_id(s->gat->relations, "beside")};
    float *expected = gat_alloc(3 * n, sizeof *expected);
    put_file("questions.tsv", questions);
    assert_int_equal(score_file(s->gat, "questions.tsv", "rows.npy", "names.txt", NULL, &rows, NULL), GAT_OK);
    assert_int_equal(rows, 3);
    char *bytes = get_file("rows.npy", &size), *names = get_file("names.txt", NULL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(view_score(expected + i * n, v, entity + i, relation + i, 1, NULL),
                         GAT_OK); /* alone, the same bits */
    assert_int_equal(size, 128 + 3 * (size_t)n * sizeof(float));
    assert_non_null(strstr(bytes + 10, "'shape': (3, 13)"));
    assert_memory_equal(bytes + 128, expected, 3 * (size_t)n * sizeof(float));
    const char *at = names;
    for (int32_t i = 0; i < n; i++) {
        size_t length = strlen(intern_string(v->entities, i));
        assert_memory_equal(at, intern_string(v->entities, i), length);
        assert_int_equal(at[length], '\n');
        at += length + 1;
    }
    assert_int_equal(*at, 0);
    gat_free(bytes);
    gat_free(names);
    gat_free(expected);
}

/* Columns are the graph's entities, valid and test included. */
static void test_graph(void **state)
{
    small_state *s = *state;
    mkdir("other", 0777);
    put_file("other/train.tsv", "x\tlikes\ta\na\tbeside\ty\n");
    put_file("other/test.tsv", "z\tlikes\tx\n");
    gat_dataset *other = dataset_of("other");
    put_file("questions.tsv", "x\tlikes\t?\n");
    assert_int_equal(score_file(s->gat, "questions.tsv", "rows.npy", "names.txt", other, NULL, NULL), GAT_OK);
    char *names = get_file("names.txt", NULL);
    assert_string_equal(names, "x\na\ny\nz\n");
    gat_free(names);
    dataset_free(other);
}

static void assert_kept(void)
{
    char *npy = get_file("rows.npy", NULL), *names = get_file("names.txt", NULL);
    assert_string_equal(npy, "old");
    assert_string_equal(names, "older");
    gat_free(npy);
    gat_free(names);
}

static void put_old(void)
{
    put_file("rows.npy", "old");
    put_file("names.txt", "older");
}

static void test_refused(void **state)
{
    small_state *s = *state;
    static const char *const cases[][2] = {
        {"a\tlikes\t?\na\tlikes\n", "questions.tsv:2: expected 3 columns separated by tabs, found 2"},
        {"a\tlikes\t?\tb\n", "questions.tsv:1: expected 3 columns separated by tabs, found 4"},
        {"\n?\tlikes\t?\n", "questions.tsv:2: expected \"?\" as head or as tail, found it as both"},
        {"a\tlikes\tb\n", "questions.tsv:1: expected \"?\" as head or as tail, found it as neither"},
        {"latte\tlikes\t?\n", "questions.tsv:1: unknown entity \"latte\"; nearest: late"},
        {"?\tlikes\tlatte\n", "nearest: late"},
        {"a\tlike\t?\n", "questions.tsv:1: unknown relation \"like\"; nearest: likes"},
        {"a\t?\tb\n", "found it as neither"},
        {"\n\n", "no questions"},
        {"a\tlikes\t?\n\xff\tlikes\t?\n", "questions.tsv:2"},
    };
    put_old();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gat_error err = {0};
        int64_t rows = 7;
        put_file("questions.tsv", cases[i][0]);
        assert_int_equal(score_file(s->gat, "questions.tsv", "rows.npy", "names.txt", NULL, &rows, &err), GAT_EDATA);
        if (!strstr(err.message, cases[i][1])) fail_msg("\"%s\" lacks \"%s\"", err.message, cases[i][1]);
        assert_int_equal(rows, 0);
        assert_kept();
    }
    put_file("questions.tsv", questions);
    assert_int_equal(score_file(s->gat, "questions.tsv", "rows.npy", "rows.npy", NULL, NULL, NULL), GAT_EUSAGE);
    assert_int_equal(score_file(s->gat, "missing.tsv", "rows.npy", "names.txt", NULL, NULL, NULL), GAT_EDATA);
    assert_kept();
}

static int count_temporaries(void)
{
    int count = 0;
    DIR *folder = opendir(".");
    assert_non_null(folder);
    for (struct dirent *e; (e = readdir(folder));)
        count += strncmp(e->d_name, "rows.npy", 8) == 0 || strncmp(e->d_name, "names.txt", 9) == 0;
    closedir(folder);
    return count - 2;
}

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    gat_status st = GAT_ENOMEM;
    put_file("questions.tsv", questions);
    put_old();
    for (int64_t n = 1; st; n++) {
        gat_error err = {0};
        memory_fail_at(n, false);
        st = score_file(s->gat, "questions.tsv", "rows.npy", "names.txt", NULL, NULL, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || err.code == GAT_ENOMEM);
        if (st) assert_kept();
    }
    assert_int_equal(count_temporaries(), 0);
}

/* Before the renames both files are untouched; each is old or new as a whole at any time. */
static void test_failing_files(void **state)
{
    small_state *s = *state;
    gat_status st = GAT_EIO;
    put_file("questions.tsv", questions);
    assert_int_equal(score_file(s->gat, "questions.tsv", "new.npy", "new.txt", NULL, NULL, NULL), GAT_OK);
    size_t size, new_size;
    char *new_npy = get_file("new.npy", &new_size), *new_names = get_file("new.txt", NULL);
    for (int64_t n = 1; st; n++) {
        put_old();
        file_fail_at(n, ENOSPC);
        st = score_file(s->gat, "questions.tsv", "rows.npy", "names.txt", NULL, NULL, NULL);
        file_fail_at(0, 0);
        char *npy = get_file("rows.npy", &size), *names = get_file("names.txt", NULL);
        bool npy_new = size == new_size && !memcmp(npy, new_npy, size), names_new = !strcmp(names, new_names);
        assert_true(npy_new || !strcmp(npy, "old"));
        assert_true(names_new || !strcmp(names, "older"));
        assert_true(st || (npy_new && names_new));
        assert_true(npy_new || !names_new);
        assert_int_equal(count_temporaries(), 0);
        gat_free(npy);
        gat_free(names);
    }
    gat_free(new_npy);
    gat_free(new_names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),          cmocka_unit_test(test_graph),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_failing_files),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}

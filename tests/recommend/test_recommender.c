/* A recommender: trained, written, read, asked; refused input; memory that fails at every point. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "support/check.h"

static const char FOLDER[] = "shop", MODEL[] = "shop.gatkit";

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* Two kinds of users and of items: u0, u2, .. choose even items, the others odd ones. */
static void write_shop(void)
{
    char text[8000] = "user\titem\trating\ttime\n", facts[2000] = "";
    for (int u = 0; u < 16; u++)
        for (int k = 0; k < 5; k++)
            sprintf(text + strlen(text), "u%d\ti%d\t%d\t%d\n", u, (2 * (u / 2 + k) + u % 2) % 20, 1 + k % 5, 100 * k);
    for (int i = 0; i < 20; i++) sprintf(facts + strlen(facts), "i%d\tkind\t%s\n", i, i % 2 ? "odd" : "even");
    mkdir(FOLDER, 0700);
    write_file("shop/interactions.tsv", text);
    write_file("shop/kg.tsv", facts);
    write_file("shop/item_name.tsv", "i0\tthe first\n");
}

static int setup(void **state)
{
    (void)state;
    parallel_set_threads(1);
    write_shop();
    return 0;
}

static gat_status train(gat_recommender **out, const char *kind, gat_error *err)
{
    gat_recommend_config *config = NULL;
    const gat_recommend_inputs inputs = {.data = FOLDER};
    const char *const settings[][2] = {{"recommender", kind},   {"dim", "8"},           {"attn-heads", "2"},
                                       {"epochs", "6"},         {"spectral", "4"},      {"batch", "8"},
                                       {"history-layers", "1"}, {"valid-share", "0.2"}, {"test-share", "0.2"},
                                       {"light", "yes"}};
    *out = NULL;
    gat_status st = gat_recommend_config_new(&config, err);
    for (size_t i = 0; !st && i < sizeof settings / sizeof *settings; i++)
        st = gat_recommend_config_set(config, settings[i][0], settings[i][1], err);
    if (!st) st = gat_recommender_train(out, &inputs, config, err);
    gat_recommend_config_free(config);
    return st;
}

static gat_status ask(gat_recommendation **out, const gat_recommender *r, const char *user, gat_error *err)
{
    const gat_recommend_question question = {.user = user, .top = 5, .explain = true};
    return gat_recommend(out, r, &question, err);
}

static void check_equal(const gat_recommendation *a, const gat_recommendation *b)
{
    assert_int_equal(a->count, b->count);
    for (int64_t i = 0; i < a->count; i++) {
        assert_string_equal(a->list[i].item, b->list[i].item);
        assert_true(a->list[i].score - b->list[i].score <= 0 && b->list[i].score - a->list[i].score <= 0);
        assert_int_equal(a->list[i].num_items, b->list[i].num_items);
        assert_int_equal(a->list[i].num_paths, b->list[i].num_paths);
    }
}

static void test_round_trip(void **state)
{
    static const char *const kinds[] = {"pop", "itemknn", "mf", "lightgcn", "attention"};
    (void)state;
    for (int k = 0; k < 5; k++) {
        gat_recommender *made = NULL, *read = NULL;
        gat_recommendation *first = NULL, *second = NULL;
        gat_recommend_info info[2];
        gat_file_kind kind;
        gat_error err = {0};
        if (train(&made, kinds[k], &err)) fail_msg("%s: %s", kinds[k], err.message);
        if (gat_recommender_save(made, MODEL, &err)) fail_msg("%s", err.message);
        assert_int_equal(gat_file_kind_of(&kind, MODEL, &err), GAT_OK);
        assert_int_equal(kind, GAT_FILE_RECOMMENDER);
        assert_int_equal(gat_model_verify(MODEL, &err), GAT_OK);
        if (gat_recommender_load(&read, MODEL, &err)) fail_msg("%s", err.message);
        assert_int_equal(gat_recommender_describe(&info[0], made, &err), GAT_OK);
        assert_int_equal(gat_recommender_describe(&info[1], read, &err), GAT_OK);
        assert_string_equal(info[0].digest, info[1].digest);
        assert_string_equal(info[1].recommender, kinds[k]);
        assert_int_equal(info[1].users, 16);
        assert_int_equal(info[1].facts, 20);
        assert_true(info[0].valid.users > 0 && info[0].valid.users == info[1].valid.users);
        assert_int_equal(ask(&first, made, "u4", &err), GAT_OK);
        assert_int_equal(ask(&second, read, "u4", &err), GAT_OK);
        check_equal(first, second);
        gat_recommendation_free(first);
        gat_recommendation_free(second);
        gat_recommender_free(made);
        gat_recommender_free(read);
    }
}

/* Even items for who chose even ones, named by history and graph; popular ones for a stranger. */
static void test_answers(void **state)
{
    gat_recommender *r = NULL;
    gat_recommendation *a = NULL;
    gat_error err = {0};
    (void)state;
    if (train(&r, "attention", &err)) fail_msg("%s", err.message);
    assert_int_equal(ask(&a, r, "u4", &err), GAT_OK);
    assert_false(a->popular);
    assert_int_equal(a->count, 5);
    assert_int_equal((a->list[0].item[strlen(a->list[0].item) - 1] - '0') % 2, 0);
    assert_true(a->list[0].num_items > 0 && a->list[0].num_paths > 0);
    assert_string_equal(a->list[0].path[0].node, "even");
    assert_string_equal(a->list[0].path[0].first, "kind");
    assert_false(a->list[0].path[0].first_backward);
    gat_recommendation_free(a);

    assert_int_equal(ask(&a, r, "nobody", &err), GAT_OK);
    assert_true(a->popular && a->history == 0);
    gat_recommendation_free(a);

    const char *const history[] = {"i1", "i3", "i1", "unknown"};
    const gat_recommend_question question = {.history = history, .num_history = 4, .top = 1000};
    assert_int_equal(gat_recommend(&a, r, &question, &err), GAT_OK);
    assert_int_equal(a->history, 2);
    assert_int_equal(a->unknown, 1);
    assert_int_equal(a->count, 18);
    gat_recommendation_free(a);

    const gat_recommend_question nobody = {.top = 1};
    assert_int_equal(gat_recommend(&a, r, &nobody, &err), GAT_EUSAGE);
    assert_null(a);
    gat_recommender_free(r);
}

/* An item that appeared after training is placed by its facts. */
static void test_new_items(void **state)
{
    gat_recommender *r = NULL;
    gat_recommendation *a = NULL;
    gat_error err = {0};
    (void)state;
    if (train(&r, "attention", &err)) fail_msg("%s", err.message);
    write_file("new.tsv", "fresh_even\tkind\teven\nfresh_odd\tkind\todd\ni0\tkind\todd\nstrange\tkind\tnothing\n");
    const gat_recommend_question question = {.user = "u4", .top = 30, .facts = "new.tsv"};
    if (gat_recommend(&a, r, &question, &err)) fail_msg("%s", err.message);
    int64_t even = -1, odd = -1;
    for (int64_t i = 0; i < a->count; i++) {
        assert_string_not_equal(a->list[i].item, "strange");
        if (!strcmp(a->list[i].item, "fresh_even")) even = i;
        if (!strcmp(a->list[i].item, "fresh_odd")) odd = i;
    }
    assert_true(even >= 0 && odd > even);
    gat_recommendation_free(a);
    gat_recommender_free(r);
}

static void check_refused(const char *file, const char *text, gat_status code, const char *says)
{
    gat_recommend_config *config = NULL;
    gat_recommender *r = NULL;
    gat_error err = {0};
    const gat_recommend_inputs inputs = {.data = file};
    write_file(file, text);
    assert_int_equal(gat_recommend_config_new(&config, &err), GAT_OK);
    assert_int_equal(gat_recommend_config_set(config, "recommender", "pop", &err), GAT_OK);
    assert_int_equal(gat_recommender_train(&r, &inputs, config, &err), code);
    assert_null(r);
    if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
    gat_recommend_config_free(config);
}

/* Headings are passed over; users and items whose names begin like one are not. */
static void test_headings(void **state)
{
    static const struct {
        const char *text;
        int64_t interactions;
    } files[] = {{"user1\titem1\nuser2\titem2\n", 2},
                 {"user\titem\na\tx\nb\ty\n", 2},
                 {"user_id:token\titem_id:token\trating:float\na\tx\t1\nb\ty\t2\n", 2},
                 {"UserId\tmovieId\na\tx\nb\ty\n", 2},
                 {"a\titem_name\nb\ty\n", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        gat_recommend_config *config = NULL;
        gat_recommender *r = NULL;
        gat_recommend_info info;
        const gat_recommend_inputs inputs = {.data = "headed.tsv"};
        write_file("headed.tsv", files[i].text);
        assert_int_equal(gat_recommend_config_new(&config, NULL), GAT_OK);
        assert_int_equal(gat_recommend_config_set(config, "recommender", "pop", NULL), GAT_OK);
        assert_int_equal(gat_recommender_train(&r, &inputs, config, NULL), GAT_OK);
        assert_int_equal(gat_recommender_describe(&info, r, NULL), GAT_OK);
        assert_int_equal(info.interactions, files[i].interactions);
        gat_recommender_free(r);
        gat_recommend_config_free(config);
    }
}

static void test_refused(void **state)
{
    gat_recommend_config *config = NULL;
    gat_error err = {0};
    (void)state;
    check_refused("bad.tsv", "a\tx\nb\n", GAT_EDATA, "bad.tsv:2: expected at least 2 columns");
    check_refused("bad.tsv", "a\tx\t1\nb\ty\tmany\n", GAT_EDATA, "bad.tsv:2: the rating in column 3");
    check_refused("bad.tsv", "a\tx\t1\tnow\n", GAT_EDATA, "bad.tsv:1: the time in column 4");
    check_refused("bad.tsv", "a\t\n", GAT_EDATA, "bad.tsv:1: the item is empty");
    check_refused("bad.tsv", "user\titem\n", GAT_EDATA, "no interactions");
    check_refused("bad.csv", "user,item\na\n", GAT_EDATA, "bad.csv:2: expected at least 2 columns");
    assert_int_equal(gat_recommend_config_new(&config, &err), GAT_OK);
    assert_int_equal(gat_recommend_config_set(config, "dim", "3.5", &err), GAT_EUSAGE);
    assert_int_equal(gat_recommend_config_set(config, "recommender", "best", &err), GAT_EUSAGE);
    assert_int_equal(gat_recommend_config_set(config, "members", "1", &err), GAT_EUSAGE);
    gat_recommend_config_free(config);
}

static gat_status use_all(const char *kind, gat_error *err)
{
    gat_recommender *r = NULL;
    gat_recommendation *a = NULL;
    gat_recommend_evaluation e;
    gat_status st = train(&r, kind, err);
    if (!st) st = gat_recommender_save(r, MODEL, err);
    gat_recommender_free(r);
    r = NULL;
    if (!st) st = gat_recommender_load(&r, MODEL, err);
    if (!st) st = ask(&a, r, "u4", err);
    if (!st) st = gat_recommender_evaluate(&e, r, FOLDER, GAT_SPLIT_TEST, err);
    gat_recommendation_free(a);
    gat_recommender_free(r);
    return st;
}

static void test_failing_allocations(void **state)
{
    static const char *const kinds[] = {"itemknn", "mf", "lightgcn", "attention"};
    (void)state;
    for (int k = 0; k < 4; k++) {
        gat_error err = {0};
        memory_fail_at(0, false);
        if (use_all(kinds[k], &err)) fail_msg("%s", err.message);
        int64_t count = memory_count();
        for (int64_t n = 1; n <= count; n += 1 + n / 6) {
            memory_fail_at(n, false);
            gat_status st = use_all(kinds[k], &err);
            memory_fail_at(0, false);
            if (st && st != GAT_ENOMEM) fail_msg("%s, allocation %lld: %s", kinds[k], (long long)n, err.message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_answers), cmocka_unit_test(test_new_items),
        cmocka_unit_test(test_headings),   cmocka_unit_test(test_refused), cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

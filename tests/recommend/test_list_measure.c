/* Measures of lists against counts by hand, and of a scorer that knows nothing. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "recommend/interactions.h"
#include "recommend/list_measure.h"
#include "support/check.h"

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

typedef struct fixed {
    const float *score;
    int32_t items;
} fixed;

static void score_fixed(const void *self, float *scores, int32_t user)
{
    const fixed *f = self;
    memcpy(scores, f->score + user * f->items, (size_t)f->items * sizeof *scores);
}

/* One user: items 0 .. 29; 0 and 1 in train, 2 and 3 wanted. */
static void test_by_hand(void **state)
{
    int64_t start[] = {0, 2}, item_start[31] = {0}, wanted_start[] = {0, 2};
    int32_t item[] = {0, 1}, wanted_item[] = {2, 3}, user[] = {0, 0};
    uint8_t level[] = {0, 0};
    float score[30];
    (void)state;
    item_start[1] = 1;
    for (int i = 2; i <= 30; i++) item_start[i] = 2;
    for (int i = 0; i < 30; i++) score[i] = (float)-i;
    score[3] = -4.5f;
    histories h = {.users = 1,
                   .items = 30,
                   .levels = 1,
                   .count = 2,
                   .start = start,
                   .item = item,
                   .level = level,
                   .item_start = item_start,
                   .user = user};
    wanted_items wanted = {wanted_start, wanted_item};
    const list_plan plan = {.known = &h, .wanted = &wanted, .auc = true, .seed = 1};
    const fixed f = {score, 30};
    const rec_scorer scorer = {score_fixed, &f};
    list_measure m;
    assert_int_equal(list_measure_make(&m, &scorer, &plan, NULL), GAT_OK);
    assert_int_equal(m.users, 1);
    assert_true(fabs(m.recall - 1) < 1e-12);
    /* Item 2 comes first, item 4 second, item 3 third. */
    double dcg = 1 + 1 / log2(4), ideal = 1 + 1 / log2(3);
    assert_true(fabs(m.ndcg - dcg / ideal) < 1e-12);
    assert_true(m.auc_uniform > .5);
}

/* All scores equal: about 20 of 199 are found, wherever the wanted ones stand in the file. */
static void test_constant(void **state)
{
    enum { USERS = 400, ITEMS = 200 };
    static int64_t start[USERS + 1], item_start[ITEMS + 2], wanted_start[USERS + 1];
    static int32_t item[USERS], wanted_item[USERS], user[USERS];
    static uint8_t level[USERS];
    static float score[USERS * ITEMS];
    (void)state;
    for (int u = 0; u < USERS; u++) {
        start[u + 1] = wanted_start[u + 1] = u + 1;
        item[u] = 0;
        user[u] = u;
        wanted_item[u] = 1 + u % (ITEMS - 1);
    }
    for (int i = 1; i <= ITEMS; i++) item_start[i] = USERS;
    histories h = {.users = USERS,
                   .items = ITEMS,
                   .levels = 1,
                   .count = USERS,
                   .start = start,
                   .item = item,
                   .level = level,
                   .item_start = item_start,
                   .user = user};
    wanted_items wanted = {wanted_start, wanted_item};
    const list_plan plan = {.known = &h, .wanted = &wanted, .auc = true, .seed = 1};
    const fixed f = {score, ITEMS};
    const rec_scorer scorer = {score_fixed, &f};
    list_measure m[2];
    for (int t = 0; t < 2; t++) {
        parallel_set_threads(t ? 2 : 1);
        assert_int_equal(list_measure_make(&m[t], &scorer, &plan, NULL), GAT_OK);
    }
    assert_true(fabs(m[0].recall - 20. / 199) < .03);
    assert_true(fabs(m[0].auc_uniform - .5) < 1e-12);
    assert_memory_equal(&m[0], &m[1], sizeof m[0]);
}

/* Per user 8:1:1, deterministic, nothing in two parts, one interaction of everybody stays. */
static void test_split(void **state)
{
    gat_recommend_config config;
    interactions d, again;
    char text[20000] = "";
    int count[3] = {0};
    (void)state;
    for (int u = 0; u < 30; u++)
        for (int i = 0; i < (u ? 20 : 1); i++) sprintf(text + strlen(text), "u%d\ti%d\n", u, (u + 3 * i) % 60);
    strcat(text, "u1\ti1\nu1\ti1\n");
    write_file("split.tsv", text);
    recommend_config_init(&config);
    assert_int_equal(interactions_load(&d, "split.tsv", &config, true, NULL), GAT_OK);
    assert_int_equal(interactions_load(&again, "split.tsv", &config, true, NULL), GAT_OK);
    assert_int_equal(d.count, 29 * 20 + 1);
    assert_int_equal(d.duplicates, 2);
    assert_int_equal(d.lone_users, 0);
    for (int64_t i = 0; i < d.count; i++) {
        count[d.event[i].part]++;
        assert_int_equal(d.event[i].part, again.event[i].part);
    }
    assert_int_equal(count[REC_VALID], 29 * 2);
    assert_int_equal(count[REC_TEST], 29 * 2);
    interactions_clear(&d);
    interactions_clear(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

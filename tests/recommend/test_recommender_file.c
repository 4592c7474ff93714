/* Files of recommenders with wrong numbers behind right checksums: refused, or answered from, but never a fault. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "support/check.h"
#include "support/reseal.h"

static const char FOLDER[] = "mart", MODEL[] = "mart.gatkit", BAD[] = "mart_bad.gatkit";

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
    char text[8000] = "user\titem\trating\ttime\n", facts[2000] = "";
    (void)state;
    parallel_set_threads(1);
    for (int u = 0; u < 8; u++)
        for (int k = 0; k < 4; k++)
            sprintf(text + strlen(text), "u%d\ti%d\t%d\t%d\n", u, (2 * (u / 2 + k) + u % 2) % 10, 1 + k % 5, 100 * k);
    for (int i = 0; i < 10; i++) sprintf(facts + strlen(facts), "i%d\tkind\t%s\n", i, i % 2 ? "odd" : "even");
    mkdir(FOLDER, 0700);
    write_text("mart/interactions.tsv", text);
    write_text("mart/kg.tsv", facts);
    write_text("mart/item_name.tsv", "i0\tthe first\n");
    return 0;
}

static char *image_of(size_t *size, const char *kind)
{
    gat_recommend_config *config = NULL;
    gat_recommender *r = NULL;
    gat_error err = {0};
    const gat_recommend_inputs inputs = {.data = FOLDER};
    const char *const settings[][2] = {{"recommender", kind}, {"dim", "4"},   {"attn-heads", "2"},    {"epochs", "1"},
                                       {"spectral", "4"},     {"batch", "8"}, {"history-layers", "1"}};
    assert_int_equal(gat_recommend_config_new(&config, &err), GAT_OK);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        assert_int_equal(gat_recommend_config_set(config, settings[i][0], settings[i][1], &err), GAT_OK);
    if (gat_recommender_train(&r, &inputs, config, &err)) fail_msg("%s: %s", kind, err.message);
    assert_int_equal(gat_recommender_save(r, MODEL, &err), GAT_OK);
    gat_recommender_free(r);
    gat_recommend_config_free(config);
    FILE *f = fopen(MODEL, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *size = (size_t)ftell(f);
    rewind(f);
    char *image = gat_alloc((int64_t)*size, 1);
    assert_non_null(image);
    assert_int_equal(fread(image, 1, *size, f), *size);
    fclose(f);
    return image;
}

/* A user, a history of items, and a stranger, with reasons. */
static void use(const gat_recommender *r)
{
    const char *const history[] = {"i1", "i4", "i7"};
    const gat_recommend_question questions[] = {{.user = "u3", .top = 4, .explain = true},
                                                {.history = history, .num_history = 3, .top = 20, .explain = true},
                                                {.user = "nobody", .top = 3}};
    gat_recommend_info info;
    gat_recommend_evaluation e;
    assert_int_equal(gat_recommender_describe(&info, r, NULL), GAT_OK);
    for (int q = 0; q < 3; q++) {
        gat_recommendation *a = NULL;
        (void)gat_recommend(&a, r, &questions[q], NULL);
        gat_recommendation_free(a);
    }
    (void)gat_recommender_evaluate(&e, r, FOLDER, GAT_SPLIT_TEST, NULL);
}

/* Whether the sealed image is refused; what is not, is used. */
static bool is_refused(char *image, size_t size)
{
    gat_recommender *r = NULL;
    gat_error err = {0};
    image_reseal(image, size);
    FILE *f = fopen(BAD, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(image, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    gat_status st = gat_recommender_load(&r, BAD, &err);
    if (st && st != GAT_EMODEL && st != GAT_ENOMEM) fail_msg("%d: %s", st, err.message);
    if (!st) use(r);
    gat_recommender_free(r);
    return st != GAT_OK;
}

static size_t section_at(const char *image, const char *name, size_t *length)
{
    for (uint64_t e = 1; e <= image_get(image, HEADER_COUNT, 4); e++)
        if (!strcmp(image + e * ENTRY, name)) {
            if (length) *length = image_get(image, e * ENTRY + ENTRY_LENGTH, 8);
            return image_get(image, e * ENTRY + ENTRY_OFFSET, 8);
        }
    return 0;
}

static const char *const KINDS[] = {"pop", "itemknn", "mf", "lightgcn", "attention"};

/* The counts that say how long the sections are; nothing but what they say fits. */
static void test_counts(void **state)
{
    enum { COUNTS = 15, COMMON_LEVEL = 5, LEVELS = 4, FROM = 10, READER = 11, FACTORS = 13 };
    static const int64_t values[] = {INT64_MIN, -3, -1, 0, 1, 1 << 20, INT32_MAX - 3, INT32_MAX, INT64_MAX};
    (void)state;
    for (int k = 0; k < 5; k++) {
        size_t size;
        char *image = image_of(&size, KINDS[k]), *copy = gat_alloc((int64_t)size, 1);
        size_t at = section_at(image, "recommend_header", NULL);
        assert_true(at > 0);
        for (size_t field = 0; field < COUNTS; field++)
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                bool flag = field >= FROM && field <= FACTORS, free = flag || field == COMMON_LEVEL || field == LEVELS;
                if ((int64_t)image_get(image, at + 8 * field, 8) == values[v]) continue;
                memcpy(copy, image, size);
                image_put(copy, at + 8 * field, (uint64_t)values[v], 8);
                bool refused = is_refused(copy, size);
                if (!free && field < 7 && !refused)
                    fail_msg("%s: field %zu is taken as %lld", KINDS[k], field, (long long)values[v]);
            }
        gat_free(image);
        gat_free(copy);
    }
}

/* Single bytes of every section: the first, the last and some between. */
static void test_bytes(void **state)
{
    enum { PLACES = 9 };
    (void)state;
    for (int k = 0; k < 5; k++) {
        size_t size;
        char *image = image_of(&size, KINDS[k]), *copy = gat_alloc((int64_t)size, 1);
        for (uint64_t e = 1; e <= image_get(image, HEADER_COUNT, 4); e++) {
            size_t at = image_get(image, e * ENTRY + ENTRY_OFFSET, 8);
            size_t length = image_get(image, e * ENTRY + ENTRY_LENGTH, 8);
            for (size_t p = 0; length && p < PLACES; p++) {
                memcpy(copy, image, size);
                copy[at + (length - 1) * p / (PLACES - 1)] ^= (char)(p % 2 ? 0xff : 0x80);
                (void)is_refused(copy, size);
            }
        }
        gat_free(image);
        gat_free(copy);
    }
}

static void put_all(char *image, size_t at, size_t length, float value)
{
    for (size_t i = 0; i + 4 <= length; i += 4) memcpy(image + at + i, &value, 4);
}

/* Numbers that overflow when they are used, and such as are none. */
static void test_numbers(void **state)
{
    static const char *const sections[] = {"pairs", "pair_weight", "to", "from", "factors", "reader", "net"};
    (void)state;
    for (int k = 0; k < 5; k++) {
        size_t size;
        char *image = image_of(&size, KINDS[k]), *copy = gat_alloc((int64_t)size, 1);
        for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
            size_t length = 0, at = section_at(image, sections[s], &length);
            if (!at) continue;
            memcpy(copy, image, size);
            put_all(copy, at, length, 3e38f);
            (void)is_refused(copy, size);
            memcpy(copy, image, size);
            put_all(copy, at, 4, NAN);
            if (!is_refused(copy, size)) fail_msg("%s: NaN is taken in %s", KINDS[k], sections[s]);
        }
        gat_free(image);
        gat_free(copy);
    }
}

/* Models of other tasks, and what is no model. */
static void test_other_files(void **state)
{
    gat_recommender *r = NULL;
    gat_error err = {0};
    (void)state;
    assert_int_equal(gat_recommender_load(&r, "mart/kg.tsv", &err), GAT_EMODEL);
    assert_null(r);
    assert_int_equal(gat_recommender_load(&r, "nowhere.gatkit", &err), GAT_EMODEL);
    assert_null(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_other_files),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

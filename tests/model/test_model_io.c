/* Models as files: what is saved comes back to the bit; damage behind valid checksums is refused; failures leave the old
 * file and no memory behind. */
#include "support/reseal.h"
#include "support/small_model.h"
#include "support/all_scores.h"

#include <errno.h>
#include <math.h>

#include "model/model_io.h"
#include "support/check.h"

static const char path[] = "test.model";

static void save(const gat_model *m)
{
    gat_error err = {0};
    if (model_save(m, path, &err)) fail_msg("%s", err.message);
}

static gat_model *load(void)
{
    gat_model *m;
    gat_error err = {0};
    if (model_load(&m, path, &err) || model_finish(m, &err)) fail_msg("%s", err.message);
    return m;
}

static void assert_same_names(const gat_intern *a, const gat_intern *b)
{
    assert_int_equal(intern_count(a), intern_count(b));
    for (int32_t i = 0; i < intern_count(a); i++) assert_string_equal(intern_string(a, i), intern_string(b, i));
}

static void assert_same_model(const gat_model *a, const gat_model *b)
{
    int64_t count, again;
    uint64_t da[2], db[2];
    float *x = all_scores(a, &count), *y = all_scores(b, &again);
    assert_int_equal(count, again);
    assert_memory_equal(x, y, (size_t)count * sizeof *x);
    assert_int_equal(model_digest(da, a, NULL), GAT_OK);
    assert_int_equal(model_digest(db, b, NULL), GAT_OK);
    assert_memory_equal(da, db, sizeof da);
    assert_memory_equal(&a->origin, &b->origin, sizeof a->origin);
    assert_string_equal(a->config_lines, b->config_lines);
    assert_same_names(a->entities, b->entities);
    assert_same_names(a->relations, b->relations);
    assert_memory_equal(a->facts.data, b->facts.data, (size_t)a->facts.count * sizeof *a->facts.data);
    for (int32_t i = 0; i < intern_count(a->entities); i++) {
        assert_int_equal(!a->entity_text[i], !b->entity_text[i]);
        if (a->entity_text[i]) assert_string_equal(a->entity_text[i], b->entity_text[i]);
    }
    gat_free(x);
    gat_free(y);
}

static void test_round_trip(void **state)
{
    small_state *s = *state;
    const gat_model *models[] = {s->gat, s->none};
    for (int i = 0; i < 2; i++) {
        save(models[i]);
        gat_model *back = load();
        assert_same_model(models[i], back);
        assert_null(back->params.grad);
        model_free(back);
    }
    model_free(NULL);
}

/* A file that is read and written again is the same file. */
static void test_equal_models_give_equal_files(void **state)
{
    small_state *s = *state;
    size_t size, again;
    save(s->gat);
    char *first = get_file(path, &size), *second;
    gat_model *back = load();
    save(back);
    second = get_file(path, &again);
    assert_int_equal(size, again);
    assert_memory_equal(first, second, size);
    gat_free(first);
    gat_free(second);
    model_free(back);
}

static void test_digest_sees_numbers_and_names(void **state)
{
    small_state *s = *state;
    uint64_t before[2], after[2];
    save(s->gat);
    gat_model *m = load();
    assert_int_equal(model_digest(before, m, NULL), GAT_OK);
    m->params.value[0] = -m->params.value[0];
    assert_int_equal(model_digest(after, m, NULL), GAT_OK);
    assert_memory_not_equal(before, after, sizeof before);
    m->params.value[0] = -m->params.value[0];
    assert_true(intern_add(m->relations, "x", 1) > 0);
    assert_int_equal(model_digest(after, m, NULL), GAT_OK);
    assert_memory_not_equal(before, after, sizeof before);
    model_free(m);
}

/* Probabilities made of infinities would be no numbers. */
static void test_calibration_out_of_range(void **state)
{
    static const answer_calibration bad[] = {{{0, 0}, {1e308, 1}, {1, 1}},
                                             {{0, 0}, {1, 1}, {1, 1e300}},
                                             {{-INFINITY, 0}, {1, 1}, {1, 1}},
                                             {{0, 0}, {1, -1}, {1, 1}},
                                             {{0, NAN}, {1, 1}, {1, 1}}};
    small_state *s = *state;
    gat_model *m = s->none, *back;
    const answer_calibration before = m->calibration;
    const bool calibrated = m->calibrated;
    m->calibrated = true;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        m->calibration = bad[i];
        save(m);
        assert_int_equal(model_load(&back, path, NULL), GAT_EMODEL);
        assert_null(back);
    }
    m->calibration = before;
    m->calibrated = calibrated;
}

/* ---- damage behind valid checksums ---- */

/* Where a section of the image lies; *entry is its place in the table. */
static char *section(char *image, const char *name, size_t *entry, size_t *length)
{
    uint64_t count = image_get(image, HEADER_COUNT, 4);
    for (size_t e = ENTRY; e <= ENTRY * count; e += ENTRY)
        if (!strcmp(image + e, name)) {
            *entry = e;
            *length = (size_t)image_get(image, e + ENTRY_LENGTH, 8);
            return image + image_get(image, e + ENTRY_OFFSET, 8);
        }
    fail_msg("no section %s", name);
    return NULL;
}

/* Status of a resealed copy as a model; one that is accepted must also work. */
static gat_status open_image(const char *image, size_t size, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_model *m = NULL;
    char *copy = gat_alloc((int64_t)size, 1);
    assert_non_null(copy);
    memcpy(copy, image, size);
    image_reseal(copy, size);
    gat_status st = model_file_take(&file, &copy, size, "image", err);
    if (!st) st = model_from_file(&m, file, false, err);
    if (!st) assert_int_equal(model_finish(m, err), GAT_OK);
    assert_true((st == GAT_OK) == (m != NULL));
    assert_true(st == GAT_OK || st == GAT_EMODEL);
    model_free(m);
    model_file_close(file);
    return st;
}

static const char *const names[] = {"header", "config", "entities", "relations", "entity_text", "facts", "params"};
enum { SECTIONS = sizeof names / sizeof *names };

static void test_every_byte_of_every_section(void **state)
{
    small_state *s = *state;
    static const unsigned char flips[] = {0x01, 0x80, 0xff};
    size_t size, entry = 0, length = 0, refused[SECTIONS] = {0};
    gat_error err;
    save(s->gat);
    char *image = get_file(path, &size);
    for (int i = 0; i < SECTIONS; i++) {
        char *bytes = section(image, names[i], &entry, &length);
        for (size_t at = 0; at<length; at += length> 2000 ? 37 : 1)
            for (int f = 0; f < 3; f++) {
                bytes[at] = (char)(bytes[at] ^ flips[f]);
                refused[i] += open_image(image, size, &err) == GAT_EMODEL;
                bytes[at] = (char)(bytes[at] ^ flips[f]);
            }
    }
    for (int i = 0; i + 1 < SECTIONS; i++) assert_true(refused[i] > 0);
    assert_int_equal(open_image(image, size, &err), GAT_OK);
    gat_free(image);
}

static void test_missing_and_shortened_sections(void **state)
{
    small_state *s = *state;
    size_t size, entry = 0, length = 0;
    gat_error err = {0};
    save(s->gat);
    char *image = get_file(path, &size);
    for (int i = 0; i < SECTIONS; i++) {
        section(image, names[i], &entry, &length);
        image[entry] = 'x';
        assert_int_equal(open_image(image, size, &err), strcmp(names[i], "entity_text") ? GAT_EMODEL : GAT_OK);
        image[entry] = names[i][0];
        for (size_t less = 1; less <= 16 && less <= length; less++) {
            char *bytes = section(image, names[i], &entry, &length), kept[16];
            memcpy(kept, bytes + length - less, less);
            memset(bytes + length - less, 0, less);
            image_put(image, entry + ENTRY_LENGTH, length - less, 8);
            assert_int_equal(open_image(image, size, &err), GAT_EMODEL);
            image_put(image, entry + ENTRY_LENGTH, length, 8);
            memcpy(bytes + length - less, kept, less);
        }
    }
    gat_free(image);
}

static void assert_refused(char *image, size_t size, const char *part)
{
    gat_error err = {0};
    assert_int_equal(open_image(image, size, &err), GAT_EMODEL);
    if (!strstr(err.message, part)) fail_msg("\"%s\" does not say \"%s\"", err.message, part);
}

static void test_parameters_that_are_no_numbers(void **state)
{
    small_state *s = *state;
    static const float values[] = {NAN, INFINITY, -INFINITY};
    size_t size, entry = 0, length = 0;
    save(s->gat);
    char *image = get_file(path, &size);
    char *params = section(image, "params", &entry, &length);
    for (size_t at = 0; at < length; at += length / 4 * 3 / sizeof(float) * sizeof(float))
        for (int i = 0; i < 3; i++) {
            char kept[sizeof(float)];
            memcpy(kept, params + at, sizeof kept);
            memcpy(params + at, &values[i], sizeof kept);
            assert_refused(image, size, "not a number");
            memcpy(params + at, kept, sizeof kept);
        }
    gat_free(image);
}

static void test_facts_out_of_range(void **state)
{
    small_state *s = *state;
    size_t size, entry = 0, length = 0;
    save(s->gat);
    char *image = get_file(path, &size);
    char *facts = section(image, "facts", &entry, &length);
    const int32_t wrong[] = {-1, s->gat->num_seen, INT32_MAX, INT32_MIN};
    for (size_t at = 0; at < 3 * sizeof(int32_t); at += sizeof(int32_t))
        for (int i = 0; i < 4; i++) {
            char kept[sizeof(int32_t)];
            memcpy(kept, facts + at, sizeof kept);
            memcpy(facts + at, &wrong[i], sizeof kept);
            assert_refused(image, size, "out of range");
            memcpy(facts + at, kept, sizeof kept);
        }
    gat_free(image);
}

/* The eight bytes of the header at word `word`, replaced. */
static void test_counts_of_the_header(void **state)
{
    small_state *s = *state;
    static const int64_t values[] = {-1, 0, 1, 1000, INT32_MAX, (int64_t)1 << 40, INT64_MAX, INT64_MIN};
    size_t size, entry = 0, length = 0;
    gat_error err;
    save(s->gat);
    char *image = get_file(path, &size);
    char *header = section(image, "header", &entry, &length);
    for (size_t word = 0; word < 6; word++)
        for (int i = 0; i < 8; i++) {
            uint64_t kept = image_get(header, 8 * word, 8);
            if ((int64_t)kept == values[i]) continue;
            image_put(header, 8 * word, (uint64_t)values[i], 8);
            assert_int_equal(open_image(image, size, &err), GAT_EMODEL);
            image_put(header, 8 * word, kept, 8);
        }
    gat_free(image);
}

static void test_metrics_of_the_header(void **state)
{
    small_state *s = *state;
    size_t size, entry = 0, length = 0;
    double nan = (double)NAN;
    uint64_t bits;
    memcpy(&bits, &nan, sizeof bits);
    save(s->gat);
    char *image = get_file(path, &size);
    char *header = section(image, "header", &entry, &length);
    for (size_t at = 48 + offsetof(model_origin, valid) + offsetof(gat_ranking, realistic);
         at < 48 + offsetof(model_origin, holdout_seed); at += 8) {
        uint64_t kept = image_get(header, at, 8);
        image_put(header, at, bits, 8);
        assert_refused(image, size, "out of range");
        image_put(header, at, kept, 8);
    }
    gat_free(image);
}

static void test_configurations(void **state)
{
    small_state *s = *state;
    static const char *const lines[][2] = {{"dim = 8", "dim = 9"},       {"dim = 8", "dim = x"},
                                           {"layers = 1", "layers = 2"}, {"model = gat", "model = gut"},
                                           {"attn-heads", "attn-haeds"}, {"= ", "- "}};
    size_t size, entry = 0, length = 0;
    save(s->gat);
    char *image = get_file(path, &size);
    char *config = section(image, "config", &entry, &length);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *at = strstr(config, lines[i][0]);
        assert_non_null(at);
        memcpy(at, lines[i][1], strlen(lines[i][1]));
        assert_refused(image, size, "bad model file: ");
        memcpy(at, lines[i][0], strlen(lines[i][0]));
    }
    gat_free(image);
}

static void test_messages_name_the_file(void **state)
{
    small_state *s = *state;
    size_t size, entry = 0, length = 0;
    gat_model *m;
    gat_error err = {0};
    save(s->gat);
    char *image = get_file(path, &size);
    section(image, "facts", &entry, &length);
    image[entry] = 'x';
    image_reseal(image, size);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(image, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(model_load(&m, path, &err), GAT_EMODEL);
    assert_null(m);
    assert_non_null(strstr(err.message, "test.model: "));
    assert_int_equal(model_load(&m, "absent.model", &err), GAT_EMODEL);
    assert_null(m);
    gat_free(image);
}

/* ---- failures ---- */

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_model *m = NULL;
        gat_error err = {0};
        uint64_t digest[2];
        memory_fail_at(n, false);
        st = model_save(s->gat, path, &err);
        if (!st) st = model_load(&m, path, &err);
        if (!st) st = model_finish(m, &err);
        if (!st) st = model_digest(digest, m, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 20 : st == GAT_ENOMEM);
        assert_int_equal(err.code, st);
        model_free(m);
    }
}

static void test_failing_files_leave_a_whole_one(void **state)
{
    small_state *s = *state;
    static const int codes[] = {EIO, ENOSPC};
    for (int c = 0; c < 2; c++) {
        gat_status st = GAT_EIO;
        save(s->none);
        size_t size, now_size;
        char *before = get_file(path, &size);
        for (int64_t n = 1; st; n++) {
            file_fail_at(n, codes[c]);
            st = model_save(s->gat, path, NULL);
            file_fail_at(0, 0);
            assert_true(st == GAT_OK || st == (codes[c] == ENOSPC ? GAT_ENOSPC : GAT_EIO));
            char *now = get_file(path, &now_size);
            bool old = now_size == size && !memcmp(now, before, size);
            if (!old) model_free(load());
            assert_true(old || n > 3);
            gat_free(now);
        }
        gat_free(before);
    }
}

static void test_failing_reads(void **state)
{
    small_state *s = *state;
    gat_status st = GAT_EIO;
    save(s->gat);
    for (int64_t n = 1; st; n++) {
        gat_model *m;
        file_fail_at(n, EIO);
        st = model_load(&m, path, NULL);
        file_fail_at(0, 0);
        assert_true(st == GAT_OK ? m != NULL : st == GAT_EIO && m == NULL);
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_calibration_out_of_range),
        cmocka_unit_test(test_equal_models_give_equal_files),
        cmocka_unit_test(test_digest_sees_numbers_and_names),
        cmocka_unit_test(test_every_byte_of_every_section),
        cmocka_unit_test(test_missing_and_shortened_sections),
        cmocka_unit_test(test_parameters_that_are_no_numbers),
        cmocka_unit_test(test_facts_out_of_range),
        cmocka_unit_test(test_counts_of_the_header),
        cmocka_unit_test(test_metrics_of_the_header),
        cmocka_unit_test(test_configurations),
        cmocka_unit_test(test_messages_name_the_file),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_failing_files_leave_a_whole_one),
        cmocka_unit_test(test_failing_reads),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}

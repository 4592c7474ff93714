/* Interrupted runs: a run that is stopped anywhere and resumed ends like one that was not; a checkpoint of another run or
 * a damaged one is refused; failing files leave the old one. */
#include "support/reseal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/model_file.h"
#include "support/check.h"
#include "support/ring_data.h"

static const char path[] = "run.checkpoint";

static int setup(void **state)
{
    *state = ring_dataset(false);
    return 0;
}

static int teardown(void **state)
{
    dataset_free(*state);
    return 0;
}

static void remove_checkpoint(void) { assert_int_equal(file_remove(path, NULL), GAT_OK); }

/* Stops a run after so many steps and epochs (0: do not); it leaves a checkpoint. */
static void interrupt(const gat_dataset *data, const gat_config *c, int64_t steps, int64_t epochs)
{
    ring_watch w = {.stop_after_steps = steps, .stop_after_epochs = epochs};
    gat_train_options o = ring_watched(&w);
    o.checkpoint = path;
    remove_checkpoint();
    ring_train(data, c, &o, GAT_EINTERRUPTED);
    assert_true(file_exists(path));
}

static ring_digest resumed(const gat_dataset *data, const gat_config *c)
{
    gat_train_options o = {.checkpoint = path, .resume = true};
    return ring_run(data, c, &o);
}

static void test_stop_at_any_step(void **state)
{
    static const char *const settings[] = {"", "optimizer=adam attention=dynamic layers=2 patience=1",
                                           "model=none lr-decay=0.9 warmup=2 keep=last", "negatives=5 fan-out=2"};
    for (int i = 0; i < 4; i++) {
        gat_config c = ring_config(settings[i]);
        ring_watch all = {.stop_after_steps = 1000};
        gat_train_options o = ring_watched(&all);
        ring_digest whole = ring_run(*state, &c, &o);
        assert_true(all.steps > 12);
        for (int64_t k = 1; k < all.steps; k += i ? 4 : 1) {
            interrupt(*state, &c, k, 0);
            ring_digest parts = resumed(*state, &c);
            assert_same_digest(whole, parts);
        }
    }
}

static void test_stop_after_an_epoch(void **state)
{
    gat_config c = ring_config("patience=2");
    ring_digest whole = ring_run(*state, &c, NULL);
    for (int64_t epochs = 1; epochs <= 3; epochs++) {
        interrupt(*state, &c, 0, epochs);
        ring_digest parts = resumed(*state, &c);
        assert_same_digest(whole, parts);
    }
}

/* Two steps at a time, with losses and validations as in one go. */
static void test_many_interruptions(void **state)
{
    gat_config c = ring_config("epochs=4");
    ring_watch all = {0}, pieces = {.stop_after_steps = 2};
    gat_train_options o = ring_watched(&all), p = ring_watched(&pieces);
    ring_digest whole = ring_run(*state, &c, &o);
    gat_model *m = NULL;
    p.checkpoint = path;
    p.resume = true;
    remove_checkpoint();
    while (!m) {
        gat_status st = train_model(&m, *state, &c, &p, NULL);
        assert_true(st == GAT_OK || st == GAT_EINTERRUPTED);
        pieces.steps = 0;
    }
    ring_digest parts = ring_digest_of(m);
    assert_same_digest(whole, parts);
    assert_int_equal(all.epochs, pieces.epochs);
    assert_memory_equal(all.loss, pieces.loss, sizeof all.loss);
    assert_memory_equal(all.mrr, pieces.mrr, sizeof all.mrr);
    model_free(m);
}

static void test_without_a_checkpoint(void **state)
{
    gat_config c = ring_config("");
    ring_watch w = {.stop_after_steps = 2};
    gat_train_options o = ring_watched(&w);
    ring_train(*state, &c, &o, GAT_EINTERRUPTED);
    remove_checkpoint();
    ring_digest afresh = resumed(*state, &c), whole = ring_run(*state, &c, NULL);
    assert_same_digest(afresh, whole);
}

static void assert_resume_fails(const gat_dataset *data, const gat_config *c, gat_status expected, const char *part)
{
    gat_train_options o = {.checkpoint = path, .resume = true};
    gat_model *m;
    gat_error err = {0};
    assert_int_equal(train_model(&m, data, c, &o, &err), expected);
    assert_null(m);
    if (!strstr(err.message, part)) fail_msg("\"%s\" does not say \"%s\"", err.message, part);
}

static void test_other_options_are_refused(void **state)
{
    static const char *const others[] = {"dim=16", "seed=2",         "model=none", "attention=mlp",
                                         "lr=0.3", "optimizer=adam", "layers=2"};
    gat_config c = ring_config(""), longer = ring_config("epochs=6 patience=5");
    ring_digest whole = ring_run(*state, &longer, NULL);
    interrupt(*state, &c, 5, 0);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        gat_config other = ring_config(others[i]);
        assert_resume_fails(*state, &other, GAT_EUSAGE, "run.checkpoint: the checkpoint was made with other options");
    }
    ring_digest parts = resumed(*state, &longer);
    assert_same_digest(whole, parts);
}

/* Parameters of an earlier epoch than the checkpoint's are gone; more epochs are welcome. */
static void test_fewer_epochs_are_refused(void **state)
{
    gat_config c = ring_config("");
    ring_digest three = ring_run(*state, &c, NULL);
    c.epochs = 2;
    interrupt(*state, &c, 0, 2);
    c.epochs = 1;
    assert_resume_fails(*state, &c, GAT_EUSAGE, "past the 1 asked for");
    c.epochs = 3;
    ring_digest prolonged = resumed(*state, &c);
    assert_same_digest(three, prolonged);
}

static void test_other_data_is_refused(void **state)
{
    gat_dataset *noise = ring_dataset(true);
    gat_config c = ring_config("");
    interrupt(*state, &c, 5, 0);
    assert_resume_fails(noise, &c, GAT_EUSAGE, "other data");
    dataset_free(noise);
}

/* ---- damage ---- */

static void put_image(const char *image, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(image, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static char *section(char *image, const char *name, size_t *entry, size_t *length)
{
    uint64_t count = image_get(image, HEADER_COUNT, 4);
    for (size_t e = ENTRY; e <= ENTRY * count; e += ENTRY) {
        if (strcmp(image + e, name)) continue;
        *entry = e;
        *length = (size_t)image_get(image, e + ENTRY_LENGTH, 8);
        return image + image_get(image, e + ENTRY_OFFSET, 8);
    }
    fail_msg("no section %s", name);
    return NULL;
}

/* Stops in the second of two members, so that a checkpoint has all there can be in one. */
static gat_config interrupt_second_member(const gat_dataset *data)
{
    gat_config c = ring_config("model=none members=2 epochs=1");
    interrupt(data, &c, 14, 0);
    return c;
}

static void test_missing_sections(void **state)
{
    static const char *const names[] = {"position", "kept_origin", "optimizer", "kept", "params", "header", "finished"};
    gat_config c = interrupt_second_member(*state);
    size_t size, entry = 0, length = 0;
    char *image;
    assert_int_equal(file_read_all(&image, &size, path, NULL), GAT_OK);
    for (int i = 0; i < 7; i++) {
        section(image, names[i], &entry, &length);
        image[entry] = 'x';
        image_reseal(image, size);
        put_image(image, size);
        assert_resume_fails(*state, &c, GAT_EMODEL, "run.checkpoint");
        image[entry] = names[i][0];
    }
    gat_free(image);
}

static void test_damaged_numbers(void **state)
{
    static const char *const names[] = {"optimizer", "kept", "params", "finished"};
    const float nan = NAN;
    gat_config c = interrupt_second_member(*state);
    size_t size, entry = 0, length = 0;
    char *image;
    assert_int_equal(file_read_all(&image, &size, path, NULL), GAT_OK);
    for (int i = 0; i < 4; i++) {
        char *bytes = section(image, names[i], &entry, &length), kept[sizeof nan];
        memcpy(kept, bytes + 40, sizeof kept);
        memcpy(bytes + 40, &nan, sizeof kept);
        image_reseal(image, size);
        put_image(image, size);
        assert_resume_fails(*state, &c, GAT_EMODEL, "not a number");
        memcpy(bytes + 40, kept, sizeof kept);
    }
    gat_free(image);
}

/* Every word of the position, replaced by hostile values: refused, or the run ends somehow, but it ends. */
static void test_damaged_position(void **state)
{
    const double nan = (double)NAN;
    uint64_t values[] = {UINT64_MAX, INT64_MAX, (uint64_t)1 << 63, 0, 1, 0};
    gat_config c = ring_config("optimizer=adam");
    gat_train_options o = {.checkpoint = path, .resume = true};
    size_t size, entry = 0, length = 0, refused = 0;
    char *image;
    memcpy(&values[5], &nan, sizeof nan);
    interrupt(*state, &c, 5, 0);
    assert_int_equal(file_read_all(&image, &size, path, NULL), GAT_OK);
    char *bytes = section(image, "position", &entry, &length);
    for (size_t at = 0; at < sizeof(train_position); at += 8)
        for (int i = 0; i < 6; i++) {
            uint64_t kept = image_get(bytes, at, 8);
            gat_model *m;
            image_put(bytes, at, values[i], 8);
            image_reseal(image, size);
            put_image(image, size);
            gat_status st = train_model(&m, *state, &c, &o, NULL);
            assert_true(st == GAT_OK || st == GAT_EMODEL || st == GAT_EFAILED || st == GAT_EUSAGE);
            refused += st == GAT_EMODEL || st == GAT_EUSAGE;
            model_free(m);
            image_put(bytes, at, kept, 8);
        }
    assert_true(refused > 10);
    gat_free(image);
}

static void test_truncated_and_foreign(void **state)
{
    gat_config c = ring_config("");
    size_t size;
    char *image;
    interrupt(*state, &c, 5, 0);
    assert_int_equal(file_read_all(&image, &size, path, NULL), GAT_OK);
    for (size_t n = 0; n < size; n += size / 10) {
        put_image(image, n);
        assert_resume_fails(*state, &c, GAT_EMODEL, "run.checkpoint");
    }
    image[size / 2] ^= 1;
    put_image(image, size);
    assert_resume_fails(*state, &c, GAT_EMODEL, "run.checkpoint");
    gat_free(image);
}

/* ---- failures ---- */

static void test_failing_files(void **state)
{
    gat_config c = ring_config("epochs=1");
    gat_status st = GAT_EIO;
    interrupt(*state, &c, 1, 0);
    for (int64_t n = 1; st != GAT_EINTERRUPTED; n++) {
        ring_watch w = {.stop_after_steps = 2};
        gat_train_options o = ring_watched(&w);
        gat_model *m;
        o.checkpoint = path;
        file_fail_at(n, ENOSPC);
        st = train_model(&m, *state, &c, &o, NULL);
        file_fail_at(0, 0);
        assert_true(st == GAT_EINTERRUPTED || st == GAT_ENOSPC);
        assert_null(m);
        resumed(*state, &c);
    }
}

static void test_failing_allocations(void **state)
{
    gat_config c = ring_config("epochs=1 batch=40");
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st == GAT_ENOMEM; n++) {
        ring_watch w = {.stop_after_steps = 1};
        gat_train_options o = ring_watched(&w);
        gat_model *m;
        o.checkpoint = path;
        remove_checkpoint();
        memory_fail_at(n, false);
        st = train_model(&m, *state, &c, &o, NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_EINTERRUPTED || st == GAT_ENOMEM);
        assert_null(m);
    }
    st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_train_options o = {.checkpoint = path, .resume = true};
        gat_model *m;
        memory_fail_at(n, false);
        st = train_model(&m, *state, &c, &o, NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? m != NULL : st == GAT_ENOMEM && m == NULL);
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_at_any_step),          cmocka_unit_test(test_stop_after_an_epoch),
        cmocka_unit_test(test_many_interruptions),        cmocka_unit_test(test_without_a_checkpoint),
        cmocka_unit_test(test_other_options_are_refused), cmocka_unit_test(test_fewer_epochs_are_refused),
        cmocka_unit_test(test_other_data_is_refused),     cmocka_unit_test(test_missing_sections),
        cmocka_unit_test(test_damaged_numbers),           cmocka_unit_test(test_damaged_position),
        cmocka_unit_test(test_truncated_and_foreign),     cmocka_unit_test(test_failing_files),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* The model container: what is written comes back; every damage is found; a failed write changes nothing. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/model_file.h"
#include "support/reseal.h"

static const char path[] = "test.model";
static const float weights[] = {1, -2, 0.5f};
static const gat_section sections[] = {
    {"config", "dim = 4\n", 8}, {"empty", "", 0}, {"weights_2", weights, sizeof weights}};

static void write_small(void)
{
    gat_error err;
    assert_int_equal(model_file_write(path, sections, 3, &err), GAT_OK);
}

/* The small file as bytes, for tests that damage it. Free with gat_free. */
static char *small_image(size_t *size)
{
    char *image;
    write_small();
    assert_int_equal(file_read_all(&image, size, path, NULL), GAT_OK);
    return image;
}

/* Status of opening a copy of the image. */
static gat_status open_image(const char *image, size_t size)
{
    gat_error err = {0};
    gat_model_file *f;
    char *copy = gat_alloc((int64_t)size, 1);
    assert_non_null(copy);
    memcpy(copy, image, size);
    gat_status st = model_file_take(&f, &copy, size, "image", &err);
    assert_null(copy);
    assert_true((st == GAT_OK) == (f != NULL));
    if (st) assert_memory_equal(err.message, "image: ", 7);
    model_file_close(f);
    return st;
}

static int files_here(void)
{
    int count = 0;
    DIR *folder = opendir(".");
    assert_non_null(folder);
    for (struct dirent *e; (e = readdir(folder));) count += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    closedir(folder);
    return count;
}

static void test_round_trip(void **state)
{
    (void)state;
    gat_model_file *f;
    const void *bytes;
    int64_t length;
    write_small();
    assert_int_equal(model_file_open(&f, path, NULL), GAT_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(model_file_section(&bytes, &length, f, sections[i].name, 1, NULL), GAT_OK);
        assert_int_equal(length, sections[i].length);
        assert_int_equal((uintptr_t)bytes % 64, 0);
        assert_memory_equal(bytes, sections[i].bytes, (size_t)length);
    }
    assert_int_equal(model_file_section(&bytes, &length, f, "weights_2", sizeof(float), NULL), GAT_OK);
    model_file_close(f);
    model_file_close(NULL);
}

static void test_section_faults(void **state)
{
    (void)state;
    gat_model_file *f;
    gat_error err;
    const void *bytes;
    int64_t length;
    write_small();
    assert_int_equal(model_file_open(&f, path, NULL), GAT_OK);
    assert_int_equal(model_file_section(&bytes, &length, f, "weights", 1, &err), GAT_EMODEL);
    assert_non_null(strstr(err.message, "\"weights\" is missing"));
    assert_null(bytes);
    assert_int_equal(model_file_section(&bytes, &length, f, "weights_2", 8, &err), GAT_EMODEL);
    model_file_close(f);
}

static void test_no_and_most_sections(void **state)
{
    (void)state;
    char names[MODEL_FILE_MAX_SECTIONS][MODEL_FILE_NAME];
    gat_section many[MODEL_FILE_MAX_SECTIONS];
    gat_model_file *f;
    for (int i = 0; i < MODEL_FILE_MAX_SECTIONS; i++) {
        memcpy(names[i], "name_of_twenty_three_00", MODEL_FILE_NAME);
        names[i][21] = (char)('0' + i / 10);
        names[i][22] = (char)('0' + i % 10);
        many[i] = (gat_section){names[i], names[i], i};
        if (i > MODEL_FILE_NAME) many[i].length = MODEL_FILE_NAME; /* no more bytes than the name has */
    }
    for (int count = 0; count <= MODEL_FILE_MAX_SECTIONS; count += MODEL_FILE_MAX_SECTIONS) {
        assert_int_equal(model_file_write(path, many, count, NULL), GAT_OK);
        assert_int_equal(model_file_open(&f, path, NULL), GAT_OK);
        model_file_close(f);
    }
}

static void test_equal_contents_give_equal_files(void **state)
{
    (void)state;
    size_t size, size_again;
    char *image = small_image(&size), *again = small_image(&size_again);
    assert_int_equal(size, size_again);
    assert_memory_equal(image, again, size);
    gat_free(image);
    gat_free(again);
}

static void test_every_bit_flip(void **state)
{
    (void)state;
    size_t size;
    char *image = small_image(&size);
    assert_int_equal(open_image(image, size), GAT_OK);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        image[bit / 8] ^= (char)(1 << bit % 8);
        assert_int_equal(open_image(image, size), GAT_EMODEL);
        image[bit / 8] ^= (char)(1 << bit % 8);
    }
    gat_free(image);
}

static void test_every_truncation_and_a_tail(void **state)
{
    (void)state;
    size_t size;
    char *image = small_image(&size), longer[1024] = {0};
    for (size_t n = 0; n < size; n++) assert_int_equal(open_image(image, n), GAT_EMODEL);
    memcpy(longer, image, size);
    assert_int_equal(open_image(longer, size + 1), GAT_EMODEL);
    image_put(longer, HEADER_LENGTH, size + 64, 8);
    image_reseal(longer, size + 64);
    assert_int_equal(open_image(longer, size + 64), GAT_EMODEL);
    gat_free(image);
}

/* A field of the header or of entry `entry` (0 is the header) set to a hostile value, checksums repaired. */
typedef struct forgery {
    size_t entry, field, bytes;
    uint64_t value;
} forgery;

static void test_resealed_forgeries(void **state)
{
    (void)state;
    /* Three entries end at 256; config at 256, empty at 320, weights_2 at 320, the end at 384. */
    static const forgery forgeries[] = {
        {0, HEADER_VERSION, 4, 2},
        {0, HEADER_COUNT, 4, 4},
        {0, HEADER_COUNT, 4, 2},
        {0, HEADER_COUNT, 4, 0},
        {0, HEADER_COUNT, 4, 65},
        {0, HEADER_COUNT, 4, UINT32_MAX},
        {0, HEADER_LENGTH, 8, UINT64_MAX},
        {0, HEADER_LENGTH, 8, 0},
        {0, 40, 8, 1},
        {1, ENTRY_OFFSET, 8, 0},
        {1, ENTRY_OFFSET, 8, 257},
        {2, ENTRY_OFFSET, 8, 256},
        {3, ENTRY_OFFSET, 8, 256},
        {3, ENTRY_OFFSET, 8, 384},
        {3, ENTRY_OFFSET, 8, UINT64_MAX - 63},
        {1, ENTRY_LENGTH, 8, 65},
        {1, ENTRY_LENGTH, 8, 128},
        {3, ENTRY_LENGTH, 8, 65},
        {3, ENTRY_LENGTH, 8, 0},
        {3, ENTRY_LENGTH, 8, UINT64_MAX},
        {3, ENTRY_LENGTH, 8, UINT64_MAX - 320},
        {3, ENTRY_LENGTH, 8, (uint64_t)1 << 63},
        {3, ENTRY_LENGTH, 8, 11},
        {1, 56, 8, 1},
        {1, 0, 1, 'C'},
        {1, 0, 1, 0},
        {1, 20, 1, 'x'},
        {2, 0, 8, 0x6769666e6f63}, /* a second "config" */
        {1, 0, 8, UINT64_MAX},
    };
    size_t size;
    char *image = small_image(&size);
    assert_int_equal(size, 384);
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        char forged[384];
        const forgery *f = &forgeries[i];
        memcpy(forged, image, size);
        image_put(forged, ENTRY * f->entry + f->field, f->value, f->bytes);
        image_reseal(forged, size);
        assert_int_equal(open_image(forged, size), GAT_EMODEL);
    }
    gat_free(image);
}

static void test_unterminated_name_and_padding(void **state)
{
    (void)state;
    size_t size;
    char *image = small_image(&size);
    image_reseal(image, size);
    assert_int_equal(open_image(image, size), GAT_OK);
    image[383] = 1;
    image_reseal(image, size);
    assert_int_equal(open_image(image, size), GAT_EMODEL);
    image[383] = 0;
    memset(image + ENTRY, 'a', MODEL_FILE_NAME);
    image_reseal(image, size);
    assert_int_equal(open_image(image, size), GAT_EMODEL);
    gat_free(image);
}

static void test_unreadable(void **state)
{
    (void)state;
    gat_model_file *f;
    gat_error err;
    assert_int_equal(model_file_open(&f, "absent.model", &err), GAT_EMODEL);
    assert_null(f);
    assert_non_null(strstr(err.message, "absent.model"));
}

static void test_floats(void **state)
{
    (void)state;
    gat_model_file *f;
    float read[3];
    write_small();
    assert_int_equal(model_file_open(&f, path, NULL), GAT_OK);
    assert_int_equal(model_file_length(f, "weights_2"), sizeof weights);
    assert_int_equal(model_file_length(f, "empty"), 0);
    assert_int_equal(model_file_length(f, "weights"), -1);
    assert_int_equal(model_file_floats(read, 3, f, "weights_2", NULL), GAT_OK);
    assert_memory_equal(read, weights, sizeof weights);
    assert_int_equal(model_file_floats(read, 0, f, "empty", NULL), GAT_OK);
    assert_int_equal(model_file_floats(read, 2, f, "weights_2", NULL), GAT_EMODEL);
    assert_int_equal(model_file_floats(read, 3, f, "weights", NULL), GAT_EMODEL);
    model_file_close(f);
    const float nan[] = {1, 0.0f / 0.0f};
    const gat_section bad = {"weights_2", nan, sizeof nan};
    assert_int_equal(model_file_write(path, &bad, 1, NULL), GAT_OK);
    assert_int_equal(model_file_open(&f, path, NULL), GAT_OK);
    assert_int_equal(model_file_floats(read, 2, f, "weights_2", NULL), GAT_EMODEL);
    model_file_close(f);
}

/* Sections come from the file when they are asked for: what has changed since is found then. */
static void test_a_file_that_changes(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        const void *bytes;
        int64_t length;
        float read[3];
        gat_model_file *f;
        gat_error err;
        write_small();
        assert_int_equal(model_file_open(&f, path, NULL), GAT_OK);
        FILE *other = fopen(path, "r+b");
        assert_non_null(other);
        assert_int_equal(fseek(other, -ENTRY, SEEK_END), 0);
        if (how) assert_int_equal(fputc('x', other), 'x');
        else assert_int_equal(ftruncate(fileno(other), ftell(other)), 0);
        assert_int_equal(fclose(other), 0);
        gat_status expected = how ? GAT_EMODEL : GAT_EIO;
        assert_int_equal(model_file_section(&bytes, &length, f, "weights_2", 1, &err), expected);
        assert_non_null(strstr(err.message, path));
        assert_int_equal(model_file_floats(read, 3, f, "weights_2", &err), expected);
        assert_int_equal(model_file_section(&bytes, &length, f, "config", 1, NULL), GAT_OK);
        model_file_close(f);
    }
}

/* What has no pieces is read whole. */
static void test_a_pipe(void **state)
{
    (void)state;
    size_t size;
    char *image = small_image(&size), name[64];
    int ends[2];
    gat_model_file *f;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], image, size), size);
    close(ends[1]);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    assert_int_equal(model_file_open(&f, name, NULL), GAT_OK);
    assert_int_equal(model_file_length(f, "weights_2"), sizeof weights);
    model_file_close(f);
    close(ends[0]);
    gat_free(image);
}

/* The folder is flushed after the rename; where only that fails, the new file is there, and whole. */
static void test_failing_files_leave_a_whole_one(void **state)
{
    (void)state;
    static const int codes[] = {EIO, ENOSPC, EACCES};
    for (int c = 0; c < 3; c++) {
        gat_status st = GAT_EIO;
        size_t size, size_now;
        char *image = small_image(&size), *now;
        int files = files_here();
        for (int64_t n = 1; st; n++) {
            file_fail_at(n, codes[c]);
            st = model_file_write(path, sections, 1, NULL);
            file_fail_at(0, 0);
            assert_true(st == GAT_OK || st == (codes[c] == ENOSPC ? GAT_ENOSPC : GAT_EIO));
            assert_int_equal(files_here(), files);
            assert_int_equal(file_read_all(&now, &size_now, path, NULL), GAT_OK);
            bool old = size_now == size && !memcmp(now, image, size);
            assert_true(old ? st != GAT_OK : n > 4);
            assert_int_equal(open_image(now, size_now), GAT_OK);
            gat_free(now);
        }
        gat_free(image);
    }
}

static void test_failing_reads(void **state)
{
    (void)state;
    gat_status st = GAT_EIO;
    write_small();
    for (int64_t n = 1; st; n++) {
        gat_model_file *f;
        file_fail_at(n, EIO);
        st = model_file_open(&f, path, NULL);
        file_fail_at(0, 0);
        assert_true(st == GAT_OK ? f != NULL && n > 2 : st == GAT_EIO && f == NULL);
        model_file_close(f);
    }
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_status st = GAT_ENOMEM;
    int files;
    write_small();
    files = files_here();
    for (int64_t n = 1; st; n++) {
        gat_model_file *f = NULL;
        gat_error err;
        memory_fail_at(n, false);
        st = model_file_write(path, sections, 3, &err);
        if (!st) st = model_file_open(&f, path, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? f != NULL && n > 4 : st == GAT_ENOMEM && f == NULL && err.code == GAT_ENOMEM);
        assert_int_equal(files_here(), files);
        model_file_close(f);
    }
}

static gat_intern *intern_of(const char *const *names, int count)
{
    gat_intern *table = intern_new();
    assert_non_null(table);
    for (int i = 0; i < count; i++) assert_int_equal(intern_add(table, names[i], strlen(names[i])), i);
    return table;
}

static void test_names(void **state)
{
    (void)state;
    static const char *const words[] = {"dog.n.01", "", "\xc3\xa4", "a b"};
    for (int count = 0; count <= 4; count++) {
        gat_intern *names = intern_of(words, count), *back;
        char *bytes;
        int64_t length;
        assert_int_equal(model_file_pack_names(&bytes, &length, names, NULL), GAT_OK);
        assert_int_equal(model_file_unpack_names(&back, bytes, length, count, NULL), GAT_OK);
        assert_int_equal(intern_count(back), count);
        for (int i = 0; i < count; i++) assert_string_equal(intern_string(back, i), words[i]);
        gat_free(bytes);
        intern_free(names);
        intern_free(back);
    }
}

static void test_bad_names(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int64_t length, count;
    } bad[] = {
        {"a\0b", 3, 2},   /* the last has no end */
        {"a\0b\0", 4, 1}, /* more than said */
        {"a\0b\0", 4, 3}, /* fewer */
        {"a\0b\0", 4, 5}, /* more names than bytes */
        {"a\0b\0", 4, -1},
        {"a\0b\0", 4, INT64_MAX},
        {"a\0a\0", 4, 2}, /* repeated */
        {"\xff\0", 2, 1},
        {"\xc0\x80\0", 3, 1}, /* overlong */
        {"\xed\xa0\x80\0", 4, 1} /* surrogate */,
        {"", 0, 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gat_intern *names;
        gat_error err;
        assert_int_equal(model_file_unpack_names(&names, bad[i].bytes, bad[i].length, bad[i].count, &err), GAT_EMODEL);
        assert_null(names);
    }
}

static void test_names_failing_allocations(void **state)
{
    (void)state;
    static const char *const words[] = {"one", "two"};
    gat_intern *names = intern_of(words, 2);
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_intern *back = NULL;
        char *bytes;
        int64_t length;
        memory_fail_at(n, false);
        st = model_file_pack_names(&bytes, &length, names, NULL);
        if (!st) st = model_file_unpack_names(&back, bytes, length, 2, NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? back != NULL && n > 4 : st == GAT_ENOMEM && back == NULL);
        gat_free(bytes);
        intern_free(back);
    }
    intern_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_section_faults),
        cmocka_unit_test(test_no_and_most_sections),
        cmocka_unit_test(test_equal_contents_give_equal_files),
        cmocka_unit_test(test_every_bit_flip),
        cmocka_unit_test(test_every_truncation_and_a_tail),
        cmocka_unit_test(test_resealed_forgeries),
        cmocka_unit_test(test_unterminated_name_and_padding),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_a_file_that_changes),
        cmocka_unit_test(test_a_pipe),
        cmocka_unit_test(test_failing_files_leave_a_whole_one),
        cmocka_unit_test(test_failing_reads),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bad_names),
        cmocka_unit_test(test_names_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

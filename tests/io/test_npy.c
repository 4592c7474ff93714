/* The header of .npy files, byte for byte where readers look. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/npy.h"

static gat_status write_array(const float *x, int64_t rows, int64_t columns)
{
    gat_writer *w;
    gat_status st = writer_open(&w, "x.npy", NULL);
    if (st) return st;
    st = npy_write_header(w, rows, columns, NULL);
    if (!st) st = writer_write(w, x, (size_t)(rows * columns) * sizeof *x, NULL);
    if (!st) return writer_commit(w, NULL);
    writer_abandon(w);
    return st;
}

static void check_array(int64_t rows, int64_t columns, const char *shape)
{
    static const float x[] = {1, 2, 3, 4, 5, 6};
    char *bytes;
    size_t size, header;
    assert_int_equal(write_array(x, rows, columns), GAT_OK);
    assert_int_equal(file_read_all(&bytes, &size, "x.npy", NULL), GAT_OK);
    assert_memory_equal(bytes, "\x93NUMPY\x01\x00", 8);
    header = 10 + (size_t)(uint8_t)bytes[8] + 256 * (size_t)(uint8_t)bytes[9];
    assert_int_equal(header % 64, 0);
    assert_int_equal(size, header + (size_t)(rows * columns) * sizeof *x);
    assert_int_equal(bytes[header - 1], '\n');
    assert_memory_equal(bytes + header, x, size - header);
    bytes[header - 1] = 0;
    assert_null(memchr(bytes + 10, 0, header - 11));
    assert_non_null(strstr(bytes + 10, shape));
    assert_memory_equal(bytes + 10, "{'descr': '<f4', 'fortran_order': False, ", 41);
    gat_free(bytes);
}

static void test_shapes(void **state)
{
    (void)state;
    check_array(2, 3, "'shape': (2, 3), }");
    check_array(0, 5, "'shape': (0, 5), }");
    check_array(6, 1, "'shape': (6, 1), }");
}

static void test_largest_shape_fits(void **state)
{
    (void)state;
    gat_writer *w;
    assert_int_equal(writer_open(&w, "x.npy", NULL), GAT_OK);
    assert_int_equal(npy_write_header(w, INT64_MAX, INT64_MAX, NULL), GAT_OK);
    writer_abandon(w);
}

static void test_failing_files(void **state)
{
    (void)state;
    static const float x[] = {1};
    gat_status st = GAT_EIO;
    for (int64_t n = 1; st; n++) {
        file_fail_at(n, EIO);
        st = write_array(x, 1, 1);
        file_fail_at(0, 0);
        assert_true(st == GAT_OK ? n > 3 : st == GAT_EIO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_largest_shape_fits),
        cmocka_unit_test(test_failing_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Reading plain and compressed files, replacing files only whole, and both when system calls fail. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { SIZE = 300000 };

static char plain[SIZE], packed[2 * SIZE];

static void fill_plain(void)
{
    uint32_t x = 1;
    for (int i = 0; i < SIZE; i++) {
        x = x * 1664525u + 1013904223u;
        plain[i] = (char)('a' + (x >> 24) % 7);
    }
}

static void put(const char *path, const void *bytes, size_t count)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, count, f), count);
    assert_int_equal(fclose(f), 0);
}

static size_t gzip_member(char *to, const char *from, size_t count)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)from;
    z.avail_in = (unsigned)count;
    z.next_out = (unsigned char *)to;
    z.avail_out = SIZE;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t size = z.total_out;
    deflateEnd(&z);
    return size;
}

/* Reads the file in pieces and compares it with plain[0..count). */
static gat_status read_and_compare(const char *path, size_t count, size_t piece, gat_error *err)
{
    static char buffer[SIZE + 100];
    gat_reader *r;
    size_t used = 0, got = 1;
    gat_status st = reader_open(&r, path, err);
    while (!st && got) {
        assert_true(used + piece <= sizeof buffer);
        st = reader_read(r, buffer + used, piece, &got, err);
        if (!st) used += got;
    }
    reader_close(r);
    if (st) return st;
    assert_int_equal(used, count);
    assert_memory_equal(buffer, plain, count);
    return st;
}

static void reads(const char *path, size_t count)
{
    gat_error err;
    assert_int_equal(read_and_compare(path, count, 100, &err), GAT_OK);
    assert_int_equal(read_and_compare(path, count, 7, &err), GAT_OK);
}

static void test_plain(void **state)
{
    (void)state;
    put("plain", plain, SIZE);
    reads("plain", SIZE);
    put("short", plain, 3);
    reads("short", 3);
    put("empty", plain, 0);
    reads("empty", 0);
}

/* Two members or frames, one after the other, are one stream. */
static void test_gzip(void **state)
{
    (void)state;
    size_t first = gzip_member(packed, plain, 1000), second = gzip_member(packed + first, plain + 1000, SIZE - 1000);
    put("a.gz", packed, first + second);
    reads("a.gz", SIZE);
    put("nothing.gz", packed, gzip_member(packed, plain, 0));
    reads("nothing.gz", 0);
}

static void test_zstd(void **state)
{
    (void)state;
    size_t first = ZSTD_compress(packed, SIZE, plain, 1000, 3),
           second = ZSTD_compress(packed + first, SIZE, plain + 1000, SIZE - 1000, 3);
    put("a.zst", packed, first + second);
    reads("a.zst", SIZE);
}

static void test_every_truncation_is_seen(void **state)
{
    (void)state;
    for (int zstd = 0; zstd < 2; zstd++) {
        size_t size = zstd ? ZSTD_compress(packed, SIZE, plain, 300, 3) : gzip_member(packed, plain, 300);
        for (size_t cut = 4; cut < size; cut++) {
            gat_error err;
            put("cut", packed, cut);
            assert_int_equal(read_and_compare("cut", 300, 100, &err), GAT_EDATA);
            assert_non_null(strstr(err.message, "cut: compressed data ends too early"));
        }
    }
}

static void test_damage_is_seen(void **state)
{
    gat_error err;
    (void)state;
    size_t size = gzip_member(packed, plain, SIZE);
    packed[size - 6] ^= 1; /* the checksum */
    put("bad.gz", packed, size);
    assert_int_equal(read_and_compare("bad.gz", SIZE, 100, &err), GAT_EDATA);
    put("junk.gz", packed, gzip_member(packed, plain, SIZE) + 3);
    assert_int_equal(read_and_compare("junk.gz", SIZE, 100, &err), GAT_EDATA);
    assert_int_equal(read_and_compare("absent", 0, 100, &err), GAT_EDATA);
    assert_string_equal(err.message, "absent: no such file");
}

/* 80 MB of zeros in 80 kB. */
static void test_a_bomb_is_refused(void **state)
{
    static char zeros[1 << 20];
    (void)state;
    size_t used = 0;
    for (int i = 0; i < 80; i++) used += ZSTD_compress(packed + used, 2 * SIZE - used, zeros, sizeof zeros, 3);
    put("bomb.zst", packed, used);
    gat_reader *r;
    gat_error err;
    gat_status st = reader_open(&r, "bomb.zst", &err);
    size_t got = 1;
    while (!st && got) st = reader_read(r, zeros, sizeof zeros, &got, &err);
    reader_close(r);
    assert_int_equal(st, GAT_EDATA);
    assert_non_null(strstr(err.message, "more than 1000 times"));
}

static gat_status write_file(const char *path, size_t count, gat_error *err)
{
    gat_writer *w;
    gat_status st = writer_open(&w, path, err);
    for (size_t i = 0; !st && i < count; i += 1000) {
        st = writer_write(w, plain + i, count - i < 1000 ? count - i : 1000, err);
        if (st) writer_abandon(w);
    }
    return st ? st : writer_commit(w, err);
}

static void no_temporary(const char *path)
{
    char name[100];
    snprintf(name, sizeof name, "%s.tmp.%ld", path, (long)getpid());
    assert_false(file_exists(name));
}

static void test_write(void **state)
{
    gat_error err;
    struct stat info;
    (void)state;
    assert_int_equal(write_file("out", SIZE, &err), GAT_OK);
    reads("out", SIZE);
    assert_int_equal(chmod("out", 0640), 0);
    assert_int_equal(symlink("out", "link"), 0);
    assert_int_equal(write_file("link", 5, &err), GAT_OK);
    reads("out", 5);
    assert_int_equal(stat("out", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    no_temporary("out");
    assert_int_equal(write_file("/dev/null", SIZE, &err), GAT_OK);
    assert_int_equal(write_file("absent/out", 5, &err), GAT_EIO);
    assert_int_equal(write_file(".", 5, &err), GAT_EIO);
    assert_int_equal(file_remove("out", &err), GAT_OK);
    assert_int_equal(file_remove("out", &err), GAT_OK);
    writer_abandon(NULL);
}

/* What a killed process of the same number left behind does not stand in the way. */
static void test_stale_temporary(void **state)
{
    gat_error err;
    char name[100];
    (void)state;
    snprintf(name, sizeof name, "fresh.tmp.%ld", (long)getpid());
    put(name, "old", 3);
    assert_int_equal(write_file("fresh", 10, &err), GAT_OK);
    reads("fresh", 10);
    assert_false(file_exists(name));
}

static void test_failing_writes_keep_the_old_file(void **state)
{
    gat_status st = GAT_EIO;
    (void)state;
    put("kept", plain, 7);
    for (int64_t n = 1; st; n++) {
        gat_error err;
        int code = n % 2 ? ENOSPC : EACCES;
        assert_true(n < 100);
        file_fail_at(n, code);
        st = write_file("kept", SIZE, &err);
        int64_t operations = file_operation_count();
        file_fail_at(0, 0);
        no_temporary("kept");
        if (!st) continue;
        assert_int_equal(st, code == ENOSPC ? GAT_ENOSPC : GAT_EIO);
        assert_non_null(strstr(err.message, "kept: cannot"));
        /* Only flushing the folder, the last operation of all, comes after the rename. */
        bool renamed = operations == n && strstr(err.message, "flush the folder");
        reads("kept", renamed ? SIZE : 7);
        put("kept", plain, 7);
    }
    reads("kept", SIZE);
}

static void test_failing_reads(void **state)
{
    gat_status st = GAT_EIO;
    (void)state;
    put("in.gz", packed, gzip_member(packed, plain, SIZE));
    for (int64_t n = 1; st; n++) {
        gat_error err;
        file_fail_at(n, EIO);
        st = read_and_compare("in.gz", SIZE, 100, &err);
        file_fail_at(0, 0);
        if (st) assert_int_equal(st, GAT_EIO);
    }
    st = GAT_EIO;
    for (int64_t n = 1; st; n++) {
        char *bytes;
        size_t count;
        file_fail_at(n, EIO);
        st = file_read_all(&bytes, &count, "in.gz", NULL);
        file_fail_at(0, 0);
        if (st) assert_null(bytes);
        gat_free(bytes);
    }
}

static void test_failing_allocations(void **state)
{
    gat_status st = GAT_ENOMEM;
    (void)state;
    for (int64_t n = 1; st; n++) {
        gat_error err;
        memory_fail_at(n, false);
        st = write_file("w", 100, &err);
        memory_fail_at(0, false);
        if (st) assert_int_equal(st, GAT_ENOMEM);
    }
    put("r.gz", packed, gzip_member(packed, plain, 100));
    st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_error err;
        memory_fail_at(n, false);
        st = read_and_compare("r.gz", 100, 100, &err);
        memory_fail_at(0, false);
        if (st) assert_int_equal(st, GAT_ENOMEM);
    }
}

static void test_read_all(void **state)
{
    char *bytes;
    size_t count;
    gat_error err;
    (void)state;
    put("all", plain, SIZE);
    assert_int_equal(file_read_all(&bytes, &count, "all", &err), GAT_OK);
    assert_int_equal(count, SIZE);
    assert_memory_equal(bytes, plain, SIZE);
    assert_int_equal(bytes[SIZE], 0);
    gat_free(bytes);
    /* A file that claims to be empty. */
    assert_int_equal(file_read_all(&bytes, &count, "/proc/self/status", &err), GAT_OK);
    assert_true(count > 100);
    gat_free(bytes);
    assert_int_equal(file_read_all(&bytes, &count, ".", &err), GAT_EIO);
    assert_null(bytes);
    assert_true(file_is_folder("."));
    assert_false(file_is_folder("all"));
}

static void test_utf8(void **state)
{
    static const char *const good[] = {
        "", "plain ascii of more than eight", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "12345678\xc3\xa9x"};
    static const char *const bad[] = {
        "\x80",         "\xc3",    "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "12345678\xff", "\xe2\x82"};
    char s[4];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(utf8_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(utf8_valid(bad[i], strlen(bad[i])));
    for (uint32_t code = 1; code < 0x110000; code += 61) {
        int n = utf8_encode(s, code);
        assert_int_equal(n == 0, code >= 0xd800 && code < 0xe000);
        assert_true(utf8_valid(s, (size_t)n));
    }
    assert_int_equal(utf8_encode(s, 0x110000), 0);
    assert_int_equal(utf8_cut("a\xc3\xa9z", 4, 2), 1);
    assert_int_equal(utf8_cut("a\xc3\xa9z", 4, 3), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_zstd),
        cmocka_unit_test(test_every_truncation_is_seen),
        cmocka_unit_test(test_damage_is_seen),
        cmocka_unit_test(test_a_bomb_is_refused),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_stale_temporary),
        cmocka_unit_test(test_failing_writes_keep_the_old_file),
        cmocka_unit_test(test_failing_reads),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_read_all),
        cmocka_unit_test(test_utf8),
    };
    fill_plain();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

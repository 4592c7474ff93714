/* The counter is process-wide like the one of memory.c: a fault hook has to reach every caller without being
 * passed around. */
#include "base/file_ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

enum { LARGEST_CALL = 1 << 30 };

static atomic_int_fast64_t operations, fail_at;
static atomic_int fail_code;

void file_fail_at(int64_t n, int code)
{
    atomic_store(&operations, 0);
    atomic_store(&fail_code, code);
    atomic_store(&fail_at, n);
}

int64_t file_operation_count(void) { return atomic_load(&operations); }

static bool told_to_fail(void)
{
    int64_t now = atomic_fetch_add(&operations, 1) + 1;
    if (now != atomic_load(&fail_at)) return false;
    errno = atomic_load(&fail_code);
    return true;
}

int file_op_open(const char *path, int flags)
{
    if (told_to_fail()) return -1;
    int fd;
    do fd = open(path, flags | O_CLOEXEC, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

int64_t file_op_read(int fd, void *buffer, size_t capacity)
{
    if (told_to_fail()) return -1;
    int64_t got;
    do got = read(fd, buffer, capacity < LARGEST_CALL ? capacity : LARGEST_CALL);
    while (got < 0 && errno == EINTR);
    return got;
}

int64_t file_op_read_at(int fd, void *buffer, size_t capacity, int64_t offset)
{
    if (told_to_fail()) return -1;
    int64_t got;
    do got = pread(fd, buffer, capacity < LARGEST_CALL ? capacity : LARGEST_CALL, offset);
    while (got < 0 && errno == EINTR);
    return got;
}

int file_op_write(int fd, const void *bytes, size_t count)
{
    if (told_to_fail()) return -1;
    const char *at = bytes;
    while (count > 0) {
        int64_t written = write(fd, at, count < LARGEST_CALL ? count : LARGEST_CALL);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -1;
        at += written;
        count -= (size_t)written;
    }
    return 0;
}

int file_op_sync(int fd)
{
    if (told_to_fail()) return -1;
    int result;
    do result = fsync(fd);
    while (result < 0 && errno == EINTR);
    return result < 0 && errno == EINVAL ? 0 : result;
}

int file_op_rename(const char *from, const char *to) { return told_to_fail() ? -1 : rename(from, to); }

gat_status file_op_error(gat_error *err, const char *path, const char *doing, int code)
{
    gat_status st = code == ENOSPC || code == EDQUOT || code == EFBIG ? GAT_ENOSPC : GAT_EIO;
    if (code == ENOENT && !strcmp(doing, "open")) return error_set(err, GAT_EDATA, "%.400s: no such file", path);
    return error_set(err, st, "%.400s: cannot %s: %s", path, doing, strerror(code));
}

/* The system calls behind reader.c, writer.c and file.c: interrupted calls are repeated, and every one is
 * counted, so that tests can make the n-th fail (file_fail_at). Failure is -1 with errno set. */
#ifndef GAT_BASE_FILE_OPS_H
#define GAT_BASE_FILE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

int file_op_open(const char *path, int flags);

/* Bytes read, 0 at the end, or -1. */
int64_t file_op_read(int fd, void *buffer, size_t capacity);
int64_t file_op_read_at(int fd, void *buffer, size_t capacity, int64_t offset);

/* All count bytes are written, or -1. */
int file_op_write(int fd, const void *bytes, size_t count);

/* A folder on a file system that cannot flush folders counts as flushed. */
int file_op_sync(int fd);
int file_op_rename(const char *from, const char *to);

/* "PATH: cannot DOING: REASON" with the reason in `code`: GAT_ENOSPC for a full disk, GAT_EDATA ("no such file") where what is
 * to be opened is not there, GAT_EIO otherwise. */
gat_status file_op_error(gat_error *err, const char *path, const char *doing, int code);

#endif

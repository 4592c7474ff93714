/* All file access of the project: reading whole or compressed streams, and replacing a file only whole.
 *
 * Tests can make the n-th operation (open, read, write, sync, rename) fail with a chosen errno.
 * Messages name the path and the system's reason. Not thread-safe per object. */
#ifndef GAT_BASE_FILE_H
#define GAT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* A stream of decompressed bytes; plain, gzip or zstd is told by the first bytes, not by the name. */
typedef struct gat_reader gat_reader;

/* GAT_EIO: cannot be opened or read. */
gat_status reader_open(gat_reader **out, const char *path, gat_error *err);

/* The same from bytes borrowed until close; `name` stands for the path in messages. */
gat_status reader_open_memory(gat_reader **out, const void *bytes, size_t count, const char *name, gat_error *err);
void reader_close(gat_reader *reader);

/* The path or name given at opening; borrowed until close. */
const char *reader_path(const gat_reader *reader);

/* Up to capacity bytes into buffer; *count 0 at the end. GAT_EDATA: damaged or truncated compressed
 * stream, or one that grows more than 1000 to 1 beyond 64 MiB; GAT_EIO: read error. */
gat_status reader_read(gat_reader *reader, char *buffer, size_t capacity, size_t *count, gat_error *err);

/* A file written under a temporary name in the same folder, and renamed to `path` by writer_commit after
 * flushing file and folder. Anything else leaves an existing file as it was. Links are followed; a device or
 * a pipe is written directly. */
typedef struct gat_writer gat_writer;

gat_status writer_open(gat_writer **out, const char *path, gat_error *err);
gat_status writer_write(gat_writer *writer, const void *bytes, size_t count, gat_error *err);

/* Everything written so far reaches the disk, so that a commit has little left that can fail: for files that belong
 * together. */
gat_status writer_flush(gat_writer *writer, gat_error *err);

/* Flush, rename, free. On failure the temporary file is removed; the writer is freed either way. */
gat_status writer_commit(gat_writer *writer, gat_error *err);

/* Gives up: removes the temporary file, frees. NULL is fine. */
void writer_abandon(gat_writer *writer);

/* The whole file, as it lies on the disk, plus one terminating zero byte. Free with gat_free. */
gat_status file_read_all(char **bytes, size_t *count, const char *path, gat_error *err);

/* A file to be read piece by piece, anywhere. *fd -1 with success: no regular file, which only file_read_all can read. */
gat_status file_open_pieces(int *fd, int64_t *size, const char *path, gat_error *err);

/* count bytes from `offset` on; GAT_EIO when the file has become shorter. `path` is for the message. */
gat_status file_read_piece(int fd, void *bytes, int64_t count, int64_t offset, const char *path, gat_error *err);

/* -1 is fine. */
void file_close_pieces(int fd);

bool file_exists(const char *path);
bool file_is_folder(const char *path);

/* Removes a file; a missing one is fine. */
gat_status file_remove(const char *path, gat_error *err);

/* Test hook, process-wide: the n-th operation from now fails with errno `code`; 0 switches it off. */
void file_fail_at(int64_t n, int code);
int64_t file_operation_count(void);

#endif

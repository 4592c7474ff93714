/* Whole files, files in pieces, and questions about paths. Streams are in reader.c and writer.c. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_ops.h"
#include "base/memory.h"

enum { FIRST_CAPACITY = 1 << 16 };

/* The size a regular file claims is only a first guess: it is read until the end. */
static int64_t capacity_for(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? (int64_t)info.st_size + 2 : FIRST_CAPACITY;
}

gat_status file_read_all(char **bytes, size_t *count, const char *path, gat_error *err)
{
    gat_status st = GAT_ENOMEM;
    char *buffer = NULL;
    int64_t used = 0, got = 0;
    *bytes = NULL;
    *count = 0;
    int fd = file_op_open(path, O_RDONLY);
    if (fd < 0) return file_op_error(err, path, "open", errno);
    int64_t capacity = capacity_for(fd);
    buffer = gat_alloc(capacity, 1);
    if (!buffer) goto nomem;
    while ((got = file_op_read(fd, buffer + used, (size_t)(capacity - used - 1))) > 0) {
        used += got;
        if (used + 1 < capacity) continue;
        char *bigger = gat_regrow(buffer, used, 2 * capacity, 1);
        if (!bigger) goto nomem;
        buffer = bigger;
        capacity *= 2;
    }
    if (got < 0) {
        st = file_op_error(err, path, "read", errno);
        goto done;
    }
    buffer[used] = 0;
    *bytes = buffer;
    *count = (size_t)used;
    buffer = NULL;
    st = GAT_OK;
    goto done;
nomem:
    error_set(err, GAT_ENOMEM, "%.400s: %s", path, status_text(GAT_ENOMEM));
done:
    close(fd);
    gat_free(buffer);
    return st;
}

gat_status file_open_pieces(int *fd, int64_t *size, const char *path, gat_error *err)
{
    struct stat info;
    *fd = -1;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) return GAT_OK;
    int opened = file_op_open(path, O_RDONLY);
    if (opened < 0) return file_op_error(err, path, "open", errno);
    if (fstat(opened, &info) == 0) {
        *fd = opened;
        *size = (int64_t)info.st_size;
        return GAT_OK;
    }
    gat_status st = file_op_error(err, path, "read", errno);
    close(opened);
    return st;
}

gat_status file_read_piece(int fd, void *bytes, int64_t count, int64_t offset, const char *path, gat_error *err)
{
    for (int64_t done = 0; done < count;) {
        int64_t got = file_op_read_at(fd, (char *)bytes + done, (size_t)(count - done), offset + done);
        if (got < 0) return file_op_error(err, path, "read", errno);
        if (got == 0) return error_set(err, GAT_EIO, "%.400s: the file became shorter while it was read", path);
        done += got;
    }
    return GAT_OK;
}

void file_close_pieces(int fd)
{
    if (fd >= 0) close(fd);
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

gat_status file_remove(const char *path, gat_error *err)
{
    return unlink(path) == 0 || errno == ENOENT ? GAT_OK : file_op_error(err, path, "remove", errno);
}

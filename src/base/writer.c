/* Writing through a temporary file in the same folder. The target appears only by rename, after the bytes are
 * on the disk, so a failure at any point leaves an existing file as it was. A target that is a device or a
 * pipe has no old contents to keep and is written directly. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/file_ops.h"
#include "base/memory.h"

enum { BUFFER_SIZE = 1 << 18 };

struct gat_writer {
    int fd;
    char *path;      /* where the file will stand, links resolved */
    char *temporary; /* NULL: written directly */
    char *buffer;
    size_t used;
};

static void writer_free(gat_writer *w)
{
    if (!w) return;
    if (w->fd >= 0) close(w->fd);
    gat_free(w->path);
    gat_free(w->temporary);
    gat_free(w->buffer);
    gat_free(w);
}

void writer_abandon(gat_writer *w)
{
    if (w && w->temporary && w->fd >= 0) unlink(w->temporary);
    writer_free(w);
}

static char *temporary_name(const char *path)
{
    size_t size = strlen(path) + 32;
    char *name = gat_alloc((int64_t)size, 1);
    if (name) snprintf(name, size, "%s.tmp.%ld", path, (long)getpid());
    return name;
}

/* A file left behind by a killed process that had our number is in nobody's use. */
static int open_temporary(const char *name)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL;
    int fd = file_op_open(name, flags);
    if (fd >= 0 || errno != EEXIST || unlink(name) < 0) return fd;
    return file_op_open(name, flags);
}

/* Opens w->fd for w->path. A replaced file passes its permissions on. */
static gat_status open_target(gat_writer *w, gat_error *err)
{
    struct stat info;
    bool exists = stat(w->path, &info) == 0;
    if (exists && S_ISDIR(info.st_mode)) return file_op_error(err, w->path, "write", EISDIR);
    if (exists && !S_ISREG(info.st_mode)) {
        w->fd = file_op_open(w->path, O_WRONLY);
    } else {
        w->temporary = temporary_name(w->path);
        if (!w->temporary) return error_nomem(err);
        w->fd = open_temporary(w->temporary);
    }
    if (w->fd < 0) return file_op_error(err, w->path, "create", errno);
    if (exists && w->temporary && fchmod(w->fd, info.st_mode & 0777) < 0)
        return file_op_error(err, w->path, "create", errno);
    return GAT_OK;
}

gat_status writer_open(gat_writer **out, const char *path, gat_error *err)
{
    gat_status st = GAT_ENOMEM;
    char resolved[PATH_MAX];
    *out = NULL;
    gat_writer *w = gat_calloc(1, sizeof *w);
    if (!w) return error_nomem(err);
    w->fd = -1;
    w->path = gat_strdup(realpath(path, resolved) ? resolved : path);
    w->buffer = gat_alloc(BUFFER_SIZE, 1);
    st = w->path && w->buffer ? open_target(w, err) : error_nomem(err);
    if (st) {
        writer_abandon(w);
        return st;
    }
    *out = w;
    return GAT_OK;
}

static gat_status flush(gat_writer *w, gat_error *err)
{
    if (w->used && file_op_write(w->fd, w->buffer, w->used) < 0) return file_op_error(err, w->path, "write", errno);
    w->used = 0;
    return GAT_OK;
}

gat_status writer_write(gat_writer *w, const void *bytes, size_t count, gat_error *err)
{
    if (count > BUFFER_SIZE - w->used) {
        gat_status st = flush(w, err);
        if (st) return st;
    }
    if (count >= BUFFER_SIZE) {
        if (file_op_write(w->fd, bytes, count) < 0) return file_op_error(err, w->path, "write", errno);
        return GAT_OK;
    }
    if (count) memcpy(w->buffer + w->used, bytes, count);
    w->used += count;
    return GAT_OK;
}

static int open_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (length >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, path, length);
    folder[length] = 0;
    return file_op_open(slash ? folder : ".", O_RDONLY | O_DIRECTORY);
}

/* From here on fd is closed in all cases; close tells of late write errors on network file systems. */
static gat_status close_target(gat_writer *w, gat_error *err)
{
    int failed = close(w->fd) < 0 && errno != EINTR;
    w->fd = -1;
    return failed ? file_op_error(err, w->path, "write", errno) : GAT_OK;
}

/* The folder is opened before the rename: only its flushing is left that could fail afterwards. */
static gat_status put_in_place(gat_writer *w, gat_error *err)
{
    gat_status st = GAT_OK;
    int folder = open_folder_of(w->path);
    if (folder < 0) {
        st = file_op_error(err, w->path, "open the folder", errno);
        goto failed;
    }
    st = close_target(w, err);
    if (st) goto failed;
    if (file_op_rename(w->temporary, w->path) < 0) {
        st = file_op_error(err, w->path, "rename", errno);
        goto failed;
    }
    if (file_op_sync(folder) < 0) st = file_op_error(err, w->path, "flush the folder", errno);
    close(folder);
    return st;
failed:
    unlink(w->temporary);
    if (folder >= 0) close(folder);
    return st;
}

gat_status writer_flush(gat_writer *w, gat_error *err)
{
    gat_status st = flush(w, err);
    if (!st && w->temporary && file_op_sync(w->fd) < 0) st = file_op_error(err, w->path, "flush", errno);
    return st;
}

gat_status writer_commit(gat_writer *w, gat_error *err)
{
    gat_status st = writer_flush(w, err);
    if (st) goto failed;
    st = w->temporary ? put_in_place(w, err) : close_target(w, err);
    writer_free(w);
    return st;
failed:
    writer_abandon(w);
    return st;
}

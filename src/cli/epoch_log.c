/* The log grows while the training runs and is read meanwhile, so it is a plain stream and not a file that is
 * replaced whole at the end. */
#include "cli/epoch_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/report.h"

struct gat_epoch_log {
    FILE *stream;
    char *path;
    bool started;
};

static gat_status failed(const gat_epoch_log *log, gat_error *err)
{
    return error_set(err, errno == ENOSPC ? GAT_ENOSPC : GAT_EIO, "%s: cannot write the log: %s", log->path,
                     strerror(errno));
}

gat_status epoch_log_open(gat_epoch_log **out, const char *path, gat_error *err)
{
    gat_status st = GAT_OK;
    gat_epoch_log *log = gat_calloc(1, sizeof *log);
    *out = NULL;
    if (!log || !(log->path = gat_strdup(path))) {
        st = error_nomem(err);
        goto done;
    }
    log->stream = fopen(path, "a+e");
    if (!log->stream) {
        st = failed(log, err);
        goto done;
    }
    *out = log;
    log = NULL;
done:
    epoch_log_close(log);
    return st;
}

/* What the lines count. */
static const char *key_of(const gat_progress *p) { return p->all_queries ? "queries" : "epoch"; }
static int64_t count_of(const gat_progress *p) { return p->all_queries ? p->queries : p->epoch; }

/* -1 for what is no whole line of a log. */
static json_int_t count_in(const char *line, const char *key)
{
    json_t *object = json_loads(line, 0, NULL), *epoch = json_object_get(object, key);
    json_int_t value = json_is_integer(epoch) ? json_integer_value(epoch) : -1;
    json_decref(object);
    return value;
}

/* Length of the lines at the start that come before this one. */
static off_t length_before(gat_epoch_log *log, const gat_progress *first)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    off_t length = 0;
    rewind(log->stream);
    while ((n = getline(&line, &room, log->stream)) > 0 && line[n - 1] == '\n') {
        json_int_t count = count_in(line, key_of(first));
        if (count < 0 || count >= count_of(first)) break;
        length += n;
    }
    free(line); /* getline's own */
    return length;
}

/* Only a regular file has lines to drop; a pipe or a terminal just gets the new ones. */
static int drop_from(gat_epoch_log *log, const gat_progress *first)
{
    struct stat about;
    bool regular = !fstat(fileno(log->stream), &about) && S_ISREG(about.st_mode);
    return regular ? ftruncate(fileno(log->stream), length_before(log, first)) : 0;
}

static json_t *epoch_object(const gat_progress *p)
{
    json_t *object = json_pack("{s:I,s:o,s:o,s:o,s:b}", key_of(p), (json_int_t)count_of(p), "loss",
                               report_number(p->loss), "seconds", report_number(p->seconds), "learning_rate",
                               report_number(p->learning_rate), "improved", p->improved);
    return p->valid.queries ? report_set(object, "valid", report_metrics(&p->valid.realistic)) : object;
}

gat_status epoch_log_add(gat_epoch_log *log, const gat_progress *progress, gat_error *err)
{
    if (!log->started && drop_from(log, progress)) return failed(log, err);
    log->started = true;
    json_t *object = epoch_object(progress);
    if (!object) return error_nomem(err);
    fseek(log->stream, 0, SEEK_END);
    int bad = json_dumpf(object, log->stream, JSON_REAL_PRECISION(15)) || fputc('\n', log->stream) == EOF ||
              fflush(log->stream);
    json_decref(object);
    return bad ? failed(log, err) : GAT_OK;
}

void epoch_log_close(gat_epoch_log *log)
{
    if (!log) return;
    if (log->stream) fclose(log->stream);
    gat_free(log->path);
    gat_free(log);
}

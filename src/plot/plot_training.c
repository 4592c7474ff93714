/* A log is JSON lines: epoch or queries, loss, and where there was a validation its metrics. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "plot/chart.h"
#include "plot/plot.h"

typedef struct training_log {
    bool queries; /* counted, in place of epochs */
    int64_t count;
    double *x, *loss, *mrr; /* (count); mrr NaN where there was no validation */
} training_log;

static void log_clear(training_log *log)
{
    gat_free(log->x);
    gat_free(log->loss);
    gat_free(log->mrr);
}

static bool read_line(training_log *log, const char *line, size_t length)
{
    json_t *object = json_loadb(line, length, 0, NULL), *count = json_object_get(object, "epoch");
    const json_t *loss = json_object_get(object, "loss");
    const json_t *mrr = json_object_get(json_object_get(object, "valid"), "mrr");
    if (!count) {
        count = json_object_get(object, "queries");
        log->queries = true;
    }
    bool good = json_is_number(count) && (json_is_number(loss) || json_is_null(loss));
    if (good) {
        log->x[log->count] = json_number_value(count);
        log->loss[log->count] = json_is_number(loss) ? json_number_value(loss) : NAN;
        log->mrr[log->count++] = json_is_number(mrr) ? json_number_value(mrr) : NAN;
    }
    json_decref(object);
    return good;
}

static int64_t count_lines(const char *text)
{
    int64_t lines = 1;
    for (const char *c = text; *c; c++) lines += *c == '\n';
    return lines;
}

static gat_status read_log(training_log *log, const char *path, gat_error *err)
{
    char *text = NULL;
    size_t size;
    gat_status st = file_read_all(&text, &size, path, err);
    int64_t lines = st ? 0 : count_lines(text), number = 1;
    log->x = gat_alloc(lines, sizeof *log->x);
    log->loss = gat_alloc(lines, sizeof *log->loss);
    log->mrr = gat_alloc(lines, sizeof *log->mrr);
    if (!st && (!log->x || !log->loss || !log->mrr)) st = error_nomem(err);
    for (const char *line = text; !st && *line; number++) {
        size_t length = strcspn(line, "\n");
        if (length && !read_line(log, line, length))
            st = error_set(err, GAT_EDATA, "%s:%lld: no line of a training log", path, (long long)number);
        line += length + (line[length] == '\n');
    }
    if (!st && !log->count) st = error_set(err, GAT_EDATA, "%s: an empty log", path);
    gat_free(text);
    return st;
}

static void bounds(double *low, double *high, const double *values, int64_t count)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        if (values[i] < *low) *low = values[i];
        if (values[i] > *high) *high = values[i];
    }
    if (!(*low <= *high)) *low = *high = 0;
}

static gat_status panel(svg *picture, double top, const training_log *log, const double *y, const char *name, int hue,
                        gat_error *err)
{
    chart c = {.picture = picture, .left = 60, .top = top, .width = 560, .height = 150};
    bounds(&c.low[0], &c.high[0], log->x, log->count);
    bounds(&c.low[1], &c.high[1], y, log->count);
    chart_axes(&c, log->queries ? "questions" : "epochs", name);
    return chart_curve(&c, log->x, y, log->count, hue, name, err);
}

gat_status plot_training(const char *path_of_log, const char *path, gat_error *err)
{
    training_log log = {0};
    gat_status st = read_log(&log, path_of_log, err);
    svg *picture = st ? NULL : svg_new(640, 480, "Training");
    if (!st) st = panel(picture, 60, &log, log.loss, "loss", 0, err);
    if (!st) st = panel(picture, 280, &log, log.mrr, "valid MRR", 1, err);
    if (!st) st = svg_save(picture, path, err);
    svg_free(picture);
    log_clear(&log);
    return st;
}

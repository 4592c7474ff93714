/* One table of columns serves JSON and CSV. */
#include "bench_report.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/grid.h"
#include "kernels/kernels.h"

typedef enum column_kind { COLUMN_TEXT, COLUMN_NAME, COLUMN_COUNT, COLUMN_REAL } column_kind;

static const struct column {
    const char *name;
    column_kind kind;
    size_t offset;
} columns[] = {
    {"name", COLUMN_NAME, offsetof(bench_row, name)},
    {"threads", COLUMN_COUNT, offsetof(bench_row, threads)},
    {"ms", COLUMN_REAL, offsetof(bench_row, ms)},
    {"min_ms", COLUMN_REAL, offsetof(bench_row, min_ms)},
    {"runs", COLUMN_COUNT, offsetof(bench_row, runs)},
    {"gflops", COLUMN_REAL, offsetof(bench_row, gflops)},
    {"gbytes_per_s", COLUMN_REAL, offsetof(bench_row, gbytes)},
    {"items_per_s", COLUMN_REAL, offsetof(bench_row, rate)},
    {"item", COLUMN_NAME, offsetof(bench_row, item)},
    {"limit_share", COLUMN_REAL, offsetof(bench_row, limit_share)},
    {"limit", COLUMN_TEXT, offsetof(bench_row, limit)},
    {"bytes_per_edge", COLUMN_REAL, offsetof(bench_row, bytes_per_edge)},
    {"scaling", COLUMN_REAL, offsetof(bench_row, scaling)},
    {"plain_ms", COLUMN_REAL, offsetof(bench_row, plain_ms)},
    {"over_plain", COLUMN_REAL, offsetof(bench_row, over_plain)},
    {"peer", COLUMN_TEXT, offsetof(bench_row, peer[PEER_AUTOGRAD].name)},
    {"peer_ms", COLUMN_REAL, offsetof(bench_row, peer[PEER_AUTOGRAD].ms)},
    {"ratio", COLUMN_REAL, offsetof(bench_row, peer[PEER_AUTOGRAD].ratio)},
    {"peer_gather", COLUMN_TEXT, offsetof(bench_row, peer[PEER_GATHER].name)},
    {"peer_gather_ms", COLUMN_REAL, offsetof(bench_row, peer[PEER_GATHER].ms)},
    {"ratio_gather", COLUMN_REAL, offsetof(bench_row, peer[PEER_GATHER].ratio)},
    {"peer_by_hand", COLUMN_TEXT, offsetof(bench_row, peer[PEER_BY_HAND].name)},
    {"peer_by_hand_ms", COLUMN_REAL, offsetof(bench_row, peer[PEER_BY_HAND].ms)},
    {"ratio_by_hand", COLUMN_REAL, offsetof(bench_row, peer[PEER_BY_HAND].ratio)},
    {"other_load", COLUMN_REAL, offsetof(bench_row, other_load)},
    {"data", COLUMN_TEXT, offsetof(bench_row, data)},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *text_of(const bench_row *row, const struct column *c)
{
    const char *text = (const char *)row + c->offset, *const *pointer = (const void *)text;
    if (c->kind == COLUMN_NAME) text = *pointer;
    return text && *text ? text : NULL;
}

static double real_of(const bench_row *row, const struct column *c)
{
    double x;
    memcpy(&x, (const char *)row + c->offset, sizeof x);
    return x;
}

static int count_of(const bench_row *row, const struct column *c)
{
    int n;
    memcpy(&n, (const char *)row + c->offset, sizeof n);
    return n;
}

/* Six digits: more would be noise. */
static double rounded(double x)
{
    char text[40];
    double back = x;
    snprintf(text, sizeof text, "%.6g", x);
    sscanf(text, "%lf", &back);
    return back;
}

static json_t *json_of(const bench_row *row, const struct column *c)
{
    if (c->kind == COLUMN_COUNT) return json_integer(count_of(row, c));
    if (c->kind == COLUMN_REAL) return isfinite(real_of(row, c)) ? json_real(rounded(real_of(row, c))) : json_null();
    const char *text = text_of(row, c);
    return text ? json_string(text) : json_null();
}

static json_t *json_row(const bench_row *row)
{
    json_t *object = json_object();
    for (int i = 0; object && i < COLUMNS; i++)
        if (json_object_set_new(object, columns[i].name, json_of(row, &columns[i]))) {
            json_decref(object);
            object = NULL;
        }
    return object;
}

gat_status print_json(const bench_row *rows, int count, gat_error *err)
{
    json_t *list = json_array();
    bool whole = list != NULL;
    for (int i = 0; whole && i < count; i++) whole = !json_array_append_new(list, json_row(&rows[i]));
    json_t *all = whole ? json_pack("{s:s, s:i, s:s, s:O}", "isa", kernels()->name, "cores",
                                    (int)sysconf(_SC_NPROCESSORS_ONLN), "version", GAT_VERSION, "rows", list)
                        : NULL;
    char *text = all ? json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(7)) : NULL;
    gat_status st = text ? GAT_OK : error_nomem(err);
    if (text) puts(text);
    free(text);
    json_decref(all);
    json_decref(list);
    return st;
}

static void csv_cell(FILE *f, const bench_row *row, const struct column *c)
{
    const char *text = c->kind == COLUMN_TEXT || c->kind == COLUMN_NAME ? text_of(row, c) : NULL;
    if (c->kind == COLUMN_COUNT) fprintf(f, "%d", count_of(row, c));
    else if (c->kind == COLUMN_REAL && isfinite(real_of(row, c))) fprintf(f, "%.6g", real_of(row, c));
    else if (text) fprintf(f, strchr(text, ',') ? "\"%s\"" : "%s", text);
}

gat_status write_csv(const char *path, const bench_row *rows, int count, gat_error *err)
{
    FILE *f = fopen(path, "w");
    if (!f) return error_set(err, GAT_EIO, "%s: could not be opened for writing", path);
    for (int i = 0; i < COLUMNS; i++) fprintf(f, "%s%c", columns[i].name, i + 1 < COLUMNS ? ',' : '\n');
    for (int r = 0; r < count; r++)
        for (int i = 0; i < COLUMNS; i++) {
            csv_cell(f, &rows[r], &columns[i]);
            fputc(i + 1 < COLUMNS ? ',' : '\n', f);
        }
    bool failed = ferror(f);
    return fclose(f) || failed ? error_set(err, GAT_EIO, "%s: could not be written", path) : GAT_OK;
}

static void share_cell(gat_grid *grid, double share)
{
    if (isnan(share)) grid_cell(grid, "-");
    else grid_cell(grid, "%.0f %%", 100 * share);
}

gat_status print_table(const bench_row *rows, int count, gat_error *err)
{
    static const char *const heading[] = {"name",    "threads", "ms",      "min ms",  "GF/s",
                                          "GB/s",    "share",   "scaling", "B/edge",  "over plain",
                                          "peer ms", "ratio",   "gather",  "by hand", "others"};
    gat_grid *grid = grid_new("lrrrrrrrrrrrrrr");
    grid_row(grid, heading);
    for (int i = 0; i < count; i++) {
        const bench_row *r = &rows[i];
        grid_text(grid, r->name);
        grid_count(grid, r->threads);
        grid_real(grid, r->ms, r->ms < 100 ? 2 : 0);
        grid_real(grid, r->min_ms, r->ms < 100 ? 2 : 0);
        grid_real(grid, r->gflops, 0);
        grid_real(grid, r->gbytes, 0);
        share_cell(grid, r->limit_share);
        grid_real(grid, r->scaling, 2);
        grid_real(grid, r->bytes_per_edge, 1);
        share_cell(grid, r->over_plain);
        grid_real(grid, r->peer[PEER_AUTOGRAD].ms, 0);
        for (int kind = 0; kind < PEER_KINDS; kind++) grid_real(grid, r->peer[kind].ratio, 1);
        grid_real(grid, r->other_load, 1);
    }
    gat_status st = grid_print(grid, err);
    grid_free(grid);
    return st;
}

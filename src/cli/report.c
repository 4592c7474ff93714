/* Answers of verbs, and loading with messages on the screen. */
#include "cli/report.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"

int report_exit(gat_status status)
{
    switch (status) {
    case GAT_OK: return EXIT_DONE;
    case GAT_EUSAGE: return EXIT_USAGE;
    case GAT_EDATA: return EXIT_DATA;
    case GAT_EMODEL: return EXIT_MODEL;
    case GAT_ENOMEM:
    case GAT_ENOSPC: return EXIT_RESOURCE;
    case GAT_EINTERRUPTED: return EXIT_INTERRUPTED;
    case GAT_EIO:
    case GAT_EFAILED: break;
    }
    return EXIT_FAILED;
}

/* Whoever read the answers has had enough of them (`| head`), and knows. */
static bool reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return ferror(stdout) && poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int report_end(gat_common *common, gat_status st)
{
    bool told = common->error.code == st && common->error.message[0];
    screen_end_bar(&common->screen);
    if (st && !(st == GAT_EFAILED && reader_is_gone()))
        screen_error(&common->screen, "%s", told ? common->error.message : gat_status_text(st));
    return report_exit(st);
}

gat_status report_json(json_t *object, gat_error *err)
{
    if (!object) return error_nomem(err);
    int failed = json_dumpf(object, stdout, JSON_REAL_PRECISION(15));
    putchar('\n');
    json_decref(object);
    return failed ? error_set(err, GAT_EFAILED, "cannot write the result to standard output") : GAT_OK;
}

gat_status report_grid(gat_grid *grid, gat_error *err)
{
    gat_status st = grid_print(grid, err);
    grid_free(grid);
    return st;
}

double report_seconds(const gat_common *common) { return clock_seconds() - common->started; }

double report_peak_mb(void) { return (double)gat_peak_rss() / (1 << 20); }

const char *const ranking_heading[] = {"", "queries", "MRR", "MR", "Hits@1", "Hits@3", "Hits@10"};

void ranking_row(gat_grid *grid, const char *label, const gat_ranking *ranking)
{
    const gat_metrics *m = &ranking->realistic;
    grid_text(grid, label);
    grid_count(grid, ranking->queries);
    grid_real(grid, m->mrr, 4);
    grid_real(grid, m->mr, 1);
    grid_real(grid, m->hits_at_1, 4);
    grid_real(grid, m->hits_at_3, 4);
    grid_real(grid, m->hits_at_10, 4);
}

/* As in grids: nothing in a text from a file may steer the terminal. */
static void print_bytes(const char *text, int count)
{
    for (int i = 0; i < count; i++) putchar((unsigned char)text[i] < ' ' || text[i] == 127 ? '?' : text[i]);
}

static void print_text(const char *text) { print_bytes(text, (int)strlen(text)); }

void print_short(const char *text)
{
    int bytes = text_cut(text);
    print_bytes(text, bytes);
    if (text[bytes]) fputs("...", stdout);
}

void print_entity(const gat_model *model, const char *entity)
{
    const char *text = gat_model_entity_text(model, entity);
    print_text(entity);
    if (text) fputs("  ", stdout), print_text(text);
    putchar('\n');
}

gat_status load_data(gat_dataset **out, gat_common *common, const char *path, gat_dataset_options options)
{
    options.log = screen_log(&common->screen);
    return gat_dataset_load(out, path, &options, &common->error);
}

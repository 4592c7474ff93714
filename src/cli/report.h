/* What verbs answer with: exit codes, one JSON object, and the pieces both kinds of answers share. */
#ifndef GAT_CLI_REPORT_H
#define GAT_CLI_REPORT_H

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/grid.h"
#include "report/json_answer.h"

/* Exit code of a status. */
int report_exit(gat_status status);

/* Exit code of st; a failure is told first, with common->error when it says what happened. */
int report_end(gat_common *common, gat_status st);

/* Prints and takes the object. NULL means that building it ran out of memory. Reals have 15 digits. */
gat_status report_json(json_t *object, gat_error *err);

/* A text from a file, cut to a readable length: nothing in it may steer the terminal. */
void print_short(const char *text);

/* Prints and frees the table. */
gat_status report_grid(gat_grid *grid, gat_error *err);

/* Seconds since the command began; largest memory so far in MiB. */
double report_seconds(const gat_common *common);
double report_peak_mb(void);

/* A row: label, queries, realistic MRR, MR, Hits@1, 3 and 10; ranking_heading names the columns. */
extern const char *const ranking_heading[];
#define RANKING_ALIGN "lrrrrrr"
void ranking_row(gat_grid *grid, const char *label, const gat_ranking *ranking);

/* "dog.n.01  dog, domestic dog: ..." on a line of its own. */
void print_entity(const gat_model *model, const char *entity);

/* Loads with the screen as its log. */
gat_status load_data(gat_dataset **out, gat_common *common, const char *path, gat_dataset_options options);

#endif

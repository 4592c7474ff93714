/* What a person sees while a command runs: everything here goes to standard error. */
#ifndef GAT_CLI_SCREEN_H
#define GAT_CLI_SCREEN_H

#include <stdbool.h>

#include "gatkit.h"

typedef struct gat_screen {
    bool quiet, verbose; /* --quiet, --verbose */
    bool terminal;       /* standard error is one */
    bool colour;         /* on that terminal: NO_COLOR is not set */
    bool bar;            /* a bar stands on the last line */
    double last_line;    /* progress->seconds of the last plain line */
} gat_screen;

void screen_init(gat_screen *screen);

/* "gatkit: MESSAGE"; also when quiet. */
__attribute__((format(printf, 2, 3))) void screen_error(gat_screen *screen, const char *format, ...);

/* A plain line unless quiet. */
__attribute__((format(printf, 2, 3))) void screen_note(gat_screen *screen, const char *format, ...);

/* Where library calls log to; borrows the screen. */
gat_log screen_log(gat_screen *screen);

/* After an epoch: redraws the bar on a terminal, else writes a line when the last one is a while ago.
 * best: best valid MRR so far, 0: none. limit: seconds the training may take, 0: no limit. */
void screen_progress(gat_screen *screen, const gat_progress *progress, double best, double limit);

/* Ends the line the bar stands on. */
void screen_end_bar(gat_screen *screen);

#endif

/* Standard error: messages, and the progress of a training as a bar (terminal) or as a line now and then. */
#include "cli/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR_CELLS = 20, LINE_EVERY = 10 /* seconds */ };

void screen_init(gat_screen *screen)
{
    const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
    *screen =
        (gat_screen){.terminal = isatty(STDERR_FILENO) && !(kind && !strcmp(kind, "dumb")), .last_line = -LINE_EVERY};
    screen->colour = screen->terminal && !(no_colour && *no_colour);
}

/* Messages take the place of the bar; the next epoch draws it again below them. */
static void clear_bar(gat_screen *screen)
{
    if (screen->bar) fputs("\r\033[K", stderr);
    screen->bar = false;
}

__attribute__((format(printf, 3, 0))) static void write_line(gat_screen *screen, const char *lead, const char *format,
                                                             va_list values)
{
    clear_bar(screen);
    fputs(lead, stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
}

void screen_error(gat_screen *screen, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    write_line(screen, screen->colour ? "\033[1;31mgatkit:\033[0m " : "gatkit: ", format, values);
    va_end(values);
}

void screen_note(gat_screen *screen, const char *format, ...)
{
    if (screen->quiet) return;
    va_list values;
    va_start(values, format);
    write_line(screen, "", format, values);
    va_end(values);
}

static void log_message(void *context, gat_log_level level, const char *message)
{
    gat_screen *screen = context;
    if (level == GAT_LOG_DEBUG && !screen->verbose) return;
    const char *lead = level != GAT_LOG_WARNING ? "" : screen->colour ? "\033[33mwarning:\033[0m " : "warning: ";
    screen_note(screen, "%s%s", lead, message);
}

gat_log screen_log(gat_screen *screen) { return (gat_log){.function = log_message, .context = screen}; }

/* "1:05" or "1:02:03". */
static void format_clock(char *text, size_t size, double seconds)
{
    long long s = seconds > 0 ? (long long)(seconds + .5) : 0;
    if (s < 3600) snprintf(text, size, "%lld:%02lld", s / 60, s % 60);
    else snprintf(text, size, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

static double done_of(const gat_progress *p)
{
    if (p->all_queries > 0) return (double)p->queries / (double)p->all_queries;
    return p->epochs > 0 ? (double)p->epoch / (double)p->epochs : 0;
}

/* Share done and seconds left, whichever of epochs and time limit ends first. */
static double share_done(const gat_progress *progress, double limit, double *left)
{
    double share = done_of(progress);
    if (limit > 0 && progress->seconds / limit > share) share = progress->seconds / limit;
    if (share > 1) share = 1;
    *left = share > 0 ? progress->seconds * (1 - share) / share : 0;
    return share;
}

static void describe_epoch(char *text, size_t size, const gat_screen *screen, const gat_progress *progress, double best)
{
    bool queries = progress->all_queries > 0;
    int n = snprintf(text, size, "%s %lld/%lld  loss %.4f", queries ? "question" : "epoch",
                     (long long)(queries ? progress->queries : progress->epoch),
                     (long long)(queries ? progress->all_queries : progress->epochs), progress->loss);
    if (n < 0 || (size_t)n >= size) return;
    text += n;
    size -= (size_t)n;
    bool green = screen->colour && progress->improved;
    if (progress->valid.queries)
        snprintf(text, size, "  valid MRR %s%.4f%s%s", green ? "\033[32m" : "", progress->valid.realistic.mrr,
                 green ? "\033[0m" : "", progress->improved ? " (best)" : "");
    else if (best > 0) snprintf(text, size, "  best valid MRR %.4f", best);
}

static void draw_bar(gat_screen *screen, const char *text, double share, const char *left)
{
    char cells[BAR_CELLS + 1];
    int full = (int)(share * BAR_CELLS + .5);
    for (int i = 0; i < BAR_CELLS; i++) cells[i] = i < full ? '#' : '.';
    cells[BAR_CELLS] = 0;
    fprintf(stderr, "\r\033[K[%s] %s  %s left", cells, text, left);
    screen->bar = true;
}

void screen_progress(gat_screen *screen, const gat_progress *progress, double best, double limit)
{
    if (screen->quiet) return;
    char text[200], clock[32];
    double left, share = share_done(progress, limit, &left);
    describe_epoch(text, sizeof text, screen, progress, best);
    if (screen->terminal && !screen->verbose) {
        format_clock(clock, sizeof clock, left);
        draw_bar(screen, text, share, clock);
        return;
    }
    bool last = done_of(progress) >= 1 && !progress->between;
    if (!screen->verbose && !last && progress->seconds - screen->last_line < LINE_EVERY) return;
    screen->last_line = progress->seconds;
    format_clock(clock, sizeof clock, progress->seconds);
    screen_note(screen, "%s  after %s", text, clock);
}

void screen_end_bar(gat_screen *screen)
{
    if (screen->bar) fputc('\n', stderr);
    screen->bar = false;
}

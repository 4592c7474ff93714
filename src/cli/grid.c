/* Tables on standard output. A cell's width is its number of code points. */
#include "cli/grid.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

enum { LONGEST_CELL = 512, TEXT_WIDTH = 64, GAP = 2 };

struct gat_grid {
    const char *align;
    int columns;
    int64_t count, room;
    char **cells;
    bool failed, pairs; /* pairs: rows are names and values, without a heading */
};

gat_grid *grid_new(const char *align)
{
    gat_grid *grid = gat_calloc(1, sizeof *grid);
    if (!grid) return NULL;
    grid->align = align;
    grid->columns = (int)strlen(align);
    return grid;
}

void grid_free(gat_grid *grid)
{
    if (!grid) return;
    for (int64_t i = 0; i < grid->count; i++) gat_free(grid->cells[i]);
    gat_free(grid->cells);
    gat_free(grid);
}

static void add_cell(gat_grid *grid, const char *text)
{
    if (grid->count == grid->room) {
        int64_t room = grid->room ? 2 * grid->room : 64;
        char **cells = gat_regrow(grid->cells, grid->room, room, sizeof *cells);
        if (!cells) grid->failed = true;
        else grid->cells = cells, grid->room = room;
    }
    char *cell = grid->failed ? NULL : gat_strdup(text);
    if (!cell) {
        grid->failed = true;
        return;
    }
    /* Names come from files: nothing in them may steer the terminal. */
    for (char *c = cell; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127) *c = '?';
    grid->cells[grid->count++] = cell;
}

__attribute__((format(printf, 2, 0))) static void add_formatted(gat_grid *grid, const char *format, va_list values)
{
    char text[LONGEST_CELL];
    vsnprintf(text, sizeof text, format, values);
    add_cell(grid, text);
}

void grid_cell(gat_grid *grid, const char *format, ...)
{
    if (!grid) return;
    va_list values;
    va_start(values, format);
    add_formatted(grid, format, values);
    va_end(values);
}

void grid_pair(gat_grid *grid, const char *name, const char *format, ...)
{
    if (!grid) return;
    va_list values;
    va_start(values, format);
    grid->pairs = true;
    add_cell(grid, name);
    add_formatted(grid, format, values);
    va_end(values);
}

void grid_row(gat_grid *grid, const char *const *cells)
{
    if (!grid) return;
    for (int c = 0; c < grid->columns; c++) add_cell(grid, cells[c]);
}

const char *format_count(char text[32], long long count)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", count), out = 0;
    for (int i = 0; i < n; i++) {
        if (i > (count < 0) && (n - i) % 3 == 0) text[out++] = ',';
        text[out++] = digits[i];
    }
    text[out] = 0;
    return text;
}

void grid_count(gat_grid *grid, long long count)
{
    char text[32];
    grid_cell(grid, "%s", format_count(text, count));
}

void grid_real(gat_grid *grid, double value, int digits)
{
    if (isnan(value)) grid_cell(grid, "-");
    else grid_cell(grid, "%.*f", digits, value);
}

void grid_pair_count(gat_grid *grid, const char *name, long long count)
{
    char text[32];
    grid_pair(grid, name, "%s", format_count(text, count));
}

static bool starts_point(char c) { return ((unsigned char)c & 0xC0) != 0x80; }

static int width(const char *text)
{
    int points = 0;
    for (; *text; text++) points += starts_point(*text);
    return points;
}

int text_cut(const char *text)
{
    int points = 0, bytes = 0;
    for (; text[bytes] && bytes < LONGEST_CELL - 8; bytes++)
        if (starts_point(text[bytes]) && ++points > TEXT_WIDTH) break;
    while (text[bytes] && bytes > 0 && !starts_point(text[bytes])) bytes--;
    return bytes;
}

void grid_text(gat_grid *grid, const char *text)
{
    if (!text) text = "";
    int bytes = text_cut(text);
    grid_cell(grid, "%.*s%s", bytes, text, text[bytes] ? "..." : "");
}

/* Nothing is written behind the last cell that has text. */
static void print_row(const gat_grid *grid, char **cells, const int *widths)
{
    int end = grid->columns;
    while (end > 0 && !*cells[end - 1]) end--;
    for (int c = 0; c < end; c++) {
        int pad = widths[c] - width(cells[c]);
        bool right = grid->align[c] == 'r', last = c == end - 1;
        if (c) printf("%*s", GAP, "");
        if (right) printf("%*s", pad, "");
        fputs(cells[c], stdout);
        if (!right && !last) printf("%*s", pad, "");
    }
}

gat_status grid_print(const gat_grid *grid, gat_error *err)
{
    int *widths = grid && !grid->failed ? gat_calloc(grid->columns, sizeof *widths) : NULL;
    if (!widths) return error_nomem(err);
    for (int64_t i = 0; i < grid->count; i++) {
        int w = width(grid->cells[i]);
        if (w > widths[i % grid->columns]) widths[i % grid->columns] = w;
    }
    const char *no_colour = getenv("NO_COLOR");
    bool bold = !grid->pairs && isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
    for (int64_t i = 0; i + grid->columns <= grid->count; i += grid->columns) {
        if (bold && !i) fputs("\033[1m", stdout);
        print_row(grid, grid->cells + i, widths);
        if (bold && !i) fputs("\033[0m", stdout);
        putchar('\n');
    }
    gat_free(widths);
    return GAT_OK;
}

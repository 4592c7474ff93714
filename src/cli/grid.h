/* Aligned tables for a person: cells are added row by row, widths are found at the end. */
#ifndef GAT_CLI_GRID_H
#define GAT_CLI_GRID_H

#include "base/status.h"

typedef struct gat_grid gat_grid;

/* align: one letter per column, 'l' or 'r'. A trailing column 'l' is never padded. NULL: out of memory. */
gat_grid *grid_new(const char *align);
void grid_free(gat_grid *grid);

/* The next cell, rows wrap by themselves. Running out of memory is remembered until grid_print. */
__attribute__((format(printf, 2, 3))) void grid_cell(gat_grid *grid, const char *format, ...);

/* Two cells: a name and what it is. A table with such rows has no heading. */
__attribute__((format(printf, 3, 4))) void grid_pair(gat_grid *grid, const char *name, const char *format, ...);

/* The same with a count: "12,345". */
void grid_pair_count(gat_grid *grid, const char *name, long long count);

/* A row of headings at once: one string per column. */
void grid_row(gat_grid *grid, const char *const *cells);

/* Writes the table to standard output, the heading in bold on a terminal. A NULL grid is out of memory. */
gat_status grid_print(const gat_grid *grid, gat_error *err);

/* Ready-made cells: "12,345"; a real with so many digits after the point, "-" for NaN; text cut to a readable length. */
void grid_count(gat_grid *grid, long long count);
void grid_real(gat_grid *grid, double value, int digits);
void grid_text(gat_grid *grid, const char *text);

/* Bytes of a text that make a readable length, whole characters. */
int text_cut(const char *text);

/* "12,345" into text. */
const char *format_count(char text[32], long long count);

#endif

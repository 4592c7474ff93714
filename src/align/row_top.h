/* The best few columns of a row, kept in a heap with the worst on top. Of equal values the smaller column is better. */
#ifndef GAT_ALIGN_ROW_TOP_H
#define GAT_ALIGN_ROW_TOP_H

#include <stdint.h>

typedef struct row_item {
    float value;
    int32_t column;
} row_item;

/* items (capacity): the caller's. */
typedef struct row_top {
    row_item *items;
    int32_t count, capacity;
} row_top;

void row_top_add(row_top *top, float value, int32_t column);

/* By column, ascending; the heap is used up. */
void row_top_sort_columns(row_top *top);

/* Best first. */
void row_top_sort_values(row_top *top);

#endif

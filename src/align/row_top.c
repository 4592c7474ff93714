#include "align/row_top.h"

#include <stdbool.h>
#include <stdlib.h>

static bool worse(row_item a, row_item b) { return a.value < b.value || (!(a.value > b.value) && a.column > b.column); }

static void sift_down(row_item *items, int32_t count, row_item item)
{
    int32_t at = 0;
    for (;;) {
        int32_t child = 2 * at + 1;
        if (child >= count) break;
        if (child + 1 < count && worse(items[child + 1], items[child])) child++;
        if (!worse(items[child], item)) break;
        items[at] = items[child];
        at = child;
    }
    items[at] = item;
}

static void sift_up(row_item *items, int32_t at, row_item item)
{
    while (at > 0 && worse(item, items[(at - 1) / 2])) {
        items[at] = items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    items[at] = item;
}

void row_top_add(row_top *t, float value, int32_t column)
{
    row_item item = {value, column};
    if (t->count < t->capacity) sift_up(t->items, t->count++, item);
    else if (t->capacity && worse(t->items[0], item)) sift_down(t->items, t->count, item);
}

static int by_column(const void *p, const void *q)
{
    const row_item *a = p, *b = q;
    return (a->column > b->column) - (a->column < b->column);
}

static int by_value(const void *p, const void *q)
{
    const row_item *a = p, *b = q;
    return worse(*a, *b) - worse(*b, *a);
}

void row_top_sort_columns(row_top *t) { qsort(t->items, (size_t)t->count, sizeof *t->items, by_column); }
void row_top_sort_values(row_top *t) { qsort(t->items, (size_t)t->count, sizeof *t->items, by_value); }

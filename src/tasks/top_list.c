#include "tasks/top_list.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

gat_status top_list_init(top_list *list, int64_t top, int64_t candidates, gat_error *err)
{
    *list = (top_list){0};
    if (top < 1)
        return error_set(err, GAT_EUSAGE, "expected at least 1 as the number of results, found %lld", (long long)top);
    list->capacity = top < candidates ? top : candidates;
    list->items = gat_alloc(list->capacity, sizeof *list->items);
    return list->items ? GAT_OK : error_nomem(err);
}

void top_list_clear(top_list *list)
{
    gat_free(list->items);
    *list = (top_list){0};
}

static bool better(top_item a, top_item b)
{
    if (isnan(a.value) || isnan(b.value)) return isnan(a.value) == isnan(b.value) ? a.id < b.id : isnan(b.value);
    return a.value > b.value || (a.value == b.value && a.id < b.id);
}

static void sift_up(top_item *items, int64_t at, top_item item)
{
    for (; at > 0 && better(items[(at - 1) / 2], item); at = (at - 1) / 2) items[at] = items[(at - 1) / 2];
    items[at] = item;
}

static void sift_down(top_item *items, int64_t count, top_item item)
{
    int64_t at = 0;
    for (int64_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && better(items[child], items[child + 1])) child++;
        if (!better(item, items[child])) break;
        items[at] = items[child];
    }
    items[at] = item;
}

void top_list_add(top_list *list, double value, int64_t id)
{
    top_item item = {value, id};
    if (list->count < list->capacity) sift_up(list->items, list->count++, item);
    else if (list->count && better(item, list->items[0])) sift_down(list->items, list->count, item);
}

static int compare(const void *a, const void *b)
{
    const top_item *x = a, *y = b;
    return better(*y, *x) - better(*x, *y);
}

void top_list_sort(top_list *list) { qsort(list->items, (size_t)list->count, sizeof *list->items, compare); }

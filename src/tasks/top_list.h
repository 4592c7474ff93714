/* The best few of many, without sorting the rest. */
#ifndef GAT_TASKS_TOP_LIST_H
#define GAT_TASKS_TOP_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct top_item {
    double value;
    int64_t id;
} top_item;

/* A heap with the worst kept item on top. Larger values are better, of equal ones the smaller id; NaN is worst. */
typedef struct top_list {
    top_item *items;
    int64_t count, capacity;
} top_list;

/* Keeps at most `top` of at most `candidates` items. GAT_EUSAGE: top below 1. */
gat_status top_list_init(top_list *list, int64_t top, int64_t candidates, gat_error *err);
void top_list_clear(top_list *list);

void top_list_add(top_list *list, double value, int64_t id);

/* True: the list is full of better ones. Of a long row nearly all are sorted out by this comparison. */
static inline bool top_list_refuses(const top_list *list, double value)
{
    return list->count == list->capacity && value < list->items[0].value;
}

/* Best first; nothing can be added afterwards. */
void top_list_sort(top_list *list);

#endif

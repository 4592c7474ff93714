/* The train interactions of every user as rows, and of every item as rows: what all recommenders learn from and answer by.
 *
 * The level of an interaction says how it was rated and when, as far as the file tells: levels of the rating (its values where
 * they are at most ten, else quarters of the user's own), times quarters of the user's time. */
#ifndef GAT_RECOMMEND_HISTORIES_H
#define GAT_RECOMMEND_HISTORIES_H

#include "recommend/interactions.h"

typedef struct histories {
    int32_t users, items, levels, common_level; /* common_level: for interactions of which nothing is known */
    int64_t count;
    int64_t *start;      /* (users + 1) */
    int32_t *item;       /* (count), ascending in each row */
    uint8_t *level;      /* (count) */
    int64_t *item_start; /* (items + 1) */
    int32_t *user;       /* (count), ascending in each row */
} histories;

enum { HISTORY_RATINGS = 10, HISTORY_QUARTERS = 4 };

/* A part's interactions by user, without levels. */
typedef struct wanted_items {
    int64_t *start; /* (users + 1) */
    int32_t *item;
} wanted_items;

gat_status histories_make(histories *out, const interactions *data, gat_error *err);

/* item_start and user from the rest. */
gat_status histories_turn(histories *h, gat_error *err);
void histories_clear(histories *h);

gat_status wanted_make(wanted_items *out, const interactions *data, rec_part part, gat_error *err);
void wanted_clear(wanted_items *wanted);

/* One history; borrowed. */
typedef struct rec_history {
    const int32_t *item;
    const uint8_t *level;
    int64_t count;
} rec_history;

static inline rec_history history_of(const histories *h, int32_t user)
{
    int64_t at = h->start[user];
    return (rec_history){h->item + at, h->level + at, h->start[user + 1] - at};
}

#endif

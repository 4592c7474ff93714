/* Auction (Bertsekas 1979): a row without a column bids for the one that leaves it most after the price; the bid raises the
 * price to where the row would rather take its second choice, or nothing. Prices start at 0, and a column that nobody bids
 * for keeps 0, so that the end is optimal up to one step per row though rows may stay alone. */
#include "align/one_to_one.h"

#include "base/error.h"
#include "base/memory.h"

typedef struct auction {
    const pair_matrix *m;
    double *price;  /* (columns) */
    int32_t *owner; /* (columns), -1: none */
    int64_t *entry; /* (rows) */
    int32_t *queue; /* rows that have to bid; a ring of `rows` places */
    int64_t first, count;
} auction;

/* The best entry of a row after prices, and what is left by the best and by the second choice (nothing leaves 0). */
static int64_t choose(double *best, double *second, const auction *a, int32_t row)
{
    int64_t chosen = -1;
    *best = *second = 0;
    for (int64_t e = a->m->start[row]; e < a->m->start[row + 1]; e++) {
        double left = (double)a->m->value[e] - a->price[a->m->column[e]];
        if (left > *best) {
            *second = *best;
            *best = left;
            chosen = e;
        } else if (left > *second) {
            *second = left;
        }
    }
    return chosen;
}

static void enqueue(auction *a, int32_t row) { a->queue[(a->first + a->count++) % a->m->rows] = row; }

static void bid(auction *a, int32_t row)
{
    double best, second;
    int64_t e = choose(&best, &second, a, row);
    a->entry[row] = -1;
    if (e < 0) return;
    int32_t column = a->m->column[e], before = a->owner[column];
    a->price[column] += best - second + ONE_TO_ONE_STEP;
    a->owner[column] = row;
    a->entry[row] = e;
    if (before >= 0) enqueue(a, before);
}

gat_status one_to_one(int64_t *entry, const pair_matrix *m, gat_error *err)
{
    auction a = {.m = m, .entry = entry};
    a.price = gat_calloc(m->columns, sizeof *a.price);
    a.owner = gat_alloc(m->columns, sizeof *a.owner);
    a.queue = gat_alloc(m->rows, sizeof *a.queue);
    gat_status st = a.price && a.owner && a.queue ? GAT_OK : error_nomem(err);
    if (!st) {
        for (int32_t k = 0; k < m->columns; k++) a.owner[k] = -1;
        for (int32_t i = 0; i < m->rows; i++) enqueue(&a, i);
        while (a.count) {
            int32_t row = a.queue[a.first];
            a.first = (a.first + 1) % m->rows;
            a.count--;
            bid(&a, row);
        }
    }
    gat_free(a.price);
    gat_free(a.owner);
    gat_free(a.queue);
    return st;
}

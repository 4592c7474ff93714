/* Graphs as sequences, see sequence_net.h. */
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "generate/sequence_net.h"

void sequence_batch_clear(sequence_batch *b)
{
    void *blocks[] = {b->first, b->place, b->bag_first, b->column, b->value, b->low, b->high, b->target, b->name};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) gat_free(blocks[i]);
    *b = (sequence_batch){.count = 0};
}

/* Every row is the sum of SEQUENCE_BAG rows of the table, so that the bag's arrays but its columns never change. */
static gat_status make_room(sequence_batch *b, int64_t count, int64_t rows, gat_error *err)
{
    if (count <= b->room_count && rows <= b->room_rows) return GAT_OK;
    sequence_batch_clear(b);
    b->room_count = count;
    b->room_rows = rows + rows / 4;
    b->first = gat_calloc(count + 1, sizeof *b->first);
    b->place = gat_calloc(count + 1, sizeof *b->place);
    b->bag_first = gat_alloc(b->room_rows + 1, sizeof *b->bag_first);
    b->column = gat_alloc(SEQUENCE_BAG * b->room_rows, sizeof *b->column);
    b->value = gat_alloc(SEQUENCE_BAG * b->room_rows, sizeof *b->value);
    b->low = gat_alloc(b->room_rows, sizeof *b->low);
    b->high = gat_alloc(b->room_rows, sizeof *b->high);
    b->target = gat_alloc(b->room_rows, sizeof *b->target);
    b->name = gat_alloc(b->room_rows, sizeof *b->name);
    if (!b->first || !b->place || !b->bag_first || !b->column || !b->value || !b->low || !b->high || !b->target ||
        !b->name) {
        sequence_batch_clear(b);
        return error_nomem(err);
    }
    for (int64_t i = 0; i <= b->room_rows; i++) b->bag_first[i] = SEQUENCE_BAG * i;
    for (int64_t i = 0; i < SEQUENCE_BAG * b->room_rows; i++) b->value[i] = 1;
    return GAT_OK;
}

/* Name at place p of a graph in an order; EOS behind the last triple, and for BOS. */
static int32_t name_at(const sequence_shape *s, const gat_triple *facts, const int64_t *order, int64_t n, int64_t p)
{
    if (!p || p > 3 * n) return s->entities;
    const gat_triple *f = &facts[order[(p - 1) / 3]];
    sequence_slot slot = slot_at(p);
    return slot == SLOT_HEAD ? f->head : slot == SLOT_TAIL ? f->tail : s->entities + 1 + f->relation;
}

/* Where the name of row `at` stood last in its sequence, which begins at `first`; 0: nowhere. */
static int64_t place_before(const int32_t *name, int64_t first, int64_t at)
{
    for (int64_t i = at - 1; i > first; i--)
        if (name[i] == name[at]) return i - first;
    return 0;
}

static void add_graph(sequence_batch *b, const sequence_shape *s, const gat_triple *facts, int64_t n, uint64_t seed,
                      uint64_t stream)
{
    int64_t order[GRAPH_MOST_TRIPLES], length = sequence_length(n), at = b->rows;
    graph_parts parts = {.count = 0};
    for (int64_t i = 0; i < n; i++) order[i] = i;
    random_shuffle(order, n, seed, stream);
    for (int64_t p = 0; p < length; p++, at++) {
        b->name[at] = name_at(s, facts, order, n, p);
        if (slot_at(p) == SLOT_TAIL) graph_parts_add(&parts, b->name[at - 2], b->name[at]);
        const sequence_place place = {p, b->name[at], place_before(b->name, b->rows, at), parts.count};
        sequence_row(b->column + SEQUENCE_BAG * at, s, &place);
        sequence_range(&b->low[at], &b->high[at], s, p);
        b->target[at] = name_at(s, facts, order, n, p + 1);
    }
    b->place[b->count + 1] = b->place[b->count] + length * length;
    b->first[++b->count] = b->rows = at;
}

gat_status sequence_batch_fill(sequence_batch *b, const sequence_shape *s, const graph_set *set, const int64_t *which,
                               int64_t count, uint64_t seed, uint64_t stream, gat_error *err)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < count; i++) rows += sequence_length(graph_size(set, which[i]));
    gat_status st = make_room(b, count, rows, err);
    if (st) return st;
    b->count = b->rows = 0;
    for (int64_t i = 0; i < count; i++)
        add_graph(b, s, graph_facts(set, which[i]), graph_size(set, which[i]), seed,
                  random_stream((uint32_t)stream, stream >> 32, (uint64_t)which[i]));
    return GAT_OK;
}

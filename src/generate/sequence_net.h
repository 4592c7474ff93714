/* The net that writes graphs: attention over the triples so far, one name after the other (as ARK of IntelliGraphs, with
 * attention). A graph of n triples in some order is the sequence  BOS h r t h r t ... EOS.  With x the row of a place, made of
 * its name, of what stands there, of the number of its triple and of where the name stood last before,
 *
 *     x += causal(norm(x) Wqkv) Wo;   x += relu(norm(x) W1) W2                   `layers` times
 *     logits of the next name = norm(x) times the rows of all names + bias; those of names that stand there already are
 *     raised or lowered by pointing at them, q | k = norm(x) Wp                   (kernels/pointer.h)
 *
 * over the columns that may come: after BOS an entity, after a head a relation, after a relation an entity, after a tail an
 * entity or EOS. Columns: entities 0 .. E, E is EOS (as a row: BOS), then relations. */
#ifndef GAT_GENERATE_SEQUENCE_NET_H
#define GAT_GENERATE_SEQUENCE_NET_H

#include "autodiff/sequence_ops.h"
#include "generate/graph_set.h"
#include "kernels/bag.h"

enum { SEQUENCE_MOST_LAYERS = 12, SEQUENCE_BAG = 5 };

typedef enum sequence_slot { SLOT_START, SLOT_HEAD, SLOT_RELATION, SLOT_TAIL, NUM_SLOTS } sequence_slot;

typedef struct sequence_shape {
    int32_t entities, relations, most_triples;
    int32_t dim, heads, layers;
    float dropout; /* in training */
} sequence_shape;

typedef struct sequence_layer {
    int gain1, bias1, qkv, qkv_b, out, out_b, gain2, bias2, up, up_b, down, down_b;
} sequence_layer;

typedef struct sequence_net {
    sequence_shape shape;
    gat_params params;
    sequence_layer layer[SEQUENCE_MOST_LAYERS];
    int table, gain, bias, logit_b, pointer, pointer_b; /* table: rows of names, slots, triples, places, parts */
} sequence_net;

gat_status sequence_net_init(sequence_net *net, const sequence_shape *shape, bool with_gradients, gat_error *err);
void sequence_net_draw(sequence_net *net, uint64_t seed);
void sequence_net_clear(sequence_net *net);

static inline int64_t sequence_columns(const sequence_shape *s) { return (int64_t)s->entities + 1 + s->relations; }
static inline int64_t sequence_hidden(const sequence_shape *s) { return 2 * (int64_t)s->dim; }

/* Rows of a sequence of n triples, EOS being no row. */
static inline int64_t sequence_length(int64_t n) { return 3 * n + 1; }

/* What stands at place p. */
static inline sequence_slot slot_at(int64_t p) { return p ? (sequence_slot)(1 + (p - 1) % 3) : SLOT_START; }

/* A place of a sequence. */
typedef struct sequence_place {
    int64_t place;
    int32_t name;   /* its column; that of EOS for BOS */
    int64_t before; /* place where the same name stood last, 0 where it is new */
    int32_t parts;  /* that the whole triples up to here make */
} sequence_place;

/* The rows of the table whose sum is that of the place. */
void sequence_row(int32_t row[SEQUENCE_BAG], const sequence_shape *shape, const sequence_place *at);

/* The columns that may come after place p. */
void sequence_range(int32_t *low, int32_t *high, const sequence_shape *shape, int64_t place);

/* Sequences as they go through the net. Zero-initialised is empty; fills are cheap after the first. */
typedef struct sequence_batch {
    int64_t count, rows; /* sequences, and rows of all */
    int64_t room_count, room_rows;
    int64_t *first, *place, *bag_first;
    int32_t *column;
    float *value;
    int32_t *low, *high, *target, *name;
} sequence_batch;

/* The graphs `which` (count) of a set, their triples in an order that depends on seed, stream and graph. */
gat_status sequence_batch_fill(sequence_batch *batch, const sequence_shape *shape, const graph_set *set,
                               const int64_t *which, int64_t count, uint64_t seed, uint64_t stream, gat_error *err);
void sequence_batch_clear(sequence_batch *batch);

/* Loss by row, natural logarithm, from the tape's arena; NULL after a failure. Its sum times scale is what backward
 * differentiates. key: of dropout, when the tape records. The batch is borrowed until the tape is reset. */
float *sequence_net_loss(gat_tape *tape, const sequence_net *net, const sequence_batch *batch, float scale,
                         uint32_t key);

#endif

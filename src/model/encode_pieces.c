#include "model/encode_pieces.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/block.h"
#include "model/encoder_layer.h"

enum { LARGE_TABLE = 1 << 24, SAMPLE_KEY = 0x91ece5 };

bool encode_pieces_wanted(const gat_config *c, int64_t num_nodes)
{
    return num_nodes * c->dim > LARGE_TABLE && encode_pieces_possible(c);
}

bool encode_pieces_possible(const gat_config *c)
{
    return c->model == GAT_MODEL_GAT && c->reach == GAT_REACH_LOCAL && c->positions == GAT_POSITIONS_NONE;
}

int64_t encode_pieces_edges(const gat_model *m) { return ENCODE_PIECE_FLOATS / m->config.dim; }

/* What pieces are made with, one after the other. */
typedef struct cutter {
    const gat_model *model;
    const gat_graph *graph;
    gat_tape *tape;   /* does not record */
    node_set set;     /* nodes of the piece, targets first */
    gat_block *block; /* (steps) of which the current step's is there */
} cutter;

static gat_status cutter_init(cutter *c, const gat_model *m, const gat_graph *graph, gat_error *err)
{
    *c = (cutter){.model = m, .graph = graph, .tape = tape_new(false)};
    c->block = gat_calloc(encoder_steps(&m->encoder, &m->config), sizeof *c->block);
    gat_status st = node_set_init(&c->set, graph->num_nodes, err);
    return st ? st : c->tape && c->block ? GAT_OK : error_nomem(err);
}

static void cutter_clear(cutter *c)
{
    tape_free(c->tape);
    node_set_clear(&c->set);
    gat_free(c->block);
}

/* Rows of `in` that the piece reads; its targets are in the set. */
static gat_mat *gather(cutter *c, const float *in, int step, int64_t most_edges, gat_error *err)
{
    gat_sampling sampling = {.fan_out = most_edges, .key = SAMPLE_KEY};
    if (blocks_cut(&c->block[step], 1, &c->set, c->graph, &sampling, tape_arena(c->tape), err)) {
        tape_fail(c->tape, GAT_ENOMEM);
        return NULL;
    }
    int64_t d = c->model->config.dim;
    gat_mat *x = tape_mat(c->tape, c->set.count, d);
    if (!x) return NULL;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < c->set.count; i++)
        memcpy(x->data + i * d, in + c->set.nodes[i] * d, (size_t)d * sizeof *in);
    return x;
}

static gat_mat *run_piece(cutter *c, const float *in, int step, int64_t most_edges, encoder_attention *last,
                          gat_error *err)
{
    const gat_model *m = c->model;
    gat_mat *x = gather(c, in, step, most_edges, err);
    encoder_pass pass = {.blocks = c->block, .config = &m->config, .last = last};
    if (!x) return NULL;
    const encoder_layer *l = &m->encoder.layers[step / (int)m->config.recurrent_depth];
    return layer_forward(c->tape, l, &m->encoder, step, &m->params, x, &pass);
}

/* First node behind a piece that begins with `node`: at least one, and no more edges than there is room for. */
static int32_t piece_end(const gat_graph *g, int32_t node, int64_t most_edges)
{
    int64_t limit = g->in_indptr[node] + most_edges;
    for (node++; node < g->num_nodes && g->in_indptr[node + 1] <= limit;) node++;
    return node;
}

static gat_status run_step(cutter *c, float *out, const float *in, int step, int64_t most_edges, gat_error *err)
{
    const gat_graph *g = c->graph;
    int64_t d = c->model->config.dim;
    for (int32_t first = 0, end; first < g->num_nodes; first = end) {
        end = piece_end(g, first, most_edges);
        tape_reset(c->tape);
        node_set_empty(&c->set);
        for (int32_t v = first; v < end; v++) node_set_add(&c->set, v);
        gat_mat *y = run_piece(c, in, step, most_edges, NULL, err);
        gat_status st = tape_status(c->tape, err);
        if (st) return st;
        memcpy(out + first * d, y->data, (size_t)((end - first) * d) * sizeof *out);
    }
    return GAT_OK;
}

/* Steps write to `out` and to another table in turns, so that the last one writes to `out`. */
gat_status encode_pieces(float *out, const float *in, const gat_model *m, const gat_graph *graph, int steps,
                         int64_t piece_edges, gat_error *err)
{
    cutter c;
    float *other = NULL;
    gat_status st = cutter_init(&c, m, graph, err);
    if (!st && steps > 1) other = gat_alloc(graph->num_nodes * m->config.dim, sizeof *other);
    if (!st && steps > 1 && !other) st = error_nomem(err);
    for (int step = 0; !st && step < steps; step++) {
        float *to = (steps - 1 - step) % 2 ? other : out;
        st = run_step(&c, to, in, step, piece_edges, err);
        in = to;
    }
    gat_free(other);
    cutter_clear(&c);
    return st;
}

gat_status attention_of_nodes(float *alpha, const float *in, const gat_model *m, const gat_graph *graph,
                              const int32_t *nodes, int64_t count, gat_error *err)
{
    cutter c;
    encoder_attention last;
    int64_t h = m->encoder.num_heads;
    gat_status st = cutter_init(&c, m, graph, err);
    for (int64_t i = 0; !st && i < count; i++) {
        tape_reset(c.tape);
        node_set_empty(&c.set);
        node_set_add(&c.set, nodes[i]);
        run_piece(&c, in, encoder_steps(&m->encoder, &m->config) - 1, 0, &last, err);
        st = tape_status(c.tape, err);
        if (st) break;
        encoder_weights(alpha, &last, 0);
        alpha += (graph->in_indptr[nodes[i] + 1] - graph->in_indptr[nodes[i]]) * h;
    }
    cutter_clear(&c);
    return st;
}

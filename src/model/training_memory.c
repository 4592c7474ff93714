/* Sums over what is allocated, guided by measured peaks. A step that looks at everything holds the encoder's activations and
 * gradients of every entity; a sampled one holds those of its own entities, and the table has no gradient. */
#include "model/training_memory.h"

#include "base/parallel.h"
#include "graph/reach.h"
#include "kernels/candidate_loss.h"
#include "model/decoder.h"
#include "model/encode_pieces.h"
#include "model/encoder.h"
#include "model/path_kind.h"
#include "model/positions.h"
#include "path/path_memory.h"
#include "path/path_training.h"

/* Of the graph: facts come in both directions, and every entity hears itself. */
typedef struct graph_sizes {
    int64_t entities, relations, facts, edges, edge_relations;
} graph_sizes;

bool training_is_sampled(const gat_config *c)
{
    return c->negatives > 0 || (c->model == GAT_MODEL_GAT && c->fan_out > 0);
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static gat_loss_options loss_of(const gat_config *c)
{
    return (gat_loss_options){.kind = (gat_loss)c->loss,
                              .compare = decoder_comparator((gat_decoder)c->decoder),
                              .precision = (gat_precision)c->precision,
                              .samples = c->softmax_draws};
}

/* Scratch of both objectives and their query vectors. Relation prediction makes every fact of a batch a row; a question has
 * about four. */
static int64_t loss_floats(const gat_config *c, int64_t candidates, const graph_sizes *g)
{
    gat_loss_options how = loss_of(c);
    int64_t batch = least(c->batch, 2 * g->facts), answers = least(8 * batch, 2 * g->facts);
    int64_t floats = 4 * batch * c->dim;
    if (c->negatives) floats += loss_candidates_work_size(candidates, answers, c->dim);
    else floats += loss_work_size(candidates, batch, c->dim, answers, &how);
    how.kind = GAT_LOSS_CE;
    if (c->relation_weight > 0)
        floats += 2 * answers * c->dim + loss_work_size(2 * g->relations, answers, c->dim, answers, &how);
    return floats;
}

static int64_t decoder_floats(const gat_config *c, const graph_sizes *g)
{
    return decoder_training_floats(c, g->relations, 2 * g->facts);
}

static int64_t whole_step(const gat_config *c, const graph_sizes *g)
{
    return loss_floats(c, g->entities, g) + decoder_floats(c, g) + 2 * g->entities * c->dim +
           encoder_training_floats(c, g->entities, g->edge_relations, g->edges);
}

/* The entities of a step, about two answers a question, are encoded; what they hear is read and gets a gradient. */
static int64_t sampled_step(const gat_config *c, const graph_sizes *g)
{
    int64_t n = c->negatives ? least(g->entities, 3 * c->batch + c->negatives) : g->entities;
    int64_t fan = least(c->fan_out ? c->fan_out : g->edges, g->edges / g->entities) + 1, read = n, floats = 0;
    for (int64_t step = 0; c->model == GAT_MODEL_GAT && step < c->layers * c->recurrent_depth; step++) {
        gat_config one = *c;
        one.layers = one.recurrent_depth = 1;
        floats += encoder_training_floats(&one, read, g->edge_relations, read * fan);
        read = least(g->entities, read * (1 + fan));
        floats += 6 * read * c->dim;
    }
    return floats + 2 * read * c->dim + loss_floats(c, n, g) + decoder_floats(c, g);
}

/* A pass over the whole graph for validation, beside the table that it makes. */
static int64_t validation(const gat_config *c, const graph_sizes *g)
{
    int64_t table = g->entities * c->dim;
    if (c->model != GAT_MODEL_GAT) return 0;
    if (encode_pieces_wanted(c, g->entities)) return table + 10 * ENCODE_PIECE_FLOATS;
    return table + encoder_training_floats(c, g->entities, g->edge_relations, g->edges) / 2;
}

/* A model that cannot be declared fails soon enough by itself. */
static int64_t path_bytes(const gat_config *c, int64_t entities, int64_t relations, int64_t facts)
{
    const path_shape shape = path_shape_of(c);
    double share = c->path_split > 0 ? c->path_split : path_share_by_size(facts);
    path_model *m;
    if (path_model_declare(&m, &shape, (int32_t)relations, NULL)) return 0;
    int64_t chunk = (int64_t)(share * (double)facts) + 1;
    int64_t bytes = path_training_bytes(m, c->batch, chunk, entities, facts, parallel_threads());
    path_model_free(m);
    return bytes;
}

int64_t training_bytes(const gat_config *c, int64_t entities, int64_t relations, int64_t facts)
{
    if (c->model == GAT_MODEL_PATH) return path_bytes(c, entities, relations, facts);
    reach_plan plan = encoder_reach(c, 0);
    int64_t far_relations = reach_relations(&plan), far = entities * far_relations * c->reach_edges;
    graph_sizes g = {entities, relations, facts, 2 * facts + entities + far, 2 * relations + 1 + far_relations};
    int64_t tables = entities * c->dim + 2 * relations * decoder_width(c);
    if (c->model == GAT_MODEL_GAT && c->unknown_entities > 0) tables += entities * c->dim;
    int64_t kept = c->optimizer == GAT_OPTIMIZER_ADAM ? 4 : 3, floats = positions_work(c, entities);
    int64_t joining = (2 * c->members + 2) * tables;
    if (training_is_sampled(c)) floats += kept * tables + validation(c, &g) + sampled_step(c, &g);
    else floats += 5 * tables + whole_step(c, &g);
    if (c->members > 1) floats += c->members * tables;
    if (c->members > 1 && floats < joining) floats = joining;
    return floats * 4 + g.edges * 24 + far * 76 + facts * 60 + entities * 100 + ((int64_t)64 << 20);
}

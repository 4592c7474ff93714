/* A step that looks at everything holds the encoder's activations and gradients of every entity; a sampled one holds
 * those of its own entities, and the table has no gradient. */
#include "model/training_memory.h"

#include "autodiff/param.h"
#include "graph/csr.h"
#include "graph/reach.h"
#include "kernels/candidate_loss.h"
#include "model/decoder.h"
#include "model/encode_pieces.h"
#include "model/encoder.h"
#include "model/judged_answers.h"
#include "model/path_kind.h"
#include "model/positions.h"
#include "model/ranker.h"
#include "path/path_memory.h"
#include "path/path_training.h"

/* Of the message graph: facts come in both directions, and every entity hears itself. */
typedef struct graph_sizes {
    int64_t entities, relations, facts, questions, edges, edge_relations, far;
} graph_sizes;

enum { ASKED_BYTES = 24, RANK_BYTES = 8, JUDGED_BYTES = 24, FIRST_FACTS = 1024 };

bool training_is_sampled(const gat_config *c)
{
    return c->negatives > 0 || (c->model == GAT_MODEL_GAT && c->fan_out > 0);
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Where it is not known, a question has two answers. */
static int64_t questions_of(const training_sizes *s) { return most(s->questions ? s->questions : s->facts, 1); }

static graph_sizes sizes_of(const gat_config *c, const training_sizes *s)
{
    reach_plan plan = encoder_reach(c, 0);
    int64_t far_relations = reach_relations(&plan), far = s->entities * far_relations * c->reach_edges;
    return (graph_sizes){s->entities,
                         s->relations,
                         s->facts,
                         questions_of(s),
                         2 * s->facts + s->entities + far,
                         2 * s->relations + 1 + far_relations,
                         far};
}

/* ---- a step ---- */

static gat_loss_options loss_of(const gat_config *c)
{
    return (gat_loss_options){.kind = (gat_loss)c->loss,
                              .compare = decoder_comparator((gat_decoder)c->decoder),
                              .precision = (gat_precision)c->precision,
                              .samples = c->softmax_draws};
}

/* Scratch of both objectives and their query vectors with gradients. Relation prediction makes every fact of a batch a
 * row. */
static int64_t loss_floats(const gat_config *c, int64_t candidates, const graph_sizes *g)
{
    gat_loss_options how = loss_of(c);
    int64_t batch = least(c->batch, g->questions), answers = batch * 2 * g->facts / g->questions;
    int64_t floats = 2 * batch * c->dim * (c->decoder_dropout > 0 ? 2 : 1);
    if (c->input_dropout > 0 || c->relation_dropout > 0) floats += 8 * batch * c->dim;
    if (c->negatives) floats += loss_candidates_work_size(candidates, answers, c->dim);
    else floats += loss_work_size(candidates, batch, c->dim, answers, &how);
    how.kind = GAT_LOSS_CE;
    if (c->relation_weight > 0)
        floats += 2 * answers * c->dim + loss_work_size(2 * g->relations, answers, c->dim, answers, &how);
    return floats;
}

/* Rows of the table that dropout and the common row of unknown entities make again. */
static int64_t dropped_floats(const gat_config *c, int64_t rows)
{
    int64_t copies = (c->entity_dropout > 0) + (c->model == GAT_MODEL_GAT && c->unknown_entities > 0);
    return 2 * copies * rows * c->dim;
}

static int64_t whole_step(const gat_config *c, const graph_sizes *g)
{
    return loss_floats(c, g->entities, g) + decoder_training_floats(c, g->relations, g->questions) +
           dropped_floats(c, g->entities) + encoder_training_floats(c, g->entities, g->edge_relations, g->edges);
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
    return floats + 2 * read * c->dim + dropped_floats(c, read) + loss_floats(c, n, g) +
           decoder_training_floats(c, g->relations, g->questions);
}

/* ---- what is held ---- */

/* Lists grow by doubling. */
static int64_t held_facts(int64_t facts)
{
    int64_t room = FIRST_FACTS;
    while (room < facts) room *= 2;
    return room * (int64_t)sizeof(gat_triple);
}

static int64_t graph_bytes(int64_t nodes, int64_t facts, int64_t far)
{
    return 16 * nodes + 20 * (2 * facts + nodes) + 8 * facts + 76 * far;
}

static int64_t filter_bytes(int64_t entities, int64_t facts, int64_t questions)
{
    return 8 * entities + 12 * questions + 16 * facts;
}

/* Values, of one member. */
static gat_status count_parameters(int64_t *all, int64_t *entity, const gat_config *c, const graph_sizes *g,
                                   gat_error *err)
{
    gat_params p = {0};
    gat_decoder_params decoder;
    gat_encoder encoder = {0};
    int index;
    gat_status st = params_declare(&index, &p, "entity", g->entities, c->dim, err);
    *entity = p.size;
    if (!st) st = params_declare(&index, &p, "relation", 2 * g->relations, decoder_width(c), err);
    if (!st) st = decoder_declare(&decoder, &p, c, err);
    if (!st && c->unknown_entities > 0) st = params_declare(&index, &p, "unknown", 1, c->dim, err);
    if (!st) st = encoder_declare(&encoder, &p, c, (int32_t)g->edge_relations, err);
    *all = p.size;
    encoder_clear(&encoder);
    params_clear(&p);
    return st;
}

/* Two graphs where training has one of its own, the answers known from train and from valid, the batch. */
static int64_t held_graph(const gat_config *c, const graph_sizes *g, const training_sizes *s)
{
    int64_t all = s->entities + s->others, batch = least(c->batch, questions_of(s)), bytes = 0;
    bool encodes = c->model == GAT_MODEL_GAT, sampled = training_is_sampled(c);
    bool shared = c->reach == GAT_REACH_LOCAL && c->positions == GAT_POSITIONS_NONE && (sampled || !s->others);
    bytes += graph_bytes(all, s->facts, g->far) + filter_bytes(all, s->facts, questions_of(s)) +
             filter_bytes(all, s->valid, 2 * s->valid);
    if (encodes) bytes += g->edges + (shared ? 0 : graph_bytes(s->entities, s->facts, g->far));
    bytes += held_facts(s->valid) + 16 * s->facts + 4 * s->entities + 160 * batch;
    return bytes + (sampled ? 16 * s->entities : 0) + 4 * positions_work(c, s->entities);
}

/* ---- validation ---- */

/* Scores of a block of questions against all, the questions, their ranks; afterwards the answers that are judged. */
static int64_t ranking_bytes(const gat_config *c, const training_sizes *s, int64_t width)
{
    int64_t all = s->entities + s->others, valid = c->valid_sample ? least(c->valid_sample, s->valid) : s->valid;
    int64_t rows = least(least(most(RANKER_SCORES / (all + 1), 8), RANKER_ROWS), 2 * valid);
    int64_t asked = 2 * valid * (ASKED_BYTES + RANK_BYTES);
    int64_t judged = least(2 * s->valid, 2 * JUDGED_FACTS) * (JUDGED_ANSWERS * JUDGED_BYTES + 4);
    int64_t ranked = asked + 4 * rows * (all + 2 * width);
    return valid ? most(ranked, judged + 4 * 32 * all) : 0;
}

/* A pass over the whole graph, beside the table that it makes. */
static int64_t encoding_floats(const gat_config *c, int64_t all)
{
    if (c->model != GAT_MODEL_GAT) return 0;
    if (encode_pieces_wanted(c, all)) return all * c->dim + 10 * ENCODE_PIECE_FLOATS;
    return all * c->dim + encoder_answer_floats(c, all);
}

/* ---- all of it ---- */

static gat_status of_embeddings(training_memory *m, const gat_config *c, const training_sizes *s, gat_error *err)
{
    graph_sizes g = sizes_of(c, s);
    int64_t all = s->entities + s->others, one, entity;
    gat_status st = count_parameters(&one, &entity, c, &g, err);
    if (st) return st;
    bool sampled = training_is_sampled(c), plain = c->model == GAT_MODEL_NONE && !s->others;
    int64_t moments = c->optimizer == GAT_OPTIMIZER_ADAM ? 2 : 1, done = c->members > 1 ? c->members : 0;
    m->model = s->names + held_facts(s->facts);
    m->parameters = 4 * ((3 + moments + done) * one - (sampled ? entity : 0));
    m->graph = held_graph(c, &g, s);
    m->table = 4 * all * (plain ? 1 : 1 + c->dim);
    m->building =
        24 * s->facts + 8 * all + graph_bytes(all, s->facts, 0) + filter_bytes(all, s->facts, questions_of(s));
    m->step = 4 * (sampled ? sampled_step(c, &g) : whole_step(c, &g));
    m->validation = most(4 * encoding_floats(c, all), ranking_bytes(c, s, c->dim));
    m->joining = done ? 4 * (2 + 2 * done) * one : 0;
    return GAT_OK;
}

static gat_status of_paths(training_memory *m, const gat_config *c, const training_sizes *s, gat_error *err)
{
    const path_shape shape = path_shape_of(c);
    double share = c->path_split > 0 ? c->path_split : path_share_by_size(s->facts);
    int64_t all = s->entities + s->others;
    path_model *model;
    gat_status st = path_model_declare(&model, &shape, (int32_t)s->relations, err);
    if (st) return st;
    path_sizes p = {.batch = c->batch,
                    .chunk = (int64_t)(share * (double)s->facts) + 1,
                    .entities = all,
                    .facts = s->facts,
                    .threads = s->threads};
    m->model = s->names + held_facts(s->facts);
    m->parameters = 5 * 4 * model->params.size;
    m->graph = graph_bytes(all, s->facts, 0) + filter_bytes(all, s->facts, questions_of(s)) +
               filter_bytes(all, s->valid, 2 * s->valid) + held_facts(s->valid) + path_graph_bytes(&p);
    m->table = path_table_bytes(model, &p);
    m->building = m->graph + 32 * s->facts;
    m->step = path_step_bytes(model, &p) + path_learned_graph_bytes(&p) +
              filter_bytes(s->entities, s->facts, questions_of(s));
    m->validation = ranking_bytes(c, s, model->shape.width) + path_answer_bytes(model, &p);
    path_model_free(model);
    return GAT_OK;
}

gat_status training_memory_of(training_memory *out, const gat_config *c, const training_sizes *s, gat_error *err)
{
    *out = (training_memory){0};
    return c->model == GAT_MODEL_PATH ? of_paths(out, c, s, err) : of_embeddings(out, c, s, err);
}

int64_t training_memory_peak(const training_memory *m)
{
    int64_t held = m->model + m->graph + m->step, peak = held + m->parameters + m->table + m->validation;
    peak = most(peak, held + m->joining);
    return most(peak, m->model + m->parameters / 2 + m->building);
}

#include "model/view.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "kernels/loss.h"
#include "model/decoder.h"
#include "model/encode_pieces.h"
#include "model/positions.h"
#include "model/unseen.h"

/* *used <- the facts of relations below num_relations: all of them, or those in *known, which the caller clears. */
static gat_status keep_known_relations(const gat_triples **used, gat_triples *known, const gat_triples *facts,
                                       int32_t num_relations, gat_error *err)
{
    gat_status st = GAT_OK;
    int64_t count = 0;
    for (int64_t i = 0; i < facts->count; i++) count += facts->data[i].relation < num_relations;
    *used = count == facts->count ? facts : known;
    for (int64_t i = 0; !st && *used == known && i < facts->count; i++)
        if (facts->data[i].relation < num_relations) st = triples_push(known, facts->data[i], err);
    return st;
}

/* The model's own positions are the stored ones; entities that training has not seen stand nowhere. */
static gat_status place_entities(model_view *v, bool own, gat_error *err)
{
    const gat_model *m = v->model;
    if (m->encoder.position < 0) return GAT_OK;
    if (!own) return positions_make(&v->positions, &m->config, v->graph, err);
    int64_t k = m->config.position_dim;
    v->positions = gat_calloc(v->num_entities * k, sizeof *v->positions);
    if (!v->positions) return error_nomem(err);
    memcpy(v->positions, m->positions, (size_t)(m->num_seen * k) * sizeof *v->positions);
    return GAT_OK;
}

/* Graphs and positions; own: of the facts that the model was trained on. */
static gat_status build_graphs(model_view *v, const gat_triples *facts, bool own, gat_error *err)
{
    const gat_model *m = v->model;
    reach_plan plan = encoder_reach(&m->config, own ? m->num_seen : (int32_t)v->num_entities);
    gat_status st = graph_build(&v->graph, facts, (int32_t)v->num_entities, m->num_seen_relations, err);
    if (!st) st = reach_build(&v->far_graph, v->graph, &plan, err);
    return st ? st : place_entities(v, own, err);
}

static gat_status take_facts(model_view *v, const gat_triples *facts, gat_error *err)
{
    gat_triples known = {0};
    int32_t num_relations = v->model->num_seen_relations;
    const gat_triples *used;
    gat_status st = keep_known_relations(&used, &known, facts, num_relations, err);
    if (!st) st = filter_build(&v->known, &used, 1, num_relations, err);
    if (!st) st = build_graphs(v, used, facts == &v->model->facts, err);
    triples_clear(&known);
    return st;
}

/* Without an encoder the table is what it would be encoded to. */
static gat_status make_room(model_view *v, gat_error *err)
{
    const gat_model *m = v->model;
    if (v->plain && !m->encoder.num_layers) v->encoded = param_value(&m->params, m->entity);
    else v->encoded = gat_calloc(v->num_entities * v->dim, sizeof(float));
    v->squares = gat_calloc(v->num_entities, sizeof(float));
    return v->encoded && v->squares ? GAT_OK : error_nomem(err);
}

gat_status view_build(model_view **out, const gat_model *model, const gat_intern *entities, const gat_triples *facts,
                      gat_error *err)
{
    *out = NULL;
    model_view *v = gat_calloc(1, sizeof *v);
    if (!v) return error_nomem(err);
    v->model = model;
    v->entities = entities;
    v->num_entities = intern_count(entities);
    v->dim = model->config.dim;
    v->plain = entities == model->entities && v->num_entities == model->num_seen;
    gat_status st = take_facts(v, facts, err);
    if (!st) st = make_room(v, err);
    if (!st) st = view_refresh(v, err);
    if (!st) *out = v;
    else view_free(v);
    return st;
}

static bool encoded_is_the_table(const model_view *v)
{
    return v->encoded == param_value(&v->model->params, v->model->entity);
}

void view_free(model_view *v)
{
    if (!v) return;
    if (!encoded_is_the_table(v)) gat_free(v->encoded);
    filter_free(v->known);
    graph_free(v->graph);
    graph_free(v->far_graph);
    gat_free(v->positions);
    gat_free(v->squares);
    gat_free(v);
}

/* Rows of x of the entities with a trained embedding, found by name, and the common row for the others; source (N) says
 * which. */
static gat_status fill_embeddings(float *x, uint8_t *source, const model_view *v)
{
    const gat_model *m = v->model;
    const float *table = param_value(&m->params, m->entity);
    float *common = gat_alloc(v->dim, sizeof *common);
    bool own = v->entities == m->entities;
    gat_status st = common ? unseen_common_row(common, m, NULL) : GAT_ENOMEM;
    for (int32_t i = 0; !st && i < v->num_entities; i++) {
        const char *name = intern_string(v->entities, i);
        int32_t id = own ? i : intern_find(m->entities, name, strlen(name));
        bool seen = id >= 0 && id < m->num_seen;
        source[i] = seen ? GAT_ROW_OWN : GAT_ROW_COMMON;
        memcpy(x + i * v->dim, seen ? table + id * v->dim : common, (size_t)v->dim * sizeof *x);
    }
    gat_free(common);
    return st;
}

/* Embeddings before the encoder. */
static gat_status start(float *x, const model_view *v)
{
    const gat_model *m = v->model;
    uint8_t *source = gat_alloc(v->num_entities, 1);
    gat_status st = source ? fill_embeddings(x, source, v) : GAT_ENOMEM;
    if (!st) unseen_sources(source, &m->config, v->graph, NULL);
    if (!st) st = unseen_fill(x, source, m, v->graph, NULL, NULL);
    gat_free(source);
    return st;
}

static const gat_graph *message_graph(const model_view *v) { return v->far_graph ? v->far_graph : v->graph; }

/* Runs the encoder on a tape that does not record. Matrices live as long as the tape. */
static gat_mat *encode(gat_tape *tape, const model_view *v, encoder_attention *last)
{
    encoder_pass pass = {
        .graph = message_graph(v), .config = &v->model->config, .positions = v->positions, .last = last};
    gat_mat *x = tape_mat(tape, v->num_entities, v->dim);
    gat_status st = x ? start(x->data, v) : GAT_ENOMEM;
    if (st) tape_fail(tape, st);
    return encoder_forward(tape, &v->model->encoder, &v->model->params, x, &pass);
}

static gat_status encode_whole(model_view *v, gat_error *err)
{
    gat_tape *tape = tape_new(false);
    if (!tape) return error_nomem(err);
    gat_mat *x = encode(tape, v, NULL);
    gat_status st = tape_status(tape, err);
    if (!st) memcpy(v->encoded, x->data, (size_t)(v->num_entities * v->dim) * sizeof(float));
    tape_free(tape);
    return st;
}

/* What the encoder reads (N,D): *own is to be freed, NULL where it is the model's table. */
static const float *encoder_input(float **own, const model_view *v)
{
    const gat_model *m = v->model;
    *own = NULL;
    if (v->plain) return param_value(&m->params, m->entity);
    *own = gat_alloc(v->num_entities * v->dim, sizeof **own);
    if (*own && start(*own, v)) {
        gat_free(*own);
        *own = NULL;
    }
    return *own;
}

/* The table after the first `steps` steps, in little memory. */
static gat_status encode_large(float *out, const model_view *v, int steps, gat_error *err)
{
    float *own;
    const float *in = encoder_input(&own, v);
    gat_status st =
        in ? encode_pieces(out, in, v->model, v->graph, steps, encode_pieces_edges(v->model), err) : error_nomem(err);
    gat_free(own);
    return st;
}

gat_status view_refresh(model_view *v, gat_error *err)
{
    const gat_model *m = v->model;
    gat_status st = GAT_OK;
    if (encode_pieces_wanted(&m->config, v->num_entities))
        st = encode_large(v->encoded, v, encoder_steps(&m->encoder, &m->config), err);
    else if (!encoded_is_the_table(v)) st = encode_whole(v, err);
    if (!st) kernels()->row_squares(v->squares, v->encoded, v->num_entities, v->dim);
    return st;
}

gat_status view_queries(float *query, const model_view *v, const int32_t *entity, const int32_t *relation, int64_t b,
                        gat_error *err)
{
    const gat_model *m = v->model;
    gat_tape *tape = tape_new(false);
    if (!tape) return error_nomem(err);
    gat_mat x = {v->encoded, NULL, v->num_entities, v->dim};
    gat_mat *q = decoder_queries(tape, m, &x, ad_param(tape, &m->params, m->relation), entity, relation, b, 0);
    gat_status st = tape_status(tape, err);
    if (!st) memcpy(query, q->data, (size_t)(b * v->dim) * sizeof *query);
    tape_free(tape);
    return st;
}

void view_score_queries(float *scores, const float *query, const model_view *v, int64_t b)
{
    gat_comparator compare = decoder_comparator((gat_decoder)v->model->config.decoder);
    score_all(scores, query, v->encoded, v->squares, b, v->num_entities, v->dim, compare);
}

gat_status view_score(float *scores, float *query, const model_view *v, const int32_t *entity, const int32_t *relation,
                      int64_t b, gat_error *err)
{
    gat_status st = view_queries(query, v, entity, relation, b, err);
    if (!st) view_score_queries(scores, query, v, b);
    return st;
}

/* first (count + 1): where the edges of each node start in the result. NULL: out of memory. */
static int64_t *edge_starts(const gat_graph *g, const int32_t *nodes, int64_t count)
{
    int64_t *first = gat_alloc(count + 1, sizeof *first);
    if (!first) return NULL;
    first[0] = 0;
    for (int64_t i = 0; i < count; i++) first[i + 1] = first[i] + g->in_indptr[nodes[i] + 1] - g->in_indptr[nodes[i]];
    return first;
}

/* Rows of far edges lose them: they stand at the end of each. */
static void keep_facts(float *alpha, const int64_t *first, const model_view *v, const int32_t *nodes, int64_t count)
{
    int64_t h = v->model->encoder.num_heads, at = 0;
    for (int64_t i = 0; v->far_graph && i < count; i++) {
        int64_t edges = v->graph->in_indptr[nodes[i] + 1] - v->graph->in_indptr[nodes[i]];
        memmove(alpha + at, alpha + first[i] * h, (size_t)(edges * h) * sizeof *alpha);
        at += edges * h;
    }
}

static gat_status attention_whole(float *alpha, const int64_t *first, const model_view *v, const int32_t *nodes,
                                  int64_t count, gat_error *err)
{
    encoder_attention last;
    gat_tape *tape = tape_new(false);
    if (!tape) return error_nomem(err);
    encode(tape, v, &last);
    gat_status st = tape_status(tape, err);
#pragma omp parallel for schedule(dynamic, 64) if (count > 64)
    for (int64_t i = 0; i < (st ? 0 : count); i++)
        encoder_weights(alpha + first[i] * v->model->encoder.num_heads, &last, nodes[i]);
    tape_free(tape);
    return st;
}

/* Only the last step needs whole rows of edges. */
static gat_status attention_large(float *alpha, const model_view *v, const int32_t *nodes, int64_t count,
                                  gat_error *err)
{
    int before = encoder_steps(&v->model->encoder, &v->model->config) - 1;
    float *own = NULL;
    const float *in;
    gat_status st = GAT_OK;
    if (before) {
        in = own = gat_alloc(v->num_entities * v->dim, sizeof *own);
        st = own ? encode_large(own, v, before, err) : error_nomem(err);
    } else {
        in = encoder_input(&own, v);
        if (!in) st = error_nomem(err);
    }
    if (!st) st = attention_of_nodes(alpha, in, v->model, v->graph, nodes, count, err);
    gat_free(own);
    return st;
}

gat_status view_attention(float **alpha, const model_view *v, const int32_t *nodes, int64_t count, gat_error *err)
{
    int64_t num_heads = v->model->encoder.num_heads;
    *alpha = NULL;
    if (!v->model->encoder.num_layers)
        return error_set(err, GAT_EUSAGE, "the model has no attention layer (--model none)");
    int64_t *first = edge_starts(message_graph(v), nodes, count);
    if (!first) return error_nomem(err);
    float *weights = gat_alloc(first[count] * num_heads, sizeof *weights);
    gat_status st = weights ? GAT_OK : error_nomem(err);
    if (!st)
        st = encode_pieces_wanted(&v->model->config, v->num_entities)
                 ? attention_large(weights, v, nodes, count, err)
                 : attention_whole(weights, first, v, nodes, count, err);
    if (!st) keep_facts(weights, first, v, nodes, count);
    if (!st) *alpha = weights;
    else gat_free(weights);
    gat_free(first);
    return st;
}

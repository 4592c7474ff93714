#include "model/embedding_view.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "kernels/loss.h"
#include "model/decoder.h"
#include "model/embedding_model.h"
#include "model/encode_pieces.h"
#include "model/positions.h"
#include "model/unseen.h"

/* The model's own positions are the stored ones; entities that training has not seen stand nowhere. */
static gat_status place_entities(embedding_view *v, bool own, gat_error *err)
{
    const gat_model *m = v->base.model;
    if (m->encoder.position < 0) return GAT_OK;
    if (!own) return positions_make(&v->positions, &m->config, v->base.graph, err);
    int64_t k = m->config.position_dim;
    v->positions = gat_calloc(v->base.num_entities * k, sizeof *v->positions);
    if (!v->positions) return error_nomem(err);
    memcpy(v->positions, m->positions, (size_t)(m->num_seen * k) * sizeof *v->positions);
    return GAT_OK;
}

static gat_status extend_graph(embedding_view *v, bool own, gat_error *err)
{
    const gat_model *m = v->base.model;
    reach_plan plan = encoder_reach(&m->config, own ? m->num_seen : (int32_t)v->base.num_entities);
    return reach_build(&v->far_graph, v->base.graph, &plan, err);
}

/* Without an encoder the table is what it would be encoded to. */
static gat_status make_room(embedding_view *v, gat_error *err)
{
    const gat_model *m = v->base.model;
    if (v->plain && !m->encoder.num_layers) v->encoded = param_value(&m->params, m->entity);
    else v->encoded = gat_calloc(v->base.num_entities * v->dim, sizeof(float));
    v->squares = gat_calloc(v->base.num_entities, sizeof(float));
    return v->encoded && v->squares ? GAT_OK : error_nomem(err);
}

static bool encoded_is_the_table(const embedding_view *v)
{
    return v->encoded == param_value(&v->base.model->params, v->base.model->entity);
}

static void clear(model_view *view)
{
    embedding_view *v = (embedding_view *)view;
    if (!encoded_is_the_table(v)) gat_free(v->encoded);
    graph_free(v->far_graph);
    gat_free(v->positions);
    gat_free(v->squares);
}

/* Rows of x of the entities with a trained embedding, found by name, and the common row for the others; source (N) says
 * which. */
static gat_status fill_embeddings(float *x, uint8_t *source, const embedding_view *v)
{
    const gat_model *m = v->base.model;
    const float *table = param_value(&m->params, m->entity);
    float *common = gat_alloc(v->dim, sizeof *common);
    bool own = v->base.entities == m->entities;
    gat_status st = common ? unseen_common_row(common, m, NULL) : GAT_ENOMEM;
    for (int32_t i = 0; !st && i < v->base.num_entities; i++) {
        const char *name = intern_string(v->base.entities, i);
        int32_t id = own ? i : intern_find(m->entities, name, strlen(name));
        bool seen = id >= 0 && id < m->num_seen;
        source[i] = seen ? GAT_ROW_OWN : GAT_ROW_COMMON;
        memcpy(x + i * v->dim, seen ? table + id * v->dim : common, (size_t)v->dim * sizeof *x);
    }
    gat_free(common);
    return st;
}

/* Embeddings before the encoder. */
static gat_status start(float *x, const embedding_view *v)
{
    const gat_model *m = v->base.model;
    uint8_t *source = gat_alloc(v->base.num_entities, 1);
    gat_status st = source ? fill_embeddings(x, source, v) : GAT_ENOMEM;
    if (!st) unseen_sources(source, &m->config, v->base.graph, NULL);
    if (!st) st = unseen_fill(x, source, m, v->base.graph, NULL, NULL);
    gat_free(source);
    return st;
}

static const gat_graph *message_graph(const embedding_view *v) { return v->far_graph ? v->far_graph : v->base.graph; }

/* Runs the encoder on a tape that does not record. Matrices live as long as the tape. */
static gat_mat *encode(gat_tape *tape, const embedding_view *v, encoder_attention *last)
{
    encoder_pass pass = {
        .graph = message_graph(v), .config = &v->base.model->config, .positions = v->positions, .last = last};
    gat_mat *x = tape_mat(tape, v->base.num_entities, v->dim);
    gat_status st = x ? start(x->data, v) : GAT_ENOMEM;
    if (st) tape_fail(tape, st);
    return encoder_forward(tape, &v->base.model->encoder, &v->base.model->params, x, &pass);
}

static gat_status encode_whole(embedding_view *v, gat_error *err)
{
    gat_tape *tape = tape_new(false);
    if (!tape) return error_nomem(err);
    gat_mat *x = encode(tape, v, NULL);
    gat_status st = tape_status(tape, err);
    if (!st) memcpy(v->encoded, x->data, (size_t)(v->base.num_entities * v->dim) * sizeof(float));
    tape_free(tape);
    return st;
}

/* What the encoder reads (N,D): *own is to be freed, NULL where it is the model's table. */
static const float *encoder_input(float **own, const embedding_view *v)
{
    const gat_model *m = v->base.model;
    *own = NULL;
    if (v->plain) return param_value(&m->params, m->entity);
    *own = gat_alloc(v->base.num_entities * v->dim, sizeof **own);
    if (*own && start(*own, v)) {
        gat_free(*own);
        *own = NULL;
    }
    return *own;
}

/* The table after the first `steps` steps, in little memory. */
static gat_status encode_large(float *out, const embedding_view *v, int steps, gat_error *err)
{
    float *own;
    const float *in = encoder_input(&own, v);
    gat_status st =
        in ? encode_pieces(out, in, v->base.model, v->base.graph, steps, encode_pieces_edges(v->base.model), err)
           : error_nomem(err);
    gat_free(own);
    return st;
}

static gat_status refresh(model_view *view, gat_error *err)
{
    embedding_view *v = (embedding_view *)view;
    const gat_model *m = v->base.model;
    gat_status st = GAT_OK;
    if (encode_pieces_wanted(&m->config, v->base.num_entities))
        st = encode_large(v->encoded, v, encoder_steps(&m->encoder, &m->config), err);
    else if (!encoded_is_the_table(v)) st = encode_whole(v, err);
    if (!st) kernels()->row_squares(v->squares, v->encoded, v->base.num_entities, v->dim);
    return st;
}

static gat_status prepare(model_view *view, const gat_triples *facts, bool own, gat_error *err)
{
    (void)facts;
    embedding_view *v = (embedding_view *)view;
    const gat_model *m = view->model;
    v->dim = model_width(m);
    v->plain = view->entities == m->entities && view->num_entities == m->num_seen;
    gat_status st = extend_graph(v, own, err);
    if (!st) st = place_entities(v, own, err);
    if (!st) st = make_room(v, err);
    return st ? st : refresh(view, err);
}

gat_status embedding_view_need(const embedding_view **out, const model_view *view, const char *what, gat_error *err)
{
    *out = embedding_view_of(view);
    if (*out) return GAT_OK;
    return error_set(err, GAT_EUSAGE, "%s needs embeddings of entities, and a model of paths has none", what);
}

gat_status embedding_queries(float *query, const embedding_view *v, const int32_t *entity, const int32_t *relation,
                             int64_t b, gat_error *err)
{
    const gat_model *m = v->base.model;
    gat_tape *tape = tape_new(false);
    if (!tape) return error_nomem(err);
    gat_mat x = {v->encoded, NULL, v->base.num_entities, v->dim};
    gat_mat *q = decoder_queries(tape, m, &x, ad_param(tape, &m->params, m->relation), entity, relation, b, 0);
    gat_status st = tape_status(tape, err);
    if (!st) memcpy(query, q->data, (size_t)(b * v->dim) * sizeof *query);
    tape_free(tape);
    return st;
}

void embedding_scores(float *scores, const float *query, const embedding_view *v, int64_t b)
{
    gat_comparator compare = decoder_comparator((gat_decoder)v->base.model->config.decoder);
    score_all(scores, query, v->encoded, v->squares, b, v->base.num_entities, v->dim, compare);
}

static gat_status score(float *scores, const model_view *view, const int32_t *entity, const int32_t *relation,
                        int64_t b, gat_error *err)
{
    const embedding_view *v = embedding_view_of(view);
    float *query = gat_alloc(b * v->dim, sizeof *query);
    if (!query) return error_nomem(err);
    gat_status st = embedding_queries(query, v, entity, relation, b, err);
    if (!st) embedding_scores(scores, query, v, b);
    gat_free(query);
    return st;
}

/* The queries of all relations, compared with the one tail. */
static gat_status score_relations(float *scores, const model_view *view, int32_t head, int32_t tail, gat_error *err)
{
    const embedding_view *v = embedding_view_of(view);
    int64_t r = view->model->num_seen_relations, at = tail;
    float *query = gat_alloc(r * v->dim, sizeof *query);
    int32_t *entity = gat_alloc(r, sizeof *entity), *relation = gat_alloc(r, sizeof *relation);
    gat_status st = query && entity && relation ? GAT_OK : error_nomem(err);
    for (int32_t i = 0; !st && i < r; i++) {
        entity[i] = head;
        relation[i] = i;
    }
    if (!st) st = embedding_queries(query, v, entity, relation, r, err);
    if (!st)
        score_all(scores, query, v->encoded + at * v->dim, v->squares + at, r, 1, v->dim,
                  decoder_comparator((gat_decoder)view->model->config.decoder));
    gat_free(query);
    gat_free(entity);
    gat_free(relation);
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
static void keep_facts(float *alpha, const int64_t *first, const embedding_view *v, const int32_t *nodes, int64_t count)
{
    int64_t h = v->base.model->encoder.num_heads, at = 0;
    for (int64_t i = 0; v->far_graph && i < count; i++) {
        int64_t edges = v->base.graph->in_indptr[nodes[i] + 1] - v->base.graph->in_indptr[nodes[i]];
        memmove(alpha + at, alpha + first[i] * h, (size_t)(edges * h) * sizeof *alpha);
        at += edges * h;
    }
}

static gat_status attention_whole(float *alpha, const int64_t *first, const embedding_view *v, const int32_t *nodes,
                                  int64_t count, gat_error *err)
{
    encoder_attention last;
    gat_tape *tape = tape_new(false);
    if (!tape) return error_nomem(err);
    encode(tape, v, &last);
    gat_status st = tape_status(tape, err);
#pragma omp parallel for schedule(dynamic, 64) if (count > 64)
    for (int64_t i = 0; i < (st ? 0 : count); i++)
        encoder_weights(alpha + first[i] * v->base.model->encoder.num_heads, &last, nodes[i]);
    tape_free(tape);
    return st;
}

/* Only the last step needs whole rows of edges. */
static gat_status attention_local(float *alpha, const embedding_view *v, const int32_t *nodes, int64_t count,
                                  gat_error *err)
{
    int before = encoder_steps(&v->base.model->encoder, &v->base.model->config) - 1;
    float *own = NULL;
    const float *in;
    gat_status st = GAT_OK;
    if (before) {
        in = own = gat_alloc(v->base.num_entities * v->dim, sizeof *own);
        st = own ? encode_large(own, v, before, err) : error_nomem(err);
    } else {
        in = encoder_input(&own, v);
        if (!in) st = error_nomem(err);
    }
    if (!st) st = attention_of_nodes(alpha, in, v->base.model, v->base.graph, nodes, count, err);
    gat_free(own);
    return st;
}

/* With one step its input is there already, and the nodes' edges are all that is looked at. */
static bool attention_is_local(const embedding_view *v)
{
    const gat_model *m = v->base.model;
    bool one = encoder_steps(&m->encoder, &m->config) == 1 && encode_pieces_possible(&m->config);
    return one || encode_pieces_wanted(&m->config, v->base.num_entities);
}

gat_status embedding_attention(float **alpha, const embedding_view *v, const int32_t *nodes, int64_t count,
                               gat_error *err)
{
    int64_t num_heads = v->base.model->encoder.num_heads;
    *alpha = NULL;
    if (!v->base.model->encoder.num_layers)
        return error_set(err, GAT_EUSAGE, "the model has no attention layer (--model none)");
    int64_t *first = edge_starts(message_graph(v), nodes, count);
    if (!first) return error_nomem(err);
    float *weights = gat_alloc(first[count] * num_heads, sizeof *weights);
    gat_status st = weights ? GAT_OK : error_nomem(err);
    if (!st)
        st = attention_is_local(v) ? attention_local(weights, v, nodes, count, err)
                                   : attention_whole(weights, first, v, nodes, count, err);
    if (!st) keep_facts(weights, first, v, nodes, count);
    if (!st) *alpha = weights;
    else gat_free(weights);
    gat_free(first);
    return st;
}

static gat_status declare(gat_model *m, gat_error *err)
{
    gat_status st = embedding_check_unseen(m, err);
    return st ? st : embedding_declare(m, err);
}

const model_kind embedding_kind = {
    .view_size = sizeof(embedding_view),
    .declare = declare,
    .init_params = embedding_init_params,
    .view_prepare = prepare,
    .view_refresh = refresh,
    .view_score = score,
    .view_score_relations = score_relations,
    .view_clear = clear,
};

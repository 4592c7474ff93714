#include "text/net_members.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "text/net_student.h"
#include "text/relation_answers.h"

enum { JUDGES = 2 };

void net_members_clear(net_members *m)
{
    for (int i = 0; i < m->count; i++) text_net_clear(&m->net[i]);
    intern_free(m->deprels);
    for (int b = 0; b < NET_BLOCKS; b++) feature_table_clear(&m->atoms[b]);
    gat_free(m->net);
    *m = (net_members){0};
}

net_shape net_members_shape(const gat_relations *model, const net_members *m)
{
    const gat_relation_config *c = &model->config;
    net_shape shape = {.score = (gat_score)c->attention,
                       .sinusoidal = c->positions == POSITIONS_SINUSOIDAL,
                       .heads = (int32_t)c->attn_heads,
                       .layers = (int32_t)c->layers,
                       .dim = (int32_t)c->dim,
                       .labels = relations_labels(model),
                       .vector_dim = model->vectors.dim,
                       .relations = net_edge_relations(c, m->deprels),
                       .wide_dim = (int32_t)c->wide_dim,
                       .wide = model->part[GAT_PART_ALL].table.count,
                       .dropout = (float)c->dropout,
                       .attn_dropout = (float)c->attn_dropout,
                       .top_dropout = (float)c->top_dropout};
    for (int b = 0; b < NET_BLOCKS; b++) shape.atoms[b] = m->atoms[b].count;
    return shape;
}

/* ---- what the nets learn from ---------------------------------------------------------------------------- */

typedef struct class_room {
    const gat_relations *model;
    const net_school *school;
    net_members *members;
    net_corpus corpus;
    sparse_rows wide;
    float *loudness; /* of the sparse features */
    batch_source from;
    int64_t *use, *held; /* (sentences) all but those of fold 0; those */
    int64_t count, num_held, *all;
} class_room;

static void room_clear(class_room *c)
{
    net_corpus_clear(&c->corpus);
    sparse_rows_clear(&c->wide);
    gat_free(c->loudness);
    gat_free(c->use);
    gat_free(c->held);
    gat_free(c->all);
}

static gat_status collect_deprels(gat_intern *out, const sentence_list *list, gat_error *err)
{
    for (int64_t i = 0; i < list->num_tokens; i++) {
        if (list->deprel[i] < 0) continue;
        const char *label = list_string(list, list->deprel[i]);
        if (intern_add(out, label, strlen(label)) < 0) return error_nomem(err);
    }
    return GAT_OK;
}

/* The features of all sentences, as the linear part knows them. */
static gat_status wide_rows(class_room *c, gat_error *err)
{
    const feature_table *table = &c->model->part[GAT_PART_ALL].table;
    const sentence_source *source = c->school->source;
    gat_status st = part_rows_make(&c->wide, c->model, GAT_PART_ALL, source, 0, source->list->count, err);
    if (st) return st;
    sparse_rows_rename(&c->wide, table);
    return sparse_rows_weigh(&c->loudness, &c->wide, table->count, c->model->config.rarity, err);
}

static gat_status split(class_room *c, gat_error *err)
{
    int64_t n = c->corpus.sentences;
    c->use = gat_alloc(n, sizeof *c->use);
    c->held = gat_alloc(n, sizeof *c->held);
    c->all = gat_alloc(n, sizeof *c->all);
    if (!c->use || !c->held || !c->all) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) {
        c->all[i] = i;
        if (c->school->fold[i]) c->use[c->count++] = i;
        else c->held[c->num_held++] = i;
    }
    return GAT_OK;
}

static gat_status room_init(class_room *c, gat_error *err)
{
    const gat_relation_config *config = &c->model->config;
    const sentence_list *list = c->school->source->list;
    net_members *m = c->members;
    gat_status st = collect_deprels(m->deprels, list, err);
    if (!st) st = net_corpus_make(&c->corpus, c->model, m->deprels, c->school->source, 0, list->count, err);
    if (!st) st = net_corpus_learn_names(m->atoms, &c->corpus, err);
    if (!st) st = wide_rows(c, err);
    c->from = (batch_source){.corpus = &c->corpus,
                             .wide = &c->wide,
                             .vectors = &c->model->vectors,
                             .config = config,
                             .relations = net_edge_relations(config, m->deprels),
                             .word_dropout = (float)config->word_dropout,
                             .wide_dropout = (float)config->wide_dropout};
    return st ? st : split(c, err);
}

/* ---- training -------------------------------------------------------------------------------------------- */

/* One net of a group, ready for use. */
static gat_status teach_one(text_net *net, const class_room *c, const int64_t *use, int64_t n, uint64_t seed,
                            double *loss)
{
    net_shape shape = net_members_shape(c->model, c->members);
    const net_lesson lesson = {.model = c->model,
                               .from = &c->from,
                               .truth = c->school->truth,
                               .use = use,
                               .count = n,
                               .seed = seed,
                               .should_stop = c->school->should_stop,
                               .context = c->school->context};
    return net_teach(net, &shape, &lesson, loss, NULL);
}

/* count nets, one a thread. what: how they are called in the log. */
static gat_status teach_group(text_net *net, int count, const class_room *c, const int64_t *use, int64_t n,
                              uint64_t seed, const char *what, gat_error *err)
{
    gat_status st = GAT_OK;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < count; i++) {
        double loss = 0;
        gat_status own = teach_one(&net[i], c, use, n, seed + (uint64_t)i, &loss);
#pragma omp critical
        {
            if (own) st = own;
            else log_say(&c->school->log, GAT_LOG_INFO, "%s %d of %d: loss %.4f", what, i + 1, count, loss);
        }
    }
    if (st) return st == GAT_ENOMEM ? error_nomem(err) : error_set(err, st, "interrupted");
    return GAT_OK;
}

/* linear, truth <- what the linear part and the file say of the held sentences. */
static void linear_view(float *linear, uint8_t *truth, const class_room *c)
{
    int32_t labels = relations_labels(c->model), stride = label_stride(labels);
    const linear_part *part = &c->model->part[GAT_PART_ALL];
    for (int64_t i = 0; i < c->num_held; i++) {
        float *row = linear + i * labels;
        logits_apply(row, &part->calibration, c->school->held_out + c->held[i] * stride, labels);
        probabilities(row, row, labels, c->model->several);
        memcpy(truth + i * labels, c->school->truth + c->held[i] * labels, (size_t)labels);
    }
}

static gat_status weigh(class_room *c, const text_net *judge, int judges, double *threshold, gat_error *err)
{
    net_members *m = c->members;
    int32_t labels = relations_labels(c->model);
    int64_t size = c->num_held * labels;
    bool several = c->model->several;
    float *linear = gat_alloc(size, sizeof *linear), *nets = gat_calloc(size, sizeof *nets);
    uint8_t *truth = gat_alloc(size, 1);
    gat_status st = linear && nets && truth ? GAT_OK : error_nomem(err);
    if (!st) {
        batch_source from = c->from;
        from.word_dropout = from.wide_dropout = 0;
        const net_round round = {.model = c->model,
                                 .net = judge,
                                 .count = judges,
                                 .from = &from,
                                 .which = c->held,
                                 .n = c->num_held,
                                 .p = nets};
        linear_view(linear, truth, c);
        if ((st = net_round_answer(&round))) error_nomem(err);
    }
    const mixture_view view = {c->num_held, labels, several};
    if (!st) st = net_mixture_fit(&m->mixture, linear, nets, truth, &view, c->model->config.net_weight, err);
    if (!st && several) {
        net_mixture_apply(linear, nets, &view, &m->mixture);
        *threshold = best_threshold(linear, truth, c->num_held, labels);
    }
    gat_free(linear);
    gat_free(nets);
    gat_free(truth);
    return st;
}

/* Nets that have not seen fold 0 tell what nets are worth. */
static gat_status judge(class_room *c, double *threshold, gat_error *err)
{
    text_net net[JUDGES];
    int count = c->members->count < JUDGES ? c->members->count : JUDGES;
    uint64_t seed = (uint64_t)c->model->config.seed * 1000 + 900;
    memset(net, 0, sizeof net);
    if (!c->num_held || !c->count)
        return net_mixture_fit(&c->members->mixture, NULL, NULL, NULL, &(mixture_view){.n = 0},
                               c->model->config.net_weight, err);
    gat_status st = teach_group(net, count, c, c->use, c->count, seed, "held-out net", err);
    if (!st) st = weigh(c, net, count, threshold, err);
    for (int i = 0; i < count; i++) text_net_clear(&net[i]);
    return st;
}

gat_status net_members_train(net_members *m, gat_relations *model, const net_school *school, gat_error *err)
{
    int count = (int)model->config.members;
    class_room room = {.model = model, .school = school, .members = m};
    *m = (net_members){.deprels = intern_new(), .net = gat_calloc(count, sizeof *m->net), .count = count};
    gat_status st = m->deprels && m->net ? room_init(&room, err) : error_nomem(err);
    if (!st) st = judge(&room, &model->part[GAT_PART_ALL].threshold, err);
    if (!st) {
        log_say(&school->log, GAT_LOG_INFO, "nets are %.2f of an answer", (double)m->mixture.weight);
        st = teach_group(m->net, count, &room, room.all, room.corpus.sentences, (uint64_t)model->config.seed * 1000,
                         "net", err);
    }
    for (int i = 0; !st && i < count; i++)
        rows_scale(m->net[i].wide.w, room.loudness, m->net[i].wide.columns, m->net[i].wide.width);
    room_clear(&room);
    return st;
}

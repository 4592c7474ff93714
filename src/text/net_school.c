/* Training of the nets of a model: what they learn from, nets that judge, nets that stay. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/say.h"
#include "text/net_checkpoint.h"
#include "text/net_members.h"
#include "text/net_student.h"
#include "text/sureness.h"

enum { JUDGES = 2 };

/* ---- what the nets learn from ---------------------------------------------------------------------------- */

typedef struct class_room {
    gat_relations *model;
    const net_school *school;
    net_members *members;
    net_corpus corpus;
    sparse_rows wide;
    float *loudness; /* of the sparse features */
    batch_source from;
    int64_t *use, *held; /* (sentences) all but those of fold 0; those */
    int64_t count, num_held, *all;
    text_net judge[JUDGES]; /* nets that have not seen fold 0 */
    net_checkpoint checkpoint;
} class_room;

static void room_clear(class_room *c)
{
    for (int i = 0; i < JUDGES; i++) text_net_clear(&c->judge[i]);
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

/* Nets that learn from the same sentences. */
typedef struct group {
    text_net *net;
    int count, first; /* first: the number of net 0 in a checkpoint; count <- those that are done, in front */
    const int64_t *use;
    int64_t n;
    uint64_t seed;
    const char *stage;
} group;

static gat_status teach_one(const class_room *c, const group *g, int i, double *loss)
{
    net_shape shape = net_members_shape(c->model, c->members);
    const net_lesson lesson = {.model = c->model,
                               .from = &c->from,
                               .truth = c->school->truth,
                               .use = g->use,
                               .count = g->n,
                               .seed = g->seed + (uint64_t)i,
                               .clock = c->school->clock};
    return net_teach(&g->net[i], &shape, &lesson, loss, NULL);
}

/* A net that is done goes into the checkpoint. */
static gat_status keep_net(class_room *c, const group *g, int i, double loss, gat_error *err)
{
    const gat_relation_progress progress = {g->stage, i + 1, g->count, loss, (double)NAN, 0};
    c->checkpoint.net[g->first + i] = &g->net[i];
    c->checkpoint.done[g->first + i] = true;
    log_say(&c->school->inputs->log, GAT_LOG_INFO, "%s %d of %d: loss %.4f", g->stage, i + 1, g->count, loss);
    relation_tell(c->school->clock, progress);
    return net_checkpoint_write(&c->checkpoint, err);
}

/* Nets of the group that an earlier run has done. */
static gat_status take_from_checkpoint(class_room *c, const group *g, gat_error *err)
{
    net_shape shape = net_members_shape(c->model, c->members);
    gat_status st = GAT_OK;
    if (!c->school->inputs->resume || !c->checkpoint.path || !file_exists(c->checkpoint.path)) return GAT_OK;
    for (int i = 0; !st && i < g->count; i++) {
        st = net_checkpoint_read(&c->checkpoint.done[g->first + i], &g->net[i], &shape, &c->checkpoint, g->first + i,
                                 err);
        c->checkpoint.net[g->first + i] = &g->net[i];
        if (c->checkpoint.done[g->first + i])
            log_say(&c->school->inputs->log, GAT_LOG_INFO, "%s %d of %d: from the checkpoint", g->stage, i + 1,
                    g->count);
    }
    return st;
}

/* Nets that are done to the front. */
static void close_ranks(class_room *c, group *g)
{
    int kept = 0;
    for (int i = 0; i < g->count; i++) {
        if (!c->checkpoint.done[g->first + i]) {
            text_net_clear(&g->net[i]);
            continue;
        }
        if (kept < i) {
            g->net[kept] = g->net[i];
            memset(&g->net[i], 0, sizeof g->net[i]);
        }
        kept++;
    }
    if (kept < g->count)
        log_say(&c->school->inputs->log, GAT_LOG_WARNING, "the time limit came before %s %d of %d was done", g->stage,
                kept + 1, g->count);
    g->count = kept;
}

/* One net a thread. What the time limit cuts off is left out. */
static gat_status teach_group(class_room *c, group *g, gat_error *err)
{
    gat_status st = take_from_checkpoint(c, g, err);
    if (st) return st;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < g->count; i++) {
        double loss = 0;
        if (c->checkpoint.done[g->first + i]) continue;
        gat_status own = teach_one(c, g, i, &loss);
#pragma omp critical
        {
            if (!own && !st) st = keep_net(c, g, i, loss, err);
            else if (own == GAT_ENOMEM) st = error_nomem(err);
            else if (own && (own != GAT_EINTERRUPTED || relation_interrupted(c->school->clock)))
                st = error_set(err, own, "interrupted");
        }
    }
    if (!st) close_ranks(c, g);
    return st;
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

static gat_status weigh(class_room *c, const text_net *judge, int judges, gat_error *err)
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
    if (!st) net_mixture_apply(linear, nets, &view, &m->mixture);
    if (!st && several) c->model->part[GAT_PART_ALL].threshold = best_threshold(linear, truth, c->num_held, labels);
    if (!st) st = sureness_fit(c->model, linear, truth, c->num_held, err);
    gat_free(linear);
    gat_free(nets);
    gat_free(truth);
    return st;
}

/* Nets that have not seen fold 0 tell what nets are worth. */
static gat_status judge(class_room *c, gat_error *err)
{
    group g = {.net = c->judge,
               .count = c->members->count < JUDGES ? c->members->count : JUDGES,
               .use = c->use,
               .n = c->count,
               .seed = (uint64_t)c->model->config.seed * 1000 + 900,
               .stage = "held-out net"};
    gat_status st = c->num_held && c->count ? teach_group(c, &g, err) : GAT_OK;
    if (!st && c->num_held && c->count && g.count) return weigh(c, g.net, g.count, err);
    const mixture_view nothing = {.n = 0};
    return st ? st
              : net_mixture_fit(&c->members->mixture, NULL, NULL, NULL, &nothing, c->model->config.net_weight, err);
}

static gat_status teach_members(class_room *c, gat_error *err)
{
    group g = {.net = c->members->net,
               .count = c->members->count,
               .first = JUDGES,
               .use = c->all,
               .n = c->corpus.sentences,
               .seed = (uint64_t)c->model->config.seed * 1000,
               .stage = "net"};
    gat_status st = teach_group(c, &g, err);
    if (st) return st;
    c->members->count = g.count;
    for (int i = 0; i < g.count; i++)
        rows_scale(g.net[i].wide.w, c->loudness, g.net[i].wide.columns, g.net[i].wide.width);
    return GAT_OK;
}

/* What the nets need, about. */
static gat_status check_memory(const class_room *c, gat_error *err)
{
    net_shape shape = net_members_shape(c->model, c->members);
    int64_t limit = c->school->inputs->max_memory, threads = parallel_threads(), count = c->members->count;
    int64_t at_once = threads < count ? threads : count;
    int64_t need =
        at_once * text_net_bytes(&shape, c->model->config.batch) + (count + JUDGES) * text_net_bytes(&shape, 0);
    need += (int64_t)(sizeof(int32_t) + sizeof(float)) * c->wide.capacity;
    if (!limit || need <= limit) return GAT_OK;
    return error_set(err, GAT_ENOSPC,
                     "training needs about %lld MB, above the limit of %lld MB; lower members, dim or "
                     "wide-dim",
                     (long long)(need >> 20), (long long)(limit >> 20));
}

static void open_checkpoint(class_room *c)
{
    const gat_relation_inputs *inputs = c->school->inputs;
    c->checkpoint.path = inputs->checkpoint;
    net_checkpoint_identity(c->checkpoint.identity, c->model);
    if (inputs->resume && inputs->checkpoint && !file_exists(inputs->checkpoint))
        log_say(&inputs->log, GAT_LOG_INFO, "no checkpoint at %s: starting afresh", inputs->checkpoint);
}

gat_status net_members_train(net_members *m, gat_relations *model, const net_school *school, gat_error *err)
{
    int count = (int)model->config.members;
    class_room *room = gat_calloc(1, sizeof *room);
    if (!room) return error_nomem(err);
    *room = (class_room){.model = model, .school = school, .members = m};
    *m = (net_members){.deprels = intern_new(), .net = gat_calloc(count, sizeof *m->net), .count = count};
    gat_status st = m->deprels && m->net ? room_init(room, err) : error_nomem(err);
    if (!st) st = check_memory(room, err);
    if (!st) open_checkpoint(room);
    if (!st) st = judge(room, err);
    if (!st) {
        log_say(&school->inputs->log, GAT_LOG_INFO, "nets are %.2f of an answer", (double)m->mixture.weight);
        st = teach_members(room, err);
    }
    room_clear(room);
    gat_free(room);
    return st;
}

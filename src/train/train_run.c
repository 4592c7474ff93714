#include "train/train_run.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "io/dataset_place.h"
#include "io/texts.h"
#include "model/option_use.h"
#include "model/ranker.h"
#include "model/relabel.h"
#include "model/view.h"

enum { STREAM_VALID = 0x7a11d, CHECKPOINT_SECONDS = 20 };

double run_seconds(const train_run *r) { return clock_seconds() - r->started; }

double run_time_left(const train_run *r)
{
    const gat_train_options *o = r->options;
    return o->time_limit > 0 ? o->time_limit - o->spent - run_seconds(r) : INFINITY;
}

bool run_checkpoint_due(const train_run *r)
{
    return clock_seconds() - r->saved > fmax(CHECKPOINT_SECONDS, 20 * r->saving);
}

void run_saved(train_run *r, double begun)
{
    r->saved = clock_seconds();
    r->saving = r->saved - begun;
}

bool run_stop_asked(const train_run *r)
{
    return r->options->should_stop && r->options->should_stop(r->options->context);
}

/* The table of a model whose steps look at some of its entities is trained row by row, without a gradient of its
 * own. */
static gat_status allocate(gat_model *m, gat_error *err)
{
    bool rows = m->kind == &embedding_kind && training_is_sampled(&m->config);
    return rows ? params_allocate_from(&m->params, m->relation, err) : params_allocate(model_params(m), true, err);
}

static gat_status model_of(gat_model **out, const gat_dataset *data, const gat_config *config, gat_error *err)
{
    gat_status st = model_new(out, config, err);
    if (st) return st;
    gat_model *m = *out;
    m->members = 1; /* one is trained at a time */
    m->entities = intern_clone(data->entities);
    m->relations = intern_clone(data->relations);
    if (!m->entities || !m->relations) return error_nomem(err);
    m->num_seen = data->num_train_entities;
    m->num_seen_relations = data->num_train_relations;
    m->origin.holdout = data->holdout;
    m->origin.holdout_seed = data->holdout_seed;
    memcpy(m->origin.data_digest, data->digest, sizeof data->digest);
    if (data->entity_text) st = texts_copy(&m->entity_text, data->entity_text, intern_count(m->entities), err);
    const gat_triples *train = &data->splits[GAT_SPLIT_TRAIN];
    for (int64_t i = 0; !st && i < train->count; i++) st = triples_push(&m->facts, train->data[i], err);
    if (!st) st = m->kind->declare(m, err);
    if (!st) st = allocate(m, err);
    if (!st) m->kind->init_params(m);
    return st;
}

static gat_status refuse_valid(const gat_dataset *data, const char *relation, gat_error *err)
{
    char place[450];
    dataset_place(place, sizeof place, data, GAT_SPLIT_VALID, relation);
    return error_set(err, GAT_EDATA, "%s: relation \"%.100s\" does not occur in train", place, relation);
}

/* A valid fact of a relation that training has never seen cannot be ranked. */
static gat_status check_valid(const gat_dataset *data, gat_error *err)
{
    const gat_triples *valid = &data->splits[GAT_SPLIT_VALID];
    for (int64_t i = 0; i < valid->count; i++)
        if (valid->data[i].relation >= data->num_train_relations)
            return refuse_valid(data, intern_string(data->relations, valid->data[i].relation), err);
    return GAT_OK;
}

static int64_t text_bytes(char *const *text, int32_t count)
{
    int64_t bytes = 0;
    for (int32_t i = 0; text && i < count; i++)
        bytes += (int64_t)sizeof *text + (text[i] ? (int64_t)strlen(text[i]) + 1 : 0);
    return bytes;
}

gat_status run_memory(training_memory *out, const gat_dataset *data, const gat_config *config, gat_error *err)
{
    int32_t entities = intern_count(data->entities);
    const gat_triples *train = &data->splits[GAT_SPLIT_TRAIN];
    gat_filter *questions = NULL;
    gat_status st = filter_build(&questions, &train, 1, data->num_train_relations, err);
    if (st) return st;
    training_sizes sizes = {
        .entities = data->num_train_entities,
        .relations = data->num_train_relations,
        .facts = train->count,
        .questions = filter_num_queries(questions),
        .others = entities - data->num_train_entities,
        .valid = data->splits[GAT_SPLIT_VALID].count,
        .names = intern_bytes(data->entities) + intern_bytes(data->relations) + text_bytes(data->entity_text, entities),
        .threads = parallel_threads(),
    };
    filter_free(questions);
    return training_memory_of(out, config, &sizes, err);
}

static gat_status check_memory(const gat_dataset *data, const gat_config *config, const gat_train_options *options,
                               gat_error *err)
{
    if (!options->max_memory) return GAT_OK;
    training_memory parts;
    gat_status st = run_memory(&parts, data, config, err);
    if (st) return st;
    int64_t need = memory_held() + training_memory_peak(&parts);
    if (need <= options->max_memory) return GAT_OK;
    return error_set(err, GAT_ENOSPC,
                     "training needs about %lld MB, above the limit of %lld MB; lower dim, batch, layers or %s",
                     (long long)(need >> 20), (long long)(options->max_memory >> 20),
                     config->model == GAT_MODEL_GAT ? "attn-heads" : "members");
}

gat_status run_open(train_run *r, const gat_dataset *data, const gat_config *config, const gat_train_options *options,
                    gat_error *err)
{
    *r = (train_run){.data = data, .options = options};
    r->started = r->saved = clock_seconds();
    gat_status st = config_check(config, err);
    if (!st) st = option_use_check(config, err);
    if (!st) st = check_valid(data, err);
    if (!st) st = check_memory(data, config, options, err);
    return st ? st : model_of(&r->model, data, config, err);
}

void run_clear(train_run *r)
{
    triples_clear(&r->valid);
    filter_free(r->known);
    gat_free(r->kept);
    model_free(r->model);
}

/* The facts of valid that are ranked: all, or as many as wanted, one of each of as many equal strata. */
static gat_status choose_valid(train_run *r, const gat_triples *all, gat_error *err)
{
    const gat_config *c = &r->model->config;
    int64_t count = c->valid_sample && c->valid_sample < all->count ? c->valid_sample : all->count;
    uint64_t stream = random_stream(STREAM_VALID, 0, 0);
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < count; i++) {
        int64_t low = part_start(all->count, count, i), size = part_start(all->count, count, i + 1) - low;
        int64_t at = low + random_below((uint64_t)c->seed, stream, (uint64_t)i, size);
        st = triples_push(&r->valid, all->data[at], err);
    }
    return st;
}

static gat_status init_valid(train_run *r, const int32_t *place, gat_error *err)
{
    const gat_triples *data = &r->data->splits[GAT_SPLIT_VALID];
    gat_triples all = {0};
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < data->count; i++) st = triples_push(&all, data->data[i], err);
    if (!st && place) relabel_facts(&all, place, r->model->num_seen);
    if (!st) st = choose_valid(r, &all, err);
    if (!st) st = filter_extend(&r->known, r->model->view->known, &all, r->model->num_seen_relations, err);
    triples_clear(&all);
    return st;
}

void run_restart(train_run *r)
{
    const gat_params *p = model_params(r->model);
    memcpy(r->kept, p->value, (size_t)p->size * sizeof *r->kept);
    r->origin = r->model->origin;
}

gat_status run_prepare(train_run *r, const int32_t *place, gat_error *err)
{
    const gat_params *p = model_params(r->model);
    gat_status st = init_valid(r, place, err);
    if (st) return st;
    r->kept = gat_alloc(p->size, sizeof *r->kept);
    if (!r->kept) return error_nomem(err);
    run_restart(r);
    return GAT_OK;
}

gat_status run_validate(train_run *r, gat_progress *p, train_verdict *v, gat_error *err)
{
    gat_model *m = r->model;
    gat_status st = view_refresh(m->view, err);
    if (!st) st = rank_means(&p->valid, m->view, &r->valid, r->known, (gat_precision)m->config.precision, err);
    if (st) return st;
    p->improved = p->valid.realistic.mrr > v->best; /* of a validation, never 0 */
    if (p->improved) v->best = p->valid.realistic.mrr;
    v->stale = p->improved ? 0 : v->stale + 1;
    v->finished = m->config.patience > 0 && v->stale >= m->config.patience;
    return GAT_OK;
}

bool run_keeps_anyway(const train_run *r) { return !r->origin.has_valid || r->model->config.keep == GAT_KEEP_LAST; }

/* A loss tells only of the parameters before its step, so the last step is looked at here. */
gat_status run_keep(train_run *r, const gat_progress *progress, const char *at, gat_error *err)
{
    const gat_params *p = model_params(r->model);
    for (int64_t i = 0; i < p->size; i++)
        if (!isfinite(p->value[i])) return error_set(err, GAT_EFAILED, "a parameter is not a number %s; lower lr", at);
    memcpy(r->kept, p->value, (size_t)p->size * sizeof *r->kept);
    r->origin.has_valid = progress->valid.queries > 0;
    r->origin.valid = progress->valid;
    return GAT_OK;
}

void run_take_kept(train_run *r)
{
    gat_params *p = model_params(r->model);
    memcpy(p->value, r->kept, (size_t)p->size * sizeof *p->value);
    r->model->origin = r->origin;
    gat_free(p->grad);
    p->grad = NULL;
}

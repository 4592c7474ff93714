/* Loading: read each split through the reader of its format into ids, drop repeated facts, count what train has not
 * seen. Order of splits is order of ids. */
#include "io/dataset.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "io/dataset_parts.h"
#include "io/fact_queue.h"
#include "io/texts.h"
#include "io/triple_file.h"

#define DEFAULT_HOLDOUT 0.05

enum { DEFAULT_SEED = 1 };

/* A split on its way in. */
typedef struct loading {
    gat_dataset *dataset;
    const gat_log *log;
    gat_split split;
    fact_queue *queue;
} loading;

static bool is_inductive(gat_split split) { return split >= GAT_SPLIT_IND_TRAIN; }

static gat_status add_fact(void *context, gat_term head, gat_term relation, gat_term tail, const char *path,
                           int64_t line, gat_error *err)
{
    loading *l = context;
    (void)line;
    return fact_queue_add(l->queue, head, relation, tail, path, err);
}

static gat_status drop_duplicates(loading *l, const char *path, gat_error *err)
{
    gat_dataset *d = l->dataset;
    gat_status st = triples_unique(&d->splits[l->split], &d->duplicates[l->split], err);
    if (!st && d->duplicates[l->split])
        log_say(l->log, GAT_LOG_WARNING, "%.400s: %lld repeated facts dropped", path,
                (long long)d->duplicates[l->split]);
    return st;
}

/* Nothing in train is an error; nothing in another split is worth a warning. */
static gat_status check_empty(const loading *l, const char *path, int64_t literals, gat_error *err)
{
    if (l->dataset->splits[l->split].count) return GAT_OK;
    if (l->split == GAT_SPLIT_TRAIN && literals)
        return error_set(err, GAT_EDATA, "%.300s: no facts between entities (%lld statements about literals skipped)",
                         path, (long long)literals);
    if (l->split == GAT_SPLIT_TRAIN) return error_set(err, GAT_EDATA, "%.400s: no facts (the file is empty)", path);
    log_say(l->log, GAT_LOG_WARNING, "%.400s: no facts", path);
    return GAT_OK;
}

static gat_status load_split(loading *l, const char *path, gat_error *err)
{
    gat_dataset *d = l->dataset;
    triple_sink sink = {.add = add_fact, .context = l};
    if (is_inductive(l->split) && !d->ind_entities && !(d->ind_entities = intern_new())) return error_nomem(err);
    fact_queue_start(l->queue, is_inductive(l->split) ? d->ind_entities : d->entities, d->relations,
                     &d->splits[l->split]);
    gat_status st = triple_file_read(path, &sink, err);
    if (!st) st = fact_queue_flush(l->queue, path, err);
    if (st) return st;
    if (sink.literals)
        log_say(l->log, GAT_LOG_WARNING, "%.400s: %lld statements about literals skipped", path,
                (long long)sink.literals);
    st = drop_duplicates(l, path, err);
    if (!st) st = check_empty(l, path, sink.literals, err);
    d->present[l->split] = true;
    if (l->split == GAT_SPLIT_TRAIN) {
        d->num_train_entities = intern_count(d->entities);
        d->num_train_relations = intern_count(d->relations);
    }
    return st;
}

/* Inductive entities are not in train by design; only their relations can be unseen. */
static void count_unseen(gat_dataset *d, const gat_log *log)
{
    for (gat_split s = GAT_SPLIT_VALID; s < GAT_NUM_SPLITS; s++) {
        int32_t entities = is_inductive(s) ? INT32_MAX : d->num_train_entities;
        for (int64_t i = 0; i < d->splits[s].count; i++) {
            gat_triple t = d->splits[s].data[i];
            d->unseen[s] += t.head >= entities || t.tail >= entities || t.relation >= d->num_train_relations;
        }
        if (!d->unseen[s]) continue;
        log_say(log, GAT_LOG_WARNING, "%s: %lld of %lld facts name %s that train does not have; they are kept",
                gat_split_name(s), (long long)d->unseen[s], (long long)d->splits[s].count,
                is_inductive(s) ? "a relation" : "an entity or relation");
    }
}

static gat_status load_texts(char ***texts, const char *folder, const char *name, const gat_intern *names,
                             gat_error *err)
{
    char *path;
    gat_status st = folder_find_texts(&path, folder, name, err);
    if (!st && path) st = texts_read(texts, path, names, err);
    gat_free(path);
    return st;
}

static gat_status load_folder_split(loading *l, const char *folder, gat_error *err)
{
    char *path;
    const char *name = gat_split_name(l->split);
    gat_status st = folder_find_triples(&path, folder, name, err);
    if (st) return st;
    if (path) st = load_split(l, path, err);
    else if (l->split == GAT_SPLIT_TRAIN)
        st = error_set(
            err, GAT_EDATA,
            "%.300s: missing split: no train.tsv, .txt, .csv, .nt, .nq, .ttl or .trig (each plain, .gz or .zst)",
            folder);
    gat_free(path);
    return st;
}

static gat_status load_folder(loading *l, const char *folder, bool whole, gat_error *err)
{
    gat_dataset *d = l->dataset;
    gat_status st = GAT_OK;
    for (gat_split s = GAT_SPLIT_TRAIN; !st && s < (whole ? GAT_SPLIT_VALID : GAT_NUM_SPLITS); s++) {
        l->split = s;
        st = load_folder_split(l, folder, err);
    }
    if (!st) st = load_texts(&d->entity_text, folder, "entity_name", d->entities, err);
    if (!st) st = load_texts(&d->relation_text, folder, "relation_text", d->relations, err);
    return st;
}

static gat_status load_file(loading *l, const char *path, double holdout, uint64_t seed, gat_error *err)
{
    gat_dataset *d = l->dataset;
    l->split = GAT_SPLIT_TRAIN;
    gat_status st = load_split(l, path, err);
    if (st || holdout <= 0) return st;
    st = dataset_hold_out(d, holdout, seed, err);
    if (!st && !d->splits[GAT_SPLIT_VALID].count)
        log_say(l->log, GAT_LOG_WARNING,
                "%.400s: %lld facts are too few to hold out a share of %g; valid and test stay empty", path,
                (long long)d->splits[GAT_SPLIT_TRAIN].count, holdout);
    return st;
}

static void digest_names(XXH3_state_t *state, const gat_intern *names)
{
    int32_t count = names ? intern_count(names) : 0;
    XXH3_128bits_update(state, &count, sizeof count);
    for (int32_t i = 0; i < count; i++) {
        const char *s = intern_string(names, i);
        XXH3_128bits_update(state, s, strlen(s) + 1);
    }
}

static gat_status make_digest(gat_dataset *d, gat_error *err)
{
    XXH3_state_t *state = gat_alloc(1, sizeof *state);
    if (!state) return error_nomem(err);
    XXH3_128bits_reset(state);
    for (int s = 0; s < GAT_NUM_SPLITS; s++) {
        const gat_triples *t = &d->splits[s];
        XXH3_128bits_update(state, &t->count, sizeof t->count);
        if (t->count) XXH3_128bits_update(state, t->data, (size_t)t->count * sizeof *t->data);
    }
    digest_names(state, d->entities);
    digest_names(state, d->relations);
    digest_names(state, d->ind_entities);
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    d->digest[0] = hash.low64;
    d->digest[1] = hash.high64;
    gat_free(state);
    return GAT_OK;
}

static gat_status load(loading *l, const char *path, const gat_dataset_options *o, gat_error *err)
{
    gat_dataset *d = l->dataset;
    double holdout = o->whole || o->holdout < 0 ? 0 : o->holdout > 0 ? o->holdout : DEFAULT_HOLDOUT;
    d->path = gat_strdup(path);
    d->entities = intern_new();
    d->relations = intern_new();
    if (!d->path || !d->entities || !d->relations) return error_nomem(err);
    gat_status st = file_is_folder(path) ? load_folder(l, path, o->whole, err)
                                         : load_file(l, path, holdout, o->seed ? o->seed : DEFAULT_SEED, err);
    if (st) return st;
    count_unseen(d, l->log);
    return make_digest(d, err);
}

gat_status dataset_load(gat_dataset **out, const char *path, const gat_dataset_options *options, gat_error *err)
{
    static const gat_dataset_options defaults;
    const gat_dataset_options *o = options ? options : &defaults;
    *out = NULL;
    if (!(o->holdout < 0.5))
        return error_set(err, GAT_EUSAGE, "the holdout share must be below 0.5, as it is taken twice (valid and test)");
    loading l = {.dataset = gat_calloc(1, sizeof *l.dataset), .log = &o->log, .queue = fact_queue_new()};
    gat_status st = l.dataset && l.queue ? load(&l, path, o, err) : error_nomem(err);
    gat_free(l.queue);
    if (st) dataset_free(l.dataset);
    else *out = l.dataset;
    return st;
}

void dataset_free(gat_dataset *d)
{
    if (!d) return;
    intern_free(d->entities);
    intern_free(d->relations);
    intern_free(d->ind_entities);
    for (int s = 0; s < GAT_NUM_SPLITS; s++) triples_clear(&d->splits[s]);
    gat_free(d->path);
    gat_free(d->entity_text);
    gat_free(d->relation_text);
    gat_free(d);
}

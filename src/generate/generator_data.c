#define XXH_INLINE_ALL
#include "generate/generator_data.h"

#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

void generator_data_clear(generator_data *d)
{
    graph_set_clear(&d->train);
    graph_set_clear(&d->valid);
    gat_free(d->valid_fits);
    *d = (generator_data){.num_valid = 0};
}

static gat_status read_train(generator_data *d, graph_names *names, const char *path, gat_error *err)
{
    gat_status st = graph_set_read(&d->train, names, path, err);
    if (!st && d->train.count < 2)
        st = error_set(err, GAT_EDATA, "%s: %s; there is something to learn from two on", path,
                       d->train.count ? "one graph" : "no graphs");
    return st;
}

/* Valid is read with names of its own after those of train. */
static gat_status read_valid(generator_data *d, const graph_names *names, const char *path, gat_error *err)
{
    graph_names more = *names;
    more.entities = intern_clone(names->entities);
    more.relations = intern_clone(names->relations);
    gat_status st = more.entities && more.relations ? GAT_OK : error_nomem(err);
    if (!st) st = graph_set_read(&d->valid, &more, path, err);
    graph_names_clear(&more);
    return st;
}

static gat_status read_files(generator_data *d, graph_names *names, const char *path, gat_error *err)
{
    char *train = NULL, *valid = NULL;
    bool folder = file_is_folder(path);
    if (!folder) return read_train(d, names, path, err);
    gat_status st = graph_names_read(names, path, err);
    if (!st) st = graph_file_find(&train, path, "train", err);
    if (!st && !train) st = error_set(err, GAT_EDATA, "%s: no train.jsonl, train.jsonl.gz or train.jsonl.zst", path);
    if (!st) st = read_train(d, names, train, err);
    if (!st) st = graph_file_find(&valid, path, "valid", err);
    if (!st && valid) st = read_valid(d, names, valid, err);
    gat_free(train);
    gat_free(valid);
    return st;
}

static gat_status choose_valid(generator_data *d, const gat_generator *m, gat_error *err)
{
    d->valid_fits = gat_alloc(d->valid.count, sizeof *d->valid_fits);
    if (!d->valid_fits) return error_nomem(err);
    for (int64_t g = 0; g < d->valid.count && d->num_valid < GENERATOR_VALID; g++)
        if (generator_fits(m, graph_facts(&d->valid, g), graph_size(&d->valid, g))) d->valid_fits[d->num_valid++] = g;
    return GAT_OK;
}

static uint64_t digest_names(const gat_intern *names, uint64_t seed)
{
    for (int32_t i = 0; i < intern_count(names); i++) {
        const char *s = intern_string(names, i);
        seed = XXH3_64bits_withSeed(s, strlen(s) + 1, seed);
    }
    return seed;
}

static uint64_t digest_set(const graph_set *s, uint64_t seed)
{
    if (!s->count) return seed;
    seed = XXH3_64bits_withSeed(s->first, (size_t)(s->count + 1) * sizeof *s->first, seed);
    return XXH3_64bits_withSeed(s->facts.data, (size_t)s->facts.count * sizeof *s->facts.data, seed);
}

/* Of names, train and valid, as ids. */
static void digest(gat_generator *m, const generator_data *d)
{
    for (int i = 0; i < 2; i++) {
        uint64_t h = digest_names(m->relations, digest_names(m->entities, (uint64_t)i));
        m->data_digest[i] = digest_set(&d->valid, digest_set(&d->train, h));
    }
}

gat_status generator_data_load(generator_data *d, gat_generator *m, const char *path, gat_error *err)
{
    graph_names names;
    *d = (generator_data){.num_valid = 0};
    gat_status st = graph_names_init(&names, err);
    if (!st) st = read_files(d, &names, path, err);
    m->entities = names.entities;
    m->relations = names.relations;
    if (st) return st;
    m->train_graphs = d->train.count;
    m->valid_graphs = d->valid.count;
    m->train_triples = d->train.facts.count;
    for (int64_t g = 0; g < d->train.count; g++)
        if (graph_size(&d->train, g) > m->most_triples) m->most_triples = graph_size(&d->train, g);
    st = choose_valid(d, m, err);
    if (!st) st = seen_roles_make(&m->roles, &d->train, intern_count(m->entities), intern_count(m->relations), err);
    if (!st)
        st = graph_hashes(&m->known, &m->num_known, &d->train, &d->valid, intern_count(m->entities),
                          intern_count(m->relations), err);
    digest(m, d);
    return st;
}

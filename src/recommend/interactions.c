/* Reading: every event is kept with the part its file stands for, sorted, and cleared of repetitions; what is one file is
 * split afterwards (interaction_split.c). */
#include "recommend/interactions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/dataset_parts.h"
#include "io/texts.h"
#include "recommend/interaction_file.h"
#include "recommend/interaction_split.h"
#include "recommend/item_graph.h"

typedef struct gathering {
    interactions *data;
    const gat_recommend_config *config;
    uint8_t part;
} gathering;

static gat_status push(interactions *d, rec_event e, gat_error *err)
{
    if (d->count == d->capacity) {
        int64_t capacity = d->capacity ? 2 * d->capacity : 1024;
        rec_event *grown = gat_regrow(d->event, d->count, capacity, sizeof *grown);
        if (!grown) return error_nomem(err);
        d->event = grown;
        d->capacity = capacity;
    }
    d->event[d->count++] = e;
    return GAT_OK;
}

static gat_status take(void *context, rec_field user, rec_field item, double rating, double time, gat_error *err)
{
    gathering *g = context;
    interactions *d = g->data;
    int32_t i = -1;
    if (item.length && g->config->items) { /* linked only: the items are all known before */
        i = intern_find(d->items, item.s, item.length);
        if (i < 0) {
            d->outside++;
            return GAT_OK;
        }
    }
    if (item.length && rating < g->config->min_rating) {
        d->low_rated++;
        return GAT_OK;
    }
    int32_t u = intern_add(d->users, user.s, user.length);
    if (u < 0) return error_nomem(err);
    if (!item.length) return GAT_OK;
    if (i < 0) i = intern_add(d->items, item.s, item.length);
    if (i < 0) return error_nomem(err);
    return push(d, (rec_event){u, i, (float)rating, g->part, time}, err);
}

/* By user and item, the first part first: what is in train is not asked for again. */
static int compare(const void *a, const void *b)
{
    const rec_event *x = a, *y = b;
    if (x->user != y->user) return x->user < y->user ? -1 : 1;
    if (x->item != y->item) return x->item < y->item ? -1 : 1;
    if (x->part != y->part) return x->part < y->part ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return (x->rating > y->rating) - (x->rating < y->rating);
}

/* Of several the last one counts, in the first part that has any. */
static void drop_repeated(interactions *d)
{
    int64_t kept = 0;
    qsort(d->event, (size_t)d->count, sizeof *d->event, compare);
    for (int64_t i = 0; i < d->count; i++) {
        rec_event *last = kept ? &d->event[kept - 1] : NULL;
        if (!last || last->user != d->event[i].user || last->item != d->event[i].item) {
            d->event[kept++] = d->event[i];
            continue;
        }
        d->duplicates++;
        if (last->part == d->event[i].part) *last = d->event[i];
    }
    d->count = kept;
}

static gat_status read_part(gathering *g, const char *path, rec_part part, gat_error *err)
{
    interaction_shape shape = {0, 0};
    g->part = (uint8_t)part;
    gat_status st = interaction_file_read(&shape, path, take, g, err);
    g->data->has_rating |= shape.has_rating;
    g->data->has_time |= shape.has_time;
    return st;
}

/* One file of the folder by any of its names; *path NULL: none. */
static gat_status find(char **path, const char *folder, const char *const *names, int count, gat_error *err)
{
    gat_status st = GAT_OK;
    *path = NULL;
    for (int i = 0; !st && !*path && i < count; i++) st = folder_find_triples(path, folder, names[i], err);
    return st;
}

static gat_status read_named(gathering *g, bool *found, const char *folder, const char *name, rec_part part,
                             gat_error *err)
{
    char *path;
    gat_status st = folder_find_triples(&path, folder, name, err);
    *found = path != NULL;
    if (!st && path) st = read_part(g, path, part, err);
    gat_free(path);
    return st;
}

static gat_status read_splits(gathering *g, interaction_files *files, const char *folder, bool with_test,
                              gat_error *err)
{
    bool found;
    char *test = NULL;
    gat_status st = read_named(g, &found, folder, "train", REC_TRAIN, err);
    if (!st) st = read_named(g, &files->valid, folder, "valid", REC_VALID, err);
    if (!st) st = folder_find_triples(&test, folder, "test", err);
    files->test = test != NULL;
    if (!st && test && with_test) st = read_part(g, test, REC_TEST, err);
    gat_free(test);
    return st;
}

static gat_status read_folder(gathering *g, interaction_files *files, const char *folder, bool with_test,
                              gat_error *err)
{
    static const char *const names[] = {"interactions", "inter", "ratings", "user_artists"}, *const train[] = {"train"};
    char *path;
    gat_status st = find(&path, folder, train, 1, err);
    if (!st && path) {
        gat_free(path);
        return read_splits(g, files, folder, with_test, err);
    }
    if (!st) st = find(&path, folder, names, 4, err);
    if (!st && !path)
        st = error_set(err, GAT_EDATA, "%.400s: no train, interactions, inter, ratings or user_artists file", folder);
    if (!st) st = read_part(g, path, REC_TRAIN, err);
    gat_free(path);
    return st;
}

static gat_status read_titles(interactions *d, const char *folder, gat_error *err)
{
    char *path = NULL;
    gat_status st = folder_find_texts(&path, folder, "item_name", err);
    if (!st && !path) st = folder_find_texts(&path, folder, "item", err);
    if (!st && path) st = texts_read(&d->title, path, d->items, err);
    gat_free(path);
    return st;
}

static gat_status nothing_left(const interactions *d, const char *path, gat_error *err)
{
    if (!d->low_rated && !d->outside) return error_set(err, GAT_EDATA, "%.400s: no interactions", path);
    return error_set(err, GAT_EDATA,
                     "%.400s: no interactions are left: %lld are rated below --min-rating, %lld are with items outside "
                     "the graph",
                     path, (long long)d->low_rated, (long long)d->outside);
}

gat_status interactions_load(interactions *out, const char *path, const gat_recommend_config *config, bool with_test,
                             gat_error *err)
{
    interaction_files files = {false, false};
    gathering g = {.data = out, .config = config};
    item_links links = {.entity_of = NULL};
    bool folder = file_is_folder(path);
    memset(out, 0, sizeof *out);
    out->users = intern_new(), out->items = intern_new(), out->entities = intern_new(), out->relations = intern_new();
    gat_status st = out->users && out->items && out->entities && out->relations ? GAT_OK : error_nomem(err);
    if (!st && folder) st = item_links_read(&links, path, config->items != 0, out->items, err);
    if (!st && config->items && !links.found)
        st = error_set(err, GAT_EUSAGE, "--items linked: %.400s has no link and no item2entity", path);
    if (!st) st = folder ? read_folder(&g, &files, path, with_test, err) : read_part(&g, path, REC_TRAIN, err);
    if (!st && !out->count) st = nothing_left(out, path, err);
    if (!st) drop_repeated(out);
    if (!st) st = interactions_split(out, &files, config, err);
    if (!st && folder && config->graph == 0) st = item_graph_read(out, &links, path, err);
    if (!st && folder) st = read_titles(out, path, err);
    item_links_clear(&links);
    if (st) interactions_clear(out);
    return st;
}

void interactions_clear(interactions *d)
{
    intern_free(d->users);
    intern_free(d->items);
    intern_free(d->entities);
    intern_free(d->relations);
    gat_free(d->event);
    triples_clear(&d->facts);
    gat_free(d->title);
    memset(d, 0, sizeof *d);
}

const char *interactions_node(const gat_intern *items, const gat_intern *entities, int32_t node)
{
    int32_t count = intern_count(items);
    return node < count ? intern_string(items, node) : intern_string(entities, node - count);
}

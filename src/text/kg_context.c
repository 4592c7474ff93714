#include "text/kg_context.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "io/dataset.h"
#include "model/model_io.h"

enum { STREAM_SHUFFLE = 0x7e20 };

void kg_clear(kg_context *kg)
{
    intern_free(kg->entities);
    intern_free(kg->relations);
    triples_clear(&kg->facts);
    gat_free(kg->start);
    gat_free(kg->edge);
    model_free(kg->states);
    gat_free(kg->state_of);
    *kg = (kg_context){0};
}

static gat_status take(kg_context *kg, const gat_intern *entities, const gat_intern *relations,
                       const gat_triples *facts, gat_error *err)
{
    gat_status st = GAT_OK;
    kg->entities = intern_clone(entities);
    kg->relations = intern_clone(relations);
    if (!kg->entities || !kg->relations) return error_nomem(err);
    for (int64_t i = 0; !st && i < facts->count; i++) st = triples_push(&kg->facts, facts->data[i], err);
    return st;
}

static gat_status is_model(bool *out, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_status st = file_is_folder(path) ? GAT_EMODEL : model_file_open(&file, path, NULL);
    model_file_close(file);
    *out = !st;
    return st == GAT_ENOMEM ? error_nomem(err) : GAT_OK;
}

static gat_status read_model(kg_context *kg, const char *path, bool states, gat_error *err)
{
    gat_model *model = NULL;
    gat_status st = model_load(&model, path, err);
    if (!st) st = take(kg, model->entities, model->relations, &model->facts, err);
    if (!st && states && model->side)
        st = error_set(err, GAT_EUSAGE, "--kg-states takes no model with another beside it: %.300s", path);
    if (!st && states) st = model_finish(model, err);
    if (!st && states) kg->states = model;
    else model_free(model);
    return st;
}

static gat_status read(kg_context *kg, const char *path, bool states, gat_error *err)
{
    if (!file_exists(path)) return error_set(err, GAT_EDATA, "%.500s: no such file or folder", path);
    bool model;
    gat_status st = is_model(&model, path, err);
    if (st) return st;
    if (model) return read_model(kg, path, states, err);
    if (states) return error_set(err, GAT_EUSAGE, "--kg-states needs a model of a graph: %.400s is none", path);
    gat_dataset *data = NULL;
    const gat_dataset_options whole = {.whole = true};
    st = dataset_load(&data, path, &whole, err);
    if (!st) st = take(kg, data->entities, data->relations, &data->splits[GAT_SPLIT_TRAIN], err);
    dataset_free(data);
    return st;
}

static gat_status shuffle_entities(kg_context *kg, uint64_t seed, gat_error *err)
{
    int64_t n = intern_count(kg->entities), *place = gat_alloc(n, sizeof *place);
    if (!place) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) place[i] = i;
    random_shuffle(place, n, seed, random_stream(STREAM_SHUFFLE, 0, 0));
    for (int64_t i = 0; i < kg->facts.count; i++) {
        gat_triple *f = &kg->facts.data[i];
        f->head = (int32_t)place[f->head];
        f->tail = (int32_t)place[f->tail];
    }
    if (kg->states) kg->state_of = gat_alloc(n, sizeof *kg->state_of);
    for (int64_t i = 0; kg->state_of && i < n; i++) kg->state_of[place[i]] = (int32_t)i;
    gat_free(place);
    return kg->states && !kg->state_of ? error_nomem(err) : GAT_OK;
}

gat_status kg_load(kg_context *kg, const char *path, const kg_options *options, gat_error *err)
{
    *kg = (kg_context){0};
    gat_status st = read(kg, path, options->states, err);
    if (!st && options->shuffle) st = shuffle_entities(kg, options->seed, err);
    return st ? st : kg_index(kg, err);
}

static int by_neighbour(const void *p, const void *q)
{
    const kg_edge *a = p, *b = q;
    if (a->other != b->other) return a->other < b->other ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

static bool fact_is_good(const kg_context *kg, gat_triple f)
{
    int32_t n = intern_count(kg->entities), r = intern_count(kg->relations);
    return f.head >= 0 && f.head < n && f.tail >= 0 && f.tail < n && f.relation >= 0 && f.relation < r;
}

gat_status kg_index(kg_context *kg, gat_error *err)
{
    int32_t n = intern_count(kg->entities), r = intern_count(kg->relations);
    kg->start = gat_calloc((int64_t)n + 2, sizeof *kg->start);
    kg->edge = gat_alloc(2 * kg->facts.count, sizeof *kg->edge);
    if (!kg->start || !kg->edge) return error_nomem(err);
    for (int64_t i = 0; i < kg->facts.count; i++) {
        if (!fact_is_good(kg, kg->facts.data[i]))
            return error_set(err, GAT_EMODEL, "a fact of the graph is out of range");
        kg->start[kg->facts.data[i].head + 2]++;
        kg->start[kg->facts.data[i].tail + 2]++;
    }
    for (int32_t i = 0; i < n; i++) kg->start[i + 2] += kg->start[i + 1];
    for (int64_t i = 0; i < kg->facts.count; i++) {
        gat_triple f = kg->facts.data[i];
        kg->edge[kg->start[f.head + 1]++] = (kg_edge){f.tail, f.relation};
        kg->edge[kg->start[f.tail + 1]++] = (kg_edge){f.head, r + f.relation};
    }
    for (int32_t i = 0; i < n; i++)
        qsort(kg->edge + kg->start[i], (size_t)(kg->start[i + 1] - kg->start[i]), sizeof *kg->edge, by_neighbour);
    return GAT_OK;
}

int32_t kg_entity(const kg_context *kg, const sentence_list *list, const sentence *s, int k)
{
    if (s->entity[k] < 0) return -1;
    const char *name = list_string(list, s->entity[k]);
    return intern_find(kg->entities, name, strlen(name));
}

int kg_unknown(const kg_context *kg, const sentence_list *list, const sentence *s)
{
    for (int k = 0; k < 2; k++)
        if (s->entity[k] >= 0 && kg_entity(kg, list, s, k) < 0) return k + 1;
    return 0;
}

bool kg_joined(const kg_context *kg, int32_t a, int32_t b)
{
    int64_t low = kg->start[a], high = kg->start[a + 1];
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (kg->edge[middle].other < b) low = middle + 1;
        else high = middle;
    }
    return low < kg->start[a + 1] && kg->edge[low].other == b;
}

void kg_hidden(int32_t hidden[2], const kg_context *kg, const int32_t e[2])
{
    bool both = e[0] >= 0 && e[1] >= 0, known = both && kg_joined(kg, e[0], e[1]);
    for (int k = 0; k < 2; k++) {
        hidden[k] = e[!k];
        if (!both || known) continue;
        int64_t from = kg->start[e[k]], degree = kg->start[e[k] + 1] - from;
        uint64_t drawn = hash_mix(hash_mix((uint64_t)e[k], (uint64_t)e[!k]), 1);
        if (degree) hidden[k] = kg->edge[from + (int64_t)(drawn % (uint64_t)degree)].other;
    }
}

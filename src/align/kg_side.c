/* Loading goes through the data set readers; the doubled facts are put in order by two counting sorts, as ids are dense. */
#include "align/kg_side.h"

#include <stdio.h>
#include <string.h>

#include "align/openea.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "io/dataset.h"

enum { STREAM_ENTITIES = 0xa11e, STREAM_RELATIONS = 0xa11f };

/* ---- ids ------------------------------------------------------------------------------------------------- */

/* to[i] and back[to[i]] = i: a permutation drawn by seed. */
static gat_status draw_ids(int32_t **to, int32_t **back, int32_t n, uint64_t seed, uint64_t stream, gat_error *err)
{
    int64_t *order = gat_alloc(n, sizeof *order);
    *to = gat_alloc(n, sizeof **to);
    *back = gat_alloc(n, sizeof **back);
    if (!order || !*to || !*back) {
        gat_free(order);
        return error_nomem(err);
    }
    for (int32_t i = 0; i < n; i++) order[i] = i;
    random_shuffle(order, n, seed, stream);
    for (int32_t i = 0; i < n; i++) {
        (*to)[i] = (int32_t)order[i];
        (*back)[order[i]] = i;
    }
    gat_free(order);
    return GAT_OK;
}

static gat_status take_names(kg_side *s, kg_parts *parts, int32_t **relation_id, uint64_t seed, int number,
                             gat_error *err)
{
    uint64_t entity_stream = random_stream(STREAM_ENTITIES, (uint64_t)number, 0);
    uint64_t relation_stream = random_stream(STREAM_RELATIONS, (uint64_t)number, 0);
    s->number = number;
    s->entities = parts->entities;
    s->relations = parts->relations;
    s->text = parts->text;
    memcpy(s->digest, parts->digest, sizeof s->digest);
    parts->entities = parts->relations = NULL;
    parts->text = NULL;
    s->num_entities = intern_count(s->entities);
    s->num_relations = intern_count(s->relations);
    gat_status st = draw_ids(&s->entity_id, &s->entity_name, s->num_entities, seed, entity_stream, err);
    if (!st) st = draw_ids(relation_id, &s->relation_name, s->num_relations, seed, relation_stream, err);
    return st;
}

/* ---- edges ----------------------------------------------------------------------------------------------- */

typedef struct edge {
    int32_t from, relation, to;
} edge;

static void double_facts(edge *out, const kg_side *s, const gat_triples *facts, const int32_t *relation_id)
{
    for (int64_t i = 0; i < facts->count; i++) {
        gat_triple t = facts->data[i];
        int32_t h = s->entity_id[t.head], r = relation_id[t.relation], o = s->entity_id[t.tail];
        out[2 * i] = (edge){h, r, o};
        out[2 * i + 1] = (edge){o, r + s->num_relations, h};
    }
}

static int32_t key_of(edge e, int field) { return field == 0 ? e.from : field == 1 ? e.relation : e.to; }

/* Stable counting sort by one field; start (n + 1) <- first place of each key. */
static void sort_by(edge *out, const edge *in, int64_t count, int field, int64_t *start, int32_t n)
{
    memset(start, 0, (size_t)(n + 1) * sizeof *start);
    for (int64_t i = 0; i < count; i++) start[key_of(in[i], field) + 1]++;
    for (int32_t k = 0; k < n; k++) start[k + 1] += start[k];
    for (int64_t i = 0; i < count; i++) out[start[key_of(in[i], field)]++] = in[i];
    for (int32_t k = n; k > 0; k--) start[k] = start[k - 1];
    start[0] = 0;
}

static gat_status sort_edges(kg_side *s, const gat_triples *facts, const int32_t *relation_id, gat_error *err)
{
    int64_t count = s->num_edges, keys = 2 * (int64_t)s->num_relations;
    edge *a = gat_alloc(count, sizeof *a), *b = gat_alloc(count, sizeof *b);
    int64_t *start = gat_alloc((keys > s->num_entities ? keys : s->num_entities) + 1, sizeof *start);
    gat_status st = a && b && start ? GAT_OK : error_nomem(err);
    if (!st) {
        double_facts(a, s, facts, relation_id);
        sort_by(b, a, count, 2, start, s->num_entities);
        sort_by(a, b, count, 1, start, (int32_t)keys);
        sort_by(b, a, count, 0, s->edge_start, s->num_entities);
        for (int64_t i = 0; i < count; i++) {
            s->relation[i] = b[i].relation;
            s->neighbor[i] = b[i].to;
            b[i].relation = (int32_t)i;
        }
        sort_by(a, b, count, 2, start, s->num_entities);
        sort_by(b, a, count, 0, start, s->num_entities);
        for (int64_t i = 0; i < count; i++) s->by_neighbor[i] = b[i].relation;
    }
    gat_free(a);
    gat_free(b);
    gat_free(start);
    return st;
}

/* ---- groups ---------------------------------------------------------------------------------------------- */

static bool begins_group(const kg_side *s, int32_t x, int64_t e)
{
    return e == s->edge_start[x] || s->relation[e] != s->relation[e - 1];
}

static gat_status find_groups(kg_side *s, gat_error *err)
{
    for (int32_t x = 0; x < s->num_entities; x++) {
        s->group_start[x] = s->num_groups;
        for (int64_t e = s->edge_start[x]; e < s->edge_start[x + 1]; e++) s->num_groups += begins_group(s, x, e);
    }
    s->group_start[s->num_entities] = s->num_groups;
    s->group_relation = gat_alloc(s->num_groups, sizeof *s->group_relation);
    s->group_edge = gat_alloc(s->num_groups + 1, sizeof *s->group_edge);
    if (!s->group_relation || !s->group_edge) return error_nomem(err);
    int64_t g = 0;
    for (int32_t x = 0; x < s->num_entities; x++)
        for (int64_t e = s->edge_start[x]; e < s->edge_start[x + 1]; e++)
            if (begins_group(s, x, e)) {
                s->group_relation[g] = s->relation[e];
                s->group_edge[g++] = e;
            }
    s->group_edge[g] = s->num_edges;
    return GAT_OK;
}

static int32_t group_of(const kg_side *s, int32_t x, int32_t relation)
{
    int64_t low = s->group_start[x], high = s->group_start[x + 1];
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (s->group_relation[middle] <= relation) low = middle;
        else high = middle;
    }
    return (int32_t)low;
}

static void link_groups(kg_side *s)
{
#pragma omp parallel for schedule(static)
    for (int64_t e = 0; e < s->num_edges; e++)
        s->far_group[e] = group_of(s, s->neighbor[e], inverse_relation(s, s->relation[e]));
}

static gat_status build_edges(kg_side *s, const gat_triples *facts, const int32_t *relation_id, gat_error *err)
{
    if (facts->count > INT32_MAX / 2)
        return error_set(err, GAT_EDATA, "more than %d facts in one graph", INT32_MAX / 2);
    s->num_edges = 2 * facts->count;
    s->edge_start = gat_calloc(s->num_entities + 1, sizeof *s->edge_start);
    s->group_start = gat_calloc(s->num_entities + 1, sizeof *s->group_start);
    s->relation = gat_alloc(s->num_edges, sizeof *s->relation);
    s->neighbor = gat_alloc(s->num_edges, sizeof *s->neighbor);
    s->far_group = gat_alloc(s->num_edges, sizeof *s->far_group);
    s->by_neighbor = gat_alloc(s->num_edges, sizeof *s->by_neighbor);
    if (!s->edge_start || !s->group_start || !s->relation || !s->neighbor || !s->far_group || !s->by_neighbor)
        return error_nomem(err);
    gat_status st = sort_edges(s, facts, relation_id, err);
    if (!st) st = find_groups(s, err);
    if (!st) link_groups(s);
    return st;
}

/* ---- loading --------------------------------------------------------------------------------------------- */

/* A folder with a train file is an ordinary one. */
static gat_status openea_file(char **path, const char *folder, int number, gat_error *err)
{
    char name[16];
    gat_status st = openea_find(path, folder, "train", err);
    if (st || *path) {
        gat_free(*path);
        *path = NULL;
        return st;
    }
    snprintf(name, sizeof name, "rel_triples_%d", number);
    return openea_find(path, folder, name, err);
}

static gat_status read_facts(gat_dataset **d, const char *path, int number, const gat_log *log, gat_error *err)
{
    gat_dataset_options options = {.whole = true};
    char *openea;
    if (log) options.log = *log;
    gat_status st = openea_file(&openea, path, number, err);
    if (!st) st = dataset_load(d, openea ? openea : path, &options, err);
    gat_free(openea);
    return st;
}

gat_status kg_side_make(kg_side **out, kg_parts *parts, const gat_triples *facts, int number, uint64_t seed,
                        gat_error *err)
{
    int32_t *relation_id = NULL;
    kg_side *s = gat_calloc(1, sizeof *s);
    *out = NULL;
    gat_status st = s ? take_names(s, parts, &relation_id, seed, number, err) : error_nomem(err);
    if (!st) st = build_edges(s, facts, relation_id, err);
    if (st) kg_side_free(s);
    else *out = s;
    gat_free(relation_id);
    return st;
}

gat_status kg_side_load(kg_side **out, const char *path, int number, uint64_t seed, const gat_log *log, gat_error *err)
{
    gat_dataset *d = NULL;
    *out = NULL;
    gat_status st = read_facts(&d, path, number, log, err);
    if (st) return st;
    kg_parts parts = {d->entities, d->relations, d->entity_text, {d->digest[0], d->digest[1]}};
    d->entities = d->relations = NULL;
    d->entity_text = NULL;
    st = kg_side_make(out, &parts, &d->splits[GAT_SPLIT_TRAIN], number, seed, err);
    kg_parts_clear(&parts);
    dataset_free(d);
    return st;
}

void kg_parts_clear(kg_parts *parts)
{
    intern_free(parts->entities);
    intern_free(parts->relations);
    gat_free(parts->text);
    *parts = (kg_parts){0};
}

gat_status kg_side_facts(gat_triples *out, const kg_side *s, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int32_t x = 0; x < s->num_entities; x++)
        for (int64_t e = s->edge_start[x]; !st && e < s->edge_start[x + 1]; e++)
            if (s->relation[e] < s->num_relations)
                st = triples_push(
                    out,
                    (gat_triple){s->entity_name[x], s->relation_name[s->relation[e]], s->entity_name[s->neighbor[e]]},
                    err);
    return st;
}

void kg_side_free(kg_side *s)
{
    if (!s) return;
    intern_free(s->entities);
    intern_free(s->relations);
    gat_free(s->entity_id);
    gat_free(s->entity_name);
    gat_free(s->relation_name);
    gat_free(s->text);
    gat_free(s->edge_start);
    gat_free(s->relation);
    gat_free(s->neighbor);
    gat_free(s->far_group);
    gat_free(s->by_neighbor);
    gat_free(s->group_start);
    gat_free(s->group_relation);
    gat_free(s->group_edge);
    gat_free(s);
}

int32_t kg_side_find(const kg_side *s, const char *name, size_t length)
{
    int32_t place = intern_find(s->entities, name, length);
    return place < 0 ? -1 : s->entity_id[place];
}

const char *kg_side_entity(const kg_side *s, int32_t entity)
{
    return intern_string(s->entities, s->entity_name[entity]);
}

const char *kg_side_text(const kg_side *s, int32_t entity) { return s->text ? s->text[s->entity_name[entity]] : NULL; }

const char *kg_side_relation(const kg_side *s, int32_t relation)
{
    return intern_string(s->relations, s->relation_name[relation % s->num_relations]);
}

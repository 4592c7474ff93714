#include "link/lexicon.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/dataset.h"
#include "link/name_form.h"
#include "model/model_io.h"

enum { FOLDED = 400 };

/* A name of an entity, in the making. */
typedef struct naming {
    int32_t name, entity;
    float weight; /* below 0: not told */
} naming;
typedef struct naming_list {
    naming *data;
    int64_t count, capacity;
} naming_list;

void lexicon_clear(lexicon *x)
{
    kg_clear(&x->kg);
    intern_free(x->titles);
    intern_free(x->names);
    intern_free(x->exact);
    name_index_clear(&x->similar);
    gat_free(x->title);
    gat_free(x->start);
    gat_free(x->entity);
    gat_free(x->weight);
    entity_words_clear(&x->about);
    gat_free(x->in);
    gat_free(x->out);
    *x = (lexicon){.longest_name = 0};
}

static gat_status add_weighed(lexicon *x, naming_list *list, int32_t entity, const char *s, size_t length, float weight,
                              gat_error *err)
{
    char folded[FOLDED];
    size_t n = name_fold(folded, sizeof folded, s, length);
    if (!n) return GAT_OK;
    int32_t name = intern_add(x->names, folded, n);
    if (name < 0 || intern_add(x->exact, s, length) < 0) return error_nomem(err);
    if (list->count == list->capacity) {
        int64_t more = 2 * list->capacity + 1024;
        naming *grown = gat_regrow(list->data, list->count, more, sizeof *grown);
        if (!grown) return error_nomem(err);
        list->data = grown;
        list->capacity = more;
    }
    list->data[list->count++] = (naming){name, entity, weight};
    return GAT_OK;
}

static gat_status add_name(lexicon *x, naming_list *list, int32_t entity, const char *s, size_t length, gat_error *err)
{
    return add_weighed(x, list, entity, s, length, -1, err);
}

static size_t find_at(const char *s, size_t length, const char *what)
{
    const char *at = strstr(s, what);
    return at && (size_t)(at - s) < length ? (size_t)(at - s) : length;
}

/* The names in a label; *first: bytes of the one that stands for the entity. */
static gat_status add_label(size_t *first, lexicon *x, naming_list *list, int32_t entity, const char *label,
                            gat_error *err)
{
    size_t all = strlen(label), gloss = find_at(label, all, ": ");
    gat_status st = GAT_OK;
    *first = all;
    if (gloss == all) {
        const size_t cut[] = {all, find_at(label, all, " ("), find_at(label, all, "_("), find_at(label, all, ",")};
        for (int i = 0; !st && i < 4; i++) st = add_name(x, list, entity, label, cut[i], err);
        return st;
    }
    *first = find_at(label, gloss, ", ");
    for (size_t at = 0; !st && at < gloss;) {
        size_t n = find_at(label + at, gloss - at, ", ");
        st = add_name(x, list, entity, label + at, n, err);
        at += n + 2;
    }
    return st;
}

static gat_status add_entity(lexicon *x, naming_list *list, int32_t entity, const char *label, gat_error *err)
{
    const char *id = intern_string(x->kg.entities, entity);
    size_t first = strlen(id);
    gat_status st = add_name(x, list, entity, id, first, err);
    if (!st && label) st = add_label(&first, x, list, entity, label, err);
    if (st) return st;
    x->title[entity] = intern_add(x->titles, label && first ? label : id, label && first ? first : strlen(id));
    return x->title[entity] < 0 ? error_nomem(err) : GAT_OK;
}

/* The number of a whole field; false: it is none, or below 0. */
static bool read_weight(float *weight, const char *s, size_t length)
{
    char copy[40], *end;
    if (!length || length >= sizeof copy) return false;
    memcpy(copy, s, length);
    copy[length] = 0;
    *weight = strtof(copy, &end);
    return !*end && isfinite(*weight) && *weight >= 0;
}

/* "id TAB name" or "id TAB name TAB weight". Ids that the graph lacks are passed over, as those of entity_name.tsv are. */
static gat_status take_name(lexicon *x, naming_list *list, const gat_lines *lines, const char *s, size_t length,
                            gat_error *err)
{
    const char *tab = memchr(s, '\t', length), *end = s + length, *name = tab ? tab + 1 : NULL;
    const char *second = name ? memchr(name, '\t', (size_t)(end - name)) : NULL;
    float weight = -1;
    if (!tab) return lines_error(lines, err, "expected an id, a tab and a name");
    if (second && !read_weight(&weight, second + 1, (size_t)(end - second - 1)))
        return lines_error(lines, err, "the weight of a name is a number not below 0");
    int32_t entity = intern_find(x->kg.entities, s, (size_t)(tab - s));
    if (entity < 0) return GAT_OK;
    return add_weighed(x, list, entity, name, (size_t)((second ? second : end) - name), weight, err);
}

static gat_status add_names(lexicon *x, naming_list *list, const char *path, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    const char *s;
    size_t length;
    gat_status st = reader_open(&reader, path, err);
    if (!st) st = lines_open(&lines, reader, err);
    while (!st && !(st = lines_next(lines, &s, &length, err)) && s)
        if (length) st = take_name(x, list, lines, s, length, err);
    if (lines) lines_close(lines);
    if (reader) reader_close(reader);
    return st;
}

/* DATA/aliases.tsv, where there is one, and the lexicon. */
static gat_status add_aliases(lexicon *x, naming_list *list, const lexicon_sources *from, gat_error *err)
{
    char path[4096];
    gat_status st = GAT_OK;
    if (snprintf(path, sizeof path, "%s/aliases.tsv", from->kg) < (int)sizeof path && file_exists(path))
        st = add_names(x, list, path, err);
    int64_t before = list->count;
    if (!st && from->names) st = add_names(x, list, from->names, err);
    if (!st && from->names && list->count == before)
        st = error_set(err, GAT_EDATA, "%.500s: no name of an entity of the graph", from->names);
    return st;
}

/* ---- names in order -------------------------------------------------------------------------------------- */

static void count_facts(lexicon *x)
{
    for (int64_t i = 0; i < x->kg.facts.count; i++) {
        x->out[x->kg.facts.data[i].head]++;
        x->in[x->kg.facts.data[i].tail]++;
    }
}

static int32_t facts_of(const lexicon *x, int32_t entity) { return x->in[entity] + x->out[entity]; }

/* By name, then weight, then facts, most first, then number. */
typedef struct ranked {
    naming n;
    int32_t facts;
} ranked;

static int by_name(const void *p, const void *q)
{
    const ranked *a = p, *b = q;
    if (a->n.name != b->n.name) return a->n.name < b->n.name ? -1 : 1;
    if (a->n.weight != b->n.weight) return a->n.weight > b->n.weight ? -1 : 1;
    if (a->facts != b->facts) return a->facts > b->facts ? -1 : 1;
    return (a->n.entity > b->n.entity) - (a->n.entity < b->n.entity);
}

/* By name and entity, the largest weight first. */
static int by_pair(const void *p, const void *q)
{
    const ranked *a = p, *b = q;
    if (a->n.name != b->n.name) return a->n.name < b->n.name ? -1 : 1;
    if (a->n.entity != b->n.entity) return a->n.entity < b->n.entity ? -1 : 1;
    return (a->n.weight < b->n.weight) - (a->n.weight > b->n.weight);
}

/* Each pair of name and entity once, with its largest weight; returns how many there are. */
static int64_t merge_names(ranked *r, int64_t count)
{
    int64_t kept = 0;
    qsort(r, (size_t)count, sizeof *r, by_pair);
    for (int64_t i = 0; i < count; i++) {
        bool again = kept && r[i].n.name == r[kept - 1].n.name && r[i].n.entity == r[kept - 1].n.entity;
        if (!again) r[kept++] = r[i];
    }
    return kept;
}

static gat_status sort_names(lexicon *x, const naming_list *list, gat_error *err)
{
    ranked *r = gat_alloc(list->count, sizeof *r);
    x->start = gat_calloc((int64_t)intern_count(x->names) + 1, sizeof *x->start);
    x->entity = gat_alloc(list->count, sizeof *x->entity);
    x->weight = gat_alloc(list->count, sizeof *x->weight);
    if (r && x->start && x->entity && x->weight) {
        for (int64_t i = 0; i < list->count; i++) r[i] = (ranked){list->data[i], facts_of(x, list->data[i].entity)};
        int64_t kept = merge_names(r, list->count);
        qsort(r, (size_t)kept, sizeof *r, by_name);
        for (int64_t i = 0; i < kept; i++) {
            x->entity[i] = r[i].n.entity;
            x->weight[i] = r[i].n.weight;
            x->start[r[i].n.name + 1] = i + 1;
        }
    }
    gat_status st = r && x->start && x->entity && x->weight ? GAT_OK : error_nomem(err);
    gat_free(r);
    return st;
}

static int32_t words_of(const char *s)
{
    int32_t n = 1;
    for (; *s; s++) n += *s == ' ' || *s == '-' || *s == '\'' || *s == '.';
    return n;
}

/* By names that begin with an ASCII letter. */
static bool are_proper(const gat_intern *exact)
{
    int64_t capital = 0, small = 0;
    for (int32_t i = 0; i < intern_count(exact); i++) {
        char first = *intern_string(exact, i);
        capital += first >= 'A' && first <= 'Z';
        small += first >= 'a' && first <= 'z';
    }
    return capital > 0 && capital >= 4 * small;
}

gat_status lexicon_index(lexicon *x, gat_error *err)
{
    int32_t n = intern_count(x->kg.entities), names = intern_count(x->names);
    for (int32_t i = 0; i < n; i++)
        if (x->title[i] < 0 || x->title[i] >= intern_count(x->titles)) return error_set(err, GAT_EMODEL, "bad titles");
    for (int32_t i = 0; i < names; i++) {
        if (x->start[i] < 0 || x->start[i] > x->start[i + 1]) return error_set(err, GAT_EMODEL, "bad names");
        int32_t words = words_of(intern_string(x->names, i));
        if (words > x->longest_name) x->longest_name = words;
    }
    for (int64_t i = 0; i < x->start[names]; i++)
        if (x->entity[i] < 0 || x->entity[i] >= n || !isfinite(x->weight[i]))
            return error_set(err, GAT_EMODEL, "bad entities of names");
    for (int64_t i = 0; i < x->start[names]; i++) x->weighed = x->weighed || x->weight[i] >= 0;
    if (x->longest_name > 12) x->longest_name = 12;
    x->proper = are_proper(x->exact);
    gat_status st = x->similar.start ? GAT_OK : name_index_make(&x->similar, x->names, err);
    if (st) return st;
    if (x->in) return GAT_OK;
    x->in = gat_calloc((int64_t)n + 1, sizeof *x->in);
    x->out = gat_calloc((int64_t)n + 1, sizeof *x->out);
    if (!x->in || !x->out) return error_nomem(err);
    count_facts(x);
    return GAT_OK;
}

/* ---- the graph ------------------------------------------------------------------------------------------- */

static gat_status take_graph(lexicon *x, const gat_intern *entities, const gat_intern *relations,
                             const gat_triples *facts, char *const *label, const lexicon_sources *from, gat_error *err)
{
    naming_list list = {NULL, 0, 0};
    gat_status st = GAT_OK;
    int64_t n = intern_count(entities);
    x->kg.entities = intern_clone(entities);
    x->kg.relations = intern_clone(relations);
    x->titles = intern_new();
    x->names = intern_new();
    x->exact = intern_new();
    x->title = gat_calloc(n + 1, sizeof *x->title);
    x->in = gat_calloc(n + 1, sizeof *x->in);
    x->out = gat_calloc(n + 1, sizeof *x->out);
    if (!x->kg.entities || !x->kg.relations || !x->titles || !x->names || !x->exact || !x->title || !x->in || !x->out)
        return error_nomem(err);
    for (int64_t i = 0; !st && i < facts->count; i++) st = triples_push(&x->kg.facts, facts->data[i], err);
    if (!st) st = kg_index(&x->kg, err);
    if (!st) count_facts(x);
    for (int32_t i = 0; !st && i < n; i++) st = add_entity(x, &list, i, label ? label[i] : NULL, err);
    if (!st) st = add_aliases(x, &list, from, err);
    if (!st) st = sort_names(x, &list, err);
    gat_free(list.data);
    if (!st) st = lexicon_index(x, err);
    if (!st && from->descriptions)
        st = entity_words_load(&x->about, &x->kg, label, from->descriptions, from->vectors, from->seed, err);
    return st;
}

static bool is_model(const char *path)
{
    gat_model_file *file = NULL;
    if (file_is_folder(path) || model_file_open(&file, path, NULL)) return false;
    model_file_close(file);
    return true;
}

gat_status lexicon_load(lexicon *x, const lexicon_sources *from, gat_error *err)
{
    const char *kg = from->kg;
    gat_status st;
    *x = (lexicon){.longest_name = 0};
    if (!file_exists(kg)) return error_set(err, GAT_EDATA, "%.500s: no such file or folder", kg);
    if (is_model(kg)) {
        gat_model *model = NULL;
        st = model_load(&model, kg, err);
        if (!st) st = take_graph(x, model->entities, model->relations, &model->facts, model->entity_text, from, err);
        model_free(model);
        return st;
    }
    gat_dataset *data = NULL;
    const gat_dataset_options whole = {.whole = true};
    st = dataset_load(&data, kg, &whole, err);
    if (!st)
        st = take_graph(x, data->entities, data->relations, &data->splits[GAT_SPLIT_TRAIN], data->entity_text, from,
                        err);
    dataset_free(data);
    return st;
}

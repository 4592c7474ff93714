#include "align/align_input.h"

#include <string.h>

#include "base/clock.h"
#include "align/attribute_file.h"
#include "align/name_file.h"
#include "align/openea.h"
#include "align/word_vectors.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "io/texts.h"

enum { DEFAULT_COLUMN = 2 };

static const double UNLIKE_SIZES = 20;
/* Chosen once: names and word vectors on DBP15K. */
static const float NAME_WEIGHT = 0.5f, WORD_WEIGHT = 0.2f, ATTRIBUTE_WEIGHT = 0.5f;

static void warn_of_sizes(const align_input *in, const gat_log *log)
{
    double n1 = in->a->num_entities, n2 = in->b->num_entities;
    if (n1 > UNLIKE_SIZES * n2 || n2 > UNLIKE_SIZES * n1)
        log_say(log, GAT_LOG_WARNING,
                "the graphs are of very different size (%d and %d entities); most will have no counterpart",
                in->a->num_entities, in->b->num_entities);
}

static gat_status check_files(const gat_align_options *o, gat_error *err)
{
    const char *paths[] = {o->kg1,     o->kg2,     o->seeds,       o->valid,       o->names1,      o->names2,
                           o->sources, o->targets, o->attributes1, o->attributes2, o->word_vectors};
    enum { GRAPHS = 2 }; /* which may be folders */
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (paths[i] && !file_exists(paths[i]))
            return error_set(err, GAT_EDATA, "%s: no such file or folder", paths[i]);
        if (i >= GRAPHS && paths[i] && file_is_folder(paths[i]))
            return error_set(err, GAT_EDATA, "%s: a folder, where a file is expected", paths[i]);
    }
    return GAT_OK;
}

/* ---- links ----------------------------------------------------------------------------------------------- */

/* Links of a file, or of an OpenEA folder's split when no file is given. */
static gat_status read_links(link_list *out, const align_input *in, const gat_align_options *o, const char *path,
                             const char *openea_name, gat_error *err)
{
    char *found = NULL;
    gat_status st = path ? GAT_OK : openea_find(&found, o->kg1, openea_name, err);
    if (st || (!path && !found)) return st;
    if (found) log_say(&o->log, GAT_LOG_INFO, "links from %.400s", found);
    st = links_read(out, path ? path : found, in->a, in->b, o->skip_bad_links, &o->log, err);
    gat_free(found);
    return st;
}

/* A valid link whose entity is in a seed is known already, or contradicts it. */
static gat_status drop_known(align_input *in, const gat_align_options *o, gat_error *err)
{
    uint8_t *a = gat_calloc(in->a->num_entities, 1), *b = gat_calloc(in->b->num_entities, 1);
    int64_t kept = 0, count = in->valid.count;
    if (!a || !b) {
        gat_free(a);
        gat_free(b);
        return error_nomem(err);
    }
    for (int64_t i = 0; i < in->seeds.count; i++) a[in->seeds.data[i].source] = b[in->seeds.data[i].target] = 1;
    for (int64_t i = 0; i < count; i++)
        if (!a[in->valid.data[i].source] && !b[in->valid.data[i].target]) in->valid.data[kept++] = in->valid.data[i];
    in->valid.count = kept;
    if (kept < count)
        log_say(&o->log, GAT_LOG_WARNING, "%lld valid links have an entity that is in a seed; left out",
                (long long)(count - kept));
    gat_free(a);
    gat_free(b);
    return GAT_OK;
}

static gat_status read_all_links(align_input *in, const gat_align_options *o, gat_error *err)
{
    gat_status st = read_links(&in->seeds, in, o, o->seeds, "721_5fold/1/train_links", err);
    if (!st && (o->valid || !o->seeds)) st = read_links(&in->valid, in, o, o->valid, "721_5fold/1/valid_links", err);
    if (!st) st = drop_known(in, o, err);
    if (!st && !in->seeds.count && !in->num_features)
        st = error_set(err, GAT_EUSAGE,
                       "nothing ties the graphs together: give --seeds, or --names1 and --names2, or attributes");
    return st;
}

/* ---- names and marks ------------------------------------------------------------------------------------- */

static gat_status add_names(align_input *in, char *const *const texts[2], const int32_t counts[2], gat_error *err)
{
    entity_feature *f = &in->features[in->num_features];
    gat_status st = name_vectors_new(f->sparse, texts, counts, err);
    f->kind = FEATURE_NAMES;
    f->weight = NAME_WEIGHT;
    in->num_features += !st;
    return st;
}

static gat_status add_words(align_input *in, char *const *const texts[2], const int32_t counts[2],
                            const gat_align_options *o, gat_error *err)
{
    entity_feature *f = &in->features[in->num_features];
    if (!o->word_vectors) return GAT_OK;
    gat_status st = word_vectors_new(f->dense, &f->width, o->word_vectors, texts, counts, &o->log, err);
    for (int k = 0; k < 2; k++) f->sparse[k].count = counts[k];
    f->kind = FEATURE_WORDS;
    f->weight = WORD_WEIGHT;
    in->num_features += !st;
    return st;
}

static gat_status read_names(align_input *in, const gat_align_options *o, gat_error *err)
{
    char **first = NULL, **second = NULL;
    const int32_t counts[2] = {in->a->num_entities, in->b->num_entities};
    int column = o->name_column ? o->name_column : DEFAULT_COLUMN;
    if (!o->names1 && !o->names2)
        return o->word_vectors ? error_set(err, GAT_EUSAGE, "word vectors are for names, and there are none") : GAT_OK;
    if (!o->names1 || !o->names2) return error_set(err, GAT_EUSAGE, "names are needed for both graphs or for none");
    gat_status st = name_file_read(&first, o->names1, in->a, column, &o->log, err);
    if (!st) st = name_file_read(&second, o->names2, in->b, column, &o->log, err);
    if (!st && !in->a->text) st = texts_read(&in->a->text, o->names1, in->a->entities, err);
    if (!st && !in->b->text) st = texts_read(&in->b->text, o->names2, in->b->entities, err);
    char *const *const texts[2] = {first, second};
    if (!st) st = add_names(in, texts, counts, err);
    if (!st) st = add_words(in, texts, counts, o, err);
    name_file_free(first, in->a);
    name_file_free(second, in->b);
    return st;
}

static gat_status read_attributes(align_input *in, const gat_align_options *o, gat_error *err)
{
    attribute_values values[2] = {{0}, {0}};
    const int32_t counts[2] = {in->a->num_entities, in->b->num_entities};
    entity_feature *f = &in->features[in->num_features];
    if (!o->attributes1 && !o->attributes2) return GAT_OK;
    if (!o->attributes1 || !o->attributes2)
        return error_set(err, GAT_EUSAGE, "attributes are needed for both graphs or for none");
    gat_status st = attribute_file_read(&values[0], o->attributes1, in->a, &o->log, err);
    if (!st) st = attribute_file_read(&values[1], o->attributes2, in->b, &o->log, err);
    if (!st) st = attribute_vectors_new(f->sparse, values, counts, err);
    f->kind = FEATURE_ATTRIBUTES;
    f->weight = ATTRIBUTE_WEIGHT;
    in->num_features += !st;
    attribute_values_clear(&values[0]);
    attribute_values_clear(&values[1]);
    return st;
}

static gat_status read_marks(uint8_t **marks, const char *path, const kg_side *side, const gat_align_options *o,
                             gat_error *err)
{
    if (!path) return GAT_OK;
    *marks = gat_calloc(side->num_entities, 1);
    if (!*marks) return error_nomem(err);
    return entity_marks_read(*marks, path, side, o->skip_bad_links, &o->log, err);
}

gat_status align_input_read(align_input *in, const gat_align_options *o, gat_error *err)
{
    uint64_t seed = o->seed ? o->seed : 1;
    *in = (align_input){.began = clock_seconds()};
    gat_status st = check_files(o, err);
    if (!st) st = kg_side_load(&in->a, o->kg1, 1, seed, &o->log, err);
    if (!st) st = kg_side_load(&in->b, o->kg2, 2, seed, &o->log, err);
    if (!st) warn_of_sizes(in, &o->log);
    if (!st) st = read_names(in, o, err);
    if (!st) st = read_attributes(in, o, err);
    if (!st && !o->apply) st = read_all_links(in, o, err);
    if (!st) st = read_marks(&in->source, o->sources, in->a, o, err);
    if (!st) st = read_marks(&in->target, o->targets, in->b, o, err);
    if (st) align_input_clear(in);
    return st;
}

void align_input_clear(align_input *in)
{
    kg_side_free(in->a);
    kg_side_free(in->b);
    link_list_clear(&in->seeds);
    link_list_clear(&in->valid);
    gat_free(in->source);
    gat_free(in->target);
    for (int k = 0; k < in->num_features; k++) entity_feature_clear(&in->features[k]);
    *in = (align_input){0};
}

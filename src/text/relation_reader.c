#include "text/relation_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "text/net_members.h"

gat_status relation_reader_open(relation_reader *r, const gat_relations *m, const char *path, gat_error *err)
{
    *r = (relation_reader){.model = m, .path = path};
    gat_status st = path ? sentence_file_open(&r->file, path, err) : GAT_OK;
    if (!st) st = sentence_list_init(&r->list, err);
    if (st) relation_reader_close(r);
    return st;
}

gat_status relation_reader_open_memory(relation_reader *r, const gat_relations *m, const void *bytes, size_t count,
                                       const char *name, gat_error *err)
{
    gat_reader *source;
    *r = (relation_reader){.model = m, .path = name};
    gat_status st = reader_open_memory(&source, bytes, count, name, err);
    if (!st) st = sentence_file_take(&r->file, source, err);
    if (!st) st = sentence_list_init(&r->list, err);
    if (st) relation_reader_close(r);
    return st;
}

void relation_reader_close(relation_reader *r)
{
    sentence_file_close(r->file);
    sentence_list_clear(&r->list);
    word_forms_clear(&r->forms);
    r->file = NULL;
}

/* An entity that the graph lacks is a fault of its line. */
static int64_t check_entities(relation_reader *r, int64_t count)
{
    if (!r->model->kg.entities || r->model->kg_partial) return count;
    for (int64_t i = 0; i < count; i++) {
        const sentence *s = &r->list.data[i];
        int unknown = kg_unknown(&r->model->kg, &r->list, s);
        if (!unknown) continue;
        r->fault = error_set(&r->fault_error, GAT_EDATA, "%.300s:%lld: the graph has no entity \"%.100s\"", r->path,
                             (long long)s->line, list_string(&r->list, s->entity[unknown - 1]));
        r->list.num_tokens = s->first;
        return r->list.count = i;
    }
    return count;
}

/* Strings are kept from batch to batch, as most words come again, until there are many. */
gat_status relation_reader_forget(relation_reader *r, gat_error *err)
{
    enum { MOST_STRINGS = 1 << 20 };
    sentence_list_reset(&r->list);
    if (intern_count(r->list.strings) < MOST_STRINGS) return GAT_OK;
    sentence_list_clear(&r->list);
    word_forms_clear(&r->forms);
    return sentence_list_init(&r->list, err);
}

gat_status relation_reader_ready(relation_reader *r, gat_error *err)
{
    for (int64_t i = 0; !r->model->parsed && i < r->list.count; i++) r->list.data[i].parsed = false;
    r->source = (sentence_source){&r->list, &r->forms};
    return word_forms_make(&r->forms, &r->list, r->model->vectors.words ? &r->model->vectors : NULL, err);
}

gat_status relation_reader_next(relation_reader *r, gat_error *err)
{
    int64_t count = 0;
    gat_status st = relation_reader_forget(r, err);
    if (st) return st;
    if (!r->fault) r->fault = sentence_file_read(&count, r->file, &r->list, READER_BATCH, &r->fault_error);
    count = check_entities(r, count);
    if (r->fault && !count) {
        if (err) *err = r->fault_error;
        return r->fault;
    }
    return relation_reader_ready(r, err);
}

gat_status relation_probabilities(float *p, float *attention, const relation_reader *r, gat_relation_part part,
                                  gat_error *err)
{
    const gat_relations *m = r->model;
    int32_t labels = relations_labels(m);
    gat_status st = part_logits(p, m, part, &r->source, 0, r->list.count, err);
    for (int64_t i = 0; !st && i < r->list.count; i++)
        probabilities(p + i * labels, p + i * labels, labels, m->several);
    if (st || !m->members || part != GAT_PART_ALL) return st;
    return net_members_answer(p, attention, m, &r->source, 0, r->list.count, err);
}

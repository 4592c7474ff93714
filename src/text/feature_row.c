#include "text/feature_row.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

void feature_row_clear(feature_row *row)
{
    gat_free(row->data);
    *row = (feature_row){0};
}

void feature_add_number(feature_row *row, uint64_t name, float value)
{
    if (row->failed) return;
    if (row->count == row->capacity) {
        int64_t more = row->capacity ? 2 * row->capacity : 1024;
        feature *grown = gat_regrow(row->data, row->count, more, sizeof *grown);
        row->failed = !grown;
        if (!grown) return;
        row->data = grown;
        row->capacity = more;
    }
    row->data[row->count++] = (feature){(uint32_t)(name ^ (name >> 32)), value};
}

static int by_key(const void *p, const void *q)
{
    const feature *a = p, *b = q;
    return (a->key > b->key) - (a->key < b->key);
}

gat_status feature_row_finish(feature_row *row, int64_t from, float length, gat_error *err)
{
    double squares = 0;
    int64_t kept = from;
    if (row->failed) {
        row->failed = false;
        return error_nomem(err);
    }
    if (row->count == from) return GAT_OK;
    qsort(row->data + from, (size_t)(row->count - from), sizeof *row->data, by_key);
    for (int64_t i = from; i < row->count; i++)
        if (i == from || row->data[i].key != row->data[kept - 1].key) row->data[kept++] = row->data[i];
    row->count = kept;
    for (int64_t i = from; i < kept; i++) squares += (double)row->data[i].value * row->data[i].value;
    float scale = squares > 0 ? length / (float)sqrt(squares) : 0;
    for (int64_t i = from; i < kept; i++) row->data[i].value *= scale;
    return GAT_OK;
}

/* With a parse the word whose governor lies outside the entity; else the last one. */
static int32_t head_of(const sentence_list *list, const sentence *s, text_span e)
{
    if (s->parsed)
        for (int32_t i = e.from; i < e.to; i++) {
            int32_t governor = list->governor[s->first + i];
            if (governor < e.from || governor >= e.to) return i;
        }
    return e.to - 1;
}

sentence_view sentence_view_of(const sentence_list *list, int64_t index, const word_forms *forms,
                               const word_vectors *vectors)
{
    const sentence *s = &list->data[index];
    return (sentence_view){
        .list = list,
        .s = s,
        .form = forms->data,
        .token = list->token + s->first,
        .vectors = vectors,
        .head = {head_of(list, s, s->e[0]), head_of(list, s, s->e[1])},
        .first = s->e[1].from < s->e[0].from,
    };
}

gat_status features_of_text(feature_row *row, const sentence_view *v, gat_error *err)
{
    static const float DENSE = 0.4f;
    row->count = 0;
    features_of_words(row, v);
    if (v->s->parsed) features_of_parse(row, v);
    if (v->vectors) features_of_vectors(row, v);
    gat_status st = feature_row_finish(row, 0, 1, err);
    int64_t from = row->count;
    if (!st && v->vectors) {
        features_dense(row, v);
        for (int64_t i = from; i < row->count; i++) row->data[i].value *= DENSE;
    }
    return st;
}

/* Features of word vectors: clusters of the entities and of the words between them, one by one and in pairs; and the vectors
 * themselves. */
#include <string.h>

#include "text/feature_row.h"

enum { MOST_BETWEEN = 30, EDGE_WORDS = 3, FINEST = VECTOR_CLUSTERINGS - 1 };
enum kind { K_ENTITY = 101, K_PAIR, K_BETWEEN, K_ENTITY_BETWEEN, K_EDGE, K_MISSING, K_NUMBER };

static uint64_t name(enum kind kind, uint64_t a, uint64_t b) { return hash_mix(hash_mix((uint64_t)kind, a), b); }

/* 0: no vector, and no cluster. */
static uint64_t cluster(const sentence_view *v, int32_t word, int clustering)
{
    int32_t row = word_at(v, word)->vector;
    return row < 0 ? 0 : 1 + (uint64_t)v->vectors->cluster[row * VECTOR_CLUSTERINGS + clustering];
}

static void add_entities(feature_row *row, const sentence_view *v)
{
    for (uint64_t k = 0; k < 2; k++) {
        uint64_t known = word_at(v, v->head[k])->vector >= 0;
        if (!known) feature_add(row, name(K_MISSING, k, 0));
        for (int c = 0; known && c < VECTOR_CLUSTERINGS; c++)
            feature_add(row, name(K_ENTITY, 8 * k + (uint64_t)c, cluster(v, v->head[k], c)));
    }
    for (int c = 0; c < VECTOR_CLUSTERINGS; c++) {
        uint64_t a = cluster(v, v->head[0], c), b = cluster(v, v->head[1], c);
        if (a && b) feature_add(row, name(K_PAIR, (uint64_t)c, hash_mix(a, b)));
    }
}

static void add_word(feature_row *row, const sentence_view *v, int32_t word, int32_t from_left, int32_t from_right)
{
    uint64_t order = (uint64_t)v->first;
    for (int c = 0; c < VECTOR_CLUSTERINGS; c++) {
        uint64_t own = cluster(v, word, c);
        if (own) feature_add(row, name(K_BETWEEN, 8 * order + (uint64_t)c, own));
    }
    for (uint64_t k = 0; k < 2; k++)
        for (int c = 0; c < FINEST; c++) {
            uint64_t entity = cluster(v, v->head[k], c), place = 16 * k + 8 * order + (uint64_t)c;
            if (!entity) continue;
            feature_add(row, name(K_ENTITY_BETWEEN, place, hash_mix(entity, word_at(v, word)->word)));
            if (from_left < EDGE_WORDS)
                feature_add(row,
                            name(K_EDGE, 64 * place + (uint64_t)from_left, hash_mix(entity, word_at(v, word)->word)));
            if (from_right < EDGE_WORDS)
                feature_add(row, name(K_EDGE, 64 * place + 32 + (uint64_t)from_right,
                                      hash_mix(entity, word_at(v, word)->word)));
        }
}

void features_of_vectors(feature_row *row, const sentence_view *v)
{
    int32_t from = v->s->e[v->first].to, to = v->s->e[!v->first].from;
    add_entities(row, v);
    for (int32_t i = from; i < to && i - from < MOST_BETWEEN; i++) add_word(row, v, i, i - from, to - 1 - i);
}

void features_dense(feature_row *row, const sentence_view *v)
{
    const word_vectors *t = v->vectors;
    float mean[VECTOR_MOST_DIM] = {0};
    int32_t from = v->s->e[v->first].to, to = v->s->e[!v->first].from, found = 0;
    for (int32_t i = from; i < to; i++) {
        int32_t w = word_at(v, i)->vector;
        if (w < 0) continue;
        found++;
        for (int32_t d = 0; d < t->dim; d++) mean[d] += t->value[(int64_t)w * t->dim + d];
    }
    for (uint64_t k = 0; k < 2; k++) {
        int32_t w = word_at(v, v->head[k])->vector;
        for (int32_t d = 0; w >= 0 && d < t->dim; d++)
            feature_add_number(row, name(K_NUMBER, k, (uint64_t)d), t->value[(int64_t)w * t->dim + d]);
    }
    for (int32_t d = 0; found && d < t->dim; d++)
        feature_add_number(row, name(K_NUMBER, 2, (uint64_t)d), mean[d] / (float)found);
}

/* The features of one sentence: hashed names of what is there, and a few numbers.
 *
 * Names are 32-bit hashes of a kind and its parts; two names that meet share a weight, which costs little. Binary features
 * are scaled so that the row has length 1, numbers keep their size. */
#ifndef GAT_TEXT_FEATURE_ROW_H
#define GAT_TEXT_FEATURE_ROW_H

#include <stdbool.h>

#include "text/word_forms.h"

typedef struct feature {
    uint32_t key;
    float value;
} feature;

typedef struct feature_row {
    feature *data;
    int64_t count, capacity;
    bool failed; /* out of memory: reported once, by feature_row_finish */
} feature_row;

void feature_row_clear(feature_row *row);

void feature_add_number(feature_row *row, uint64_t name, float value);
static inline void feature_add(feature_row *row, uint64_t name) { feature_add_number(row, name, 1); }

/* Sorts features from `from` on by key, drops repeated ones, and scales them to length `length`. */
gat_status feature_row_finish(feature_row *row, int64_t from, float length, gat_error *err);

/* A sentence as features see it. */
typedef struct sentence_view {
    const sentence_list *list;
    const sentence *s;
    const word_form *form; /* by string */
    const int32_t *token;  /* strings of its words */
    const word_vectors *vectors;
    int32_t head[2]; /* the word of each entity that carries it */
    int first;       /* which entity comes first, 0 or 1 */
} sentence_view;

sentence_view sentence_view_of(const sentence_list *list, int64_t index, const word_forms *forms,
                               const word_vectors *vectors);

static inline const word_form *word_at(const sentence_view *v, int32_t i) { return &v->form[v->token[i]]; }

/* The kinds of features: the first part of every name. */
void features_of_words(feature_row *row, const sentence_view *view);
void features_of_parse(feature_row *row, const sentence_view *view);
void features_of_vectors(feature_row *row, const sentence_view *view);
void features_dense(feature_row *row, const sentence_view *view);

/* All of the text: words always, the parse where there is one, vectors where there are some. */
gat_status features_of_text(feature_row *row, const sentence_view *view, gat_error *err);

#endif

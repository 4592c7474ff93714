/* Names as sparse unit vectors of character n-grams, in any script.
 *
 * A name is normalised (NFKC, case folded, "_" to blank) and written ^name$; its features are all 2-, 3- and 4-grams of
 * characters and its words, hashed to 2^18, each with weight (1 + ln count) * ln(names / names with it). */
#ifndef GAT_ALIGN_NAME_VECTORS_H
#define GAT_ALIGN_NAME_VECTORS_H

#include <stdint.h>

#include "align/name_grams.h"
#include "align/pair_matrix.h"
#include "base/status.h"

typedef struct name_vectors {
    int32_t count;    /* N; an entity without a name has an empty row */
    int64_t *start;   /* N + 1 */
    int32_t *feature; /* ascending */
    float *value;
} name_vectors;

/* texts (N), NULL where there is no name. Document frequencies are of both sides together. */
gat_status name_vectors_new(name_vectors out[2], char *const *const texts[2], const int32_t counts[2], gat_error *err);
void name_vectors_clear(name_vectors *vectors);

/* Cosine of name x of a and name y of b. */
float name_vectors_dot(const name_vectors *a, int32_t x, const name_vectors *b, int32_t y);

/* The `top` most similar names of b for each row of a with block_a[x] == block_b[y], exactly; negative blocks take no part. */
gat_status name_vectors_best(pair_matrix **out, const name_vectors *a, const name_vectors *b, const int8_t *block_a,
                             const int8_t *block_b, int top, gat_error *err);

#endif

/* Values of attributes: entity, attribute, literal, in a file of any of the triple formats. Of N-Triples and Turtle only
 * statements about literals count. */
#ifndef GAT_ALIGN_ATTRIBUTE_FILE_H
#define GAT_ALIGN_ATTRIBUTE_FILE_H

#include "align/kg_side.h"
#include "align/name_vectors.h"

/* Literals of one graph in the order of entities: those of x are text[start[x] .. start[x + 1]). */
typedef struct attribute_values {
    int64_t *start; /* N + 1 */
    char **text;
    int64_t count;
} attribute_values;

/* Quotes, data type and language around a literal are left out. Entities that the graph does not have are passed over and
 * counted in the log. GAT_EDATA: no value for any entity, or a line of a wrong form. */
gat_status attribute_file_read(attribute_values *out, const char *path, const kg_side *side, const gat_log *log,
                               gat_error *err);
void attribute_values_clear(attribute_values *values);

/* Unit vectors of entities: a literal is a unit vector of its character n-grams and words, rarer ones heavier, as names are
 * (name_vectors.h); an entity is the sum over its literals, so that a short one counts as much as a long one. */
gat_status attribute_vectors_new(name_vectors out[2], const attribute_values values[2], const int32_t entities[2],
                                 gat_error *err);

#endif

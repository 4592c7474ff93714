/* From scores and beliefs to candidates in order, and to one answer per entity. */
#ifndef GAT_ALIGN_DECODE_H
#define GAT_ALIGN_DECODE_H

#include "align/alignment_types.h"
#include "align/pair_matrix.h"

/* *out: what candidates are ranked by, for rows with asked[x] and columns with may_answer[y]. */
gat_status decode_values(pair_matrix **out, gat_align_decode decode, const pair_matrix *score,
                         const pair_matrix *belief, const uint8_t *asked, const uint8_t *may_answer, gat_error *err);

/* entry (rows): the answer's place in values, -1: none. An answer is the best of its row and of its column, or assigned to it
 * by GAT_DECODE_ONE_TO_ONE. */
gat_status decode_answers(int64_t *entry, gat_align_decode decode, const pair_matrix *values, gat_error *err);

#endif

/* Why a pair is believed: the neighbours that are one, and the relations that lead to them. */
#ifndef GAT_ALIGN_REASONS_H
#define GAT_ALIGN_REASONS_H

#include "align/alignment.h"

/* *out: at most `top` reasons for the answer to `source`, heaviest first; free with gat_free. An entity without an answer has
 * none. Weights are of the three kinds of evidence together and add up to the score of the pair. GAT_EUSAGE: unknown entity. */
gat_status reasons_find(gat_align_reason **out, int64_t *count, const gat_alignment *alignment, const char *source,
                        int64_t top, gat_error *err);

#endif

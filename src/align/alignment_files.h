/* What an alignment writes. */
#ifndef GAT_ALIGN_ALIGNMENT_FILES_H
#define GAT_ALIGN_ALIGNMENT_FILES_H

#include "align/alignment.h"

/* Lines KG1 entity, KG2 entity, confidence. */
gat_status alignment_write_pairs(const gat_alignment *alignment, const char *path, gat_error *err);

/* Lines source, candidate, score: the `top` best of every entity that is asked, best first. */
gat_status alignment_write_scores(const gat_alignment *alignment, const char *path, int64_t top, gat_error *err);

#endif

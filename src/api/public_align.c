/* The public functions about alignment. */
#include "align/alignment.h"
#include "align/alignment_files.h"
#include "align/reasons.h"
#include "gatkit.h"

gat_status gat_align(gat_alignment **out, const gat_align_options *options, gat_error *err)
{
    return alignment_make(out, options, err);
}

void gat_alignment_free(gat_alignment *alignment) { alignment_free(alignment); }

void gat_alignment_report(gat_align_report *out, const gat_alignment *alignment) { *out = alignment->report; }

bool gat_alignment_next_pair(gat_aligned_pair *out, int32_t *next, const gat_alignment *alignment)
{
    return alignment_next_pair(out, next, alignment);
}

gat_status gat_alignment_write_pairs(const gat_alignment *alignment, const char *path, gat_error *err)
{
    return alignment_write_pairs(alignment, path, err);
}

gat_status gat_alignment_write_scores(const gat_alignment *alignment, const char *path, int64_t top, gat_error *err)
{
    return alignment_write_scores(alignment, path, top, err);
}

gat_status gat_alignment_reasons(gat_align_reason **out, int64_t *count, const gat_alignment *alignment,
                                 const char *source, int64_t top, gat_error *err)
{
    return reasons_find(out, count, alignment, source, top, err);
}

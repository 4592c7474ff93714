/* Alignments as files: sections of io/model_file.h. What is kept is what questions and further entities need: names, texts
 * and facts of both graphs, beliefs of at least a thousandth, which relations mean the same, answers, the calibration and the
 * settings. Everything is checked before use. */
#ifndef GAT_ALIGN_ALIGNMENT_IO_H
#define GAT_ALIGN_ALIGNMENT_IO_H

#include "align/alignment.h"

/* Replaces path only whole. */
gat_status alignment_save(const gat_alignment *alignment, const char *path, gat_error *err);

/* GAT_EMODEL: damaged, or no alignment. Candidates are those whose beliefs were kept. */
gat_status alignment_load(gat_alignment **out, const char *path, gat_error *err);

#endif

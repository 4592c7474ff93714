/* What a stored alignment answers: what is like an entity, in both graphs; how like two entities are; vectors for other
 * programs.
 *
 * An entity is asked for by its name. One that both graphs have is taken from the graph named first below; "1:NAME" and
 * "2:NAME" tell which graph is meant. */
#ifndef GAT_TASKS_ALIGNMENT_QUESTIONS_H
#define GAT_TASKS_ALIGNMENT_QUESTIONS_H

#include "align/alignment.h"
#include "tasks/answer.h"

/* At most `top` entities of both graphs, the most similar first (KG1 before KG2); names are borrowed from the alignment,
 * free the list with gat_free. *graph (may be NULL) <- 1 or 2, where the entity was found. GAT_EUSAGE: an unknown entity. */
gat_status alignment_neighbors(gat_neighbor **out, int64_t *count, int *graph, const gat_alignment *alignment,
                               const char *entity, int64_t top, gat_error *err);

/* Cosine of the vectors; `a` is looked for in KG1 first, `b` in KG2. graphs (may be NULL) <- where they were found. */
gat_status alignment_similarity(double *out, int graphs[2], const gat_alignment *alignment, const char *a,
                                const char *b, gat_error *err);

/* Formats as of export.h, rows named "1:NAME" and "2:NAME". *dim (may be NULL) <- width of the vectors. */
gat_status alignment_export(const gat_alignment *alignment, const char *format, const char *path, int64_t *dim,
                            gat_error *err);

#endif

/* Words as short vectors: the leading eigenvectors of their company, each times the root of its eigenvalue (Levy, Goldberg and
 * Dagan 2015), found by subspace iteration from random vectors (Halko, Martinsson and Tropp 2011). */
#ifndef GAT_TEXT_WORD_EMBED_H
#define GAT_TEXT_WORD_EMBED_H

#include "text/word_company.h"

/* out (rows,dim); columns beyond the number of positive eigenvalues are 0. The same bits for any number of threads. */
gat_status word_embed(float *out, const word_company *company, int64_t dim, int64_t rounds, uint64_t seed,
                      gat_error *err);

#endif

/* Words as short vectors: the leading eigenvectors of their company, each times the root of its eigenvalue (Levy, Goldberg and
 * Dagan 2015), found by subspace iteration from random vectors (Halko, Martinsson and Tropp 2011). */
#ifndef GAT_TEXT_WORD_EMBED_H
#define GAT_TEXT_WORD_EMBED_H

#include "text/word_company.h"

typedef struct word_embed_plan {
    int64_t dim, rounds;
    uint64_t seed;
    int (*should_stop)(void *context); /* asked between rounds; non-zero: GAT_EINTERRUPTED. NULL is fine */
    void *context;
} word_embed_plan;

/* out (rows,dim); columns beyond the number of positive eigenvalues are 0. The same bits for any number of threads. */
gat_status word_embed(float *out, const word_company *company, const word_embed_plan *plan, gat_error *err);

#endif

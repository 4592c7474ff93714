/* Names as the mean of the vectors of their words, from a file the user gives (word, numbers). Rarer words count more, the
 * mean of all names is taken away (it says nothing of any of them), and what remains has length 1. */
#ifndef GAT_ALIGN_WORD_VECTORS_H
#define GAT_ALIGN_WORD_VECTORS_H

#include <stdint.h>

#include "base/log.h"
#include "base/status.h"

/* out[k] (N, width) <- rows, zero for names without a known word; texts as for name_vectors_new; free with gat_free. A line of
 * the file is a word and its numbers, separated by blanks or tabs; a first line of two numbers (word2vec) is passed over.
 * GAT_EDATA: a line of another width, what is not a number, or no word of any name. */
gat_status word_vectors_new(float *out[2], int64_t *width, const char *path, char *const *const texts[2],
                            const int32_t counts[2], const gat_log *log, gat_error *err);

#endif

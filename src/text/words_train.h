/* Word vectors from a text of the user's own, as a file in word2vec's text form. */
#ifndef GAT_TEXT_WORDS_TRAIN_H
#define GAT_TEXT_WORDS_TRAIN_H

#include "text/words_types.h"

enum { WORDS_MOST_DIM = 1024 };

/* Writes `output`, gzipped when its name ends in .gz. The same bytes for any number of threads. GAT_ENOSPC: more memory than
 * allowed. */
gat_status words_train(gat_words_info *info, const gat_words_options *options, const char *output, gat_error *err);

#endif

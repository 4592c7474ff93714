/* The public function about word vectors. */
#include "gatkit.h"
#include "text/words_train.h"

gat_status gat_words_train(gat_words_info *info, const gat_words_options *options, const char *output, gat_error *err)
{
    return words_train(info, options, output, err);
}

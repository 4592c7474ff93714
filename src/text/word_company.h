/* Which words keep company: positive pointwise mutual information of words that stand near each other, as a sparse symmetric
 * matrix. Both words' frequencies are smoothed (to the power .85; Levy, Goldberg and Dagan 2015 smooth one of them), and pairs seen
 * few times are worth less. */
#ifndef GAT_TEXT_WORD_COMPANY_H
#define GAT_TEXT_WORD_COMPANY_H

#include <stdint.h>

#include "base/status.h"

/* Texts as word numbers: text i is word[start[i] .. start[i + 1]). Numbers below 0 keep their place and are no words. Borrowed. */
typedef struct word_texts {
    int64_t count;
    const int64_t *start; /* count + 1 */
    const int32_t *word;
    int32_t words;
} word_texts;

/* Rows of ascending columns. */
typedef struct word_company {
    int64_t rows;
    int64_t *start; /* rows + 1 */
    int32_t *column;
    float *value;
} word_company;

/* Words at most `window` places apart in one text; 0: anywhere in the text. The same bits for any number of threads. */
gat_status word_company_make(word_company *out, const word_texts *texts, int64_t window, gat_error *err);
void word_company_clear(word_company *company);

/* y (rows,D) = company times x (rows,D). */
void word_company_times(float *y, const word_company *company, const float *x, int64_t d);

#endif

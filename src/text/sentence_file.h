/* Files of sentences, read in pieces: JSON lines of this project or of OpenNRE, the file of SemEval-2010 task 8, and the tab
 * format of NYT10. Which one it is, is told by the first line. */
#ifndef GAT_TEXT_SENTENCE_FILE_H
#define GAT_TEXT_SENTENCE_FILE_H

#include "base/status.h"
#include "io/lines.h"
#include "text/sentence.h"

typedef struct sentence_file sentence_file;

gat_status sentence_file_open(sentence_file **out, const char *path, gat_error *err);

/* The same from a reader, which is taken, on failure too. */
gat_status sentence_file_take(sentence_file **out, gat_reader *reader, gat_error *err);
void sentence_file_close(sentence_file *file);

/* Adds up to `most` sentences to the list; *count 0 at the end. GAT_EDATA names file and line: no JSON, spans outside the text
 * or overlapping, an empty sentence, bytes that are not UTF-8, a line above 1 MB. What came before stays in the list, and
 * *count says how many. */
gat_status sentence_file_read(int64_t *count, sentence_file *file, sentence_list *list, int64_t most, gat_error *err);

/* All of a file. */
gat_status sentence_file_load(sentence_list *list, const char *path, gat_error *err);

/* ---- for the formats: one sentence from the line(s) at hand, already checked for UTF-8 ------------------------------- */

/* *done false: the line holds no sentence (a blank one). */
gat_status json_line_read(sentence_list *list, const gat_lines *lines, const char *text, size_t length, gat_error *err);
gat_status nyt10_line_read(sentence_list *list, const gat_lines *lines, const char *text, size_t length,
                           gat_error *err);
gat_status semeval_line_read(sentence_list *list, const gat_lines *lines, const char *text, size_t length,
                             gat_error *err);

/* The words of a text into the last sentence, cut at the ends of byte spans span[2]; e1 and e2 become words. */
gat_status sentence_tokenise(sentence_list *list, const gat_lines *lines, const char *text, size_t length,
                             const size_t span[2][2], gat_error *err);

#endif

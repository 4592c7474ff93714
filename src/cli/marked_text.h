/* A sentence typed with its two entities in brackets: "the [dog] chases the [cat]". */
#ifndef GAT_CLI_MARKED_TEXT_H
#define GAT_CLI_MARKED_TEXT_H

#include "base/status.h"

/* *line <- the sentence without brackets as a line of JSON, as files of sentences have it; free with gat_free. GAT_EUSAGE: not two marked
 * entities, or no UTF-8. */
gat_status marked_sentence(char **line, const char *text, gat_error *err);

#endif

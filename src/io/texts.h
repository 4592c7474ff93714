/* Readable texts for ids: entity_name.tsv and relation_text.tsv. */
#ifndef GAT_IO_TEXTS_H
#define GAT_IO_TEXTS_H

#include <stdint.h>

#include "base/intern.h"
#include "base/status.h"

/* Lines "id TAB text", further columns ignored; ids that `names` does not know are ignored, of several texts for an
 * id the first counts. *out: one pointer per id, NULL where there is no text; one block, free with gat_free. */
gat_status texts_read(char ***out, const char *path, const gat_intern *names, gat_error *err);

/* A copy of n such pointers and their texts, one block too. */
gat_status texts_copy(char ***out, char *const *texts, int64_t n, gat_error *err);

#endif

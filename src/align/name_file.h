/* Names for the entities of one graph: a file of entity, name, and further columns. */
#ifndef GAT_ALIGN_NAME_FILE_H
#define GAT_ALIGN_NAME_FILE_H

#include "align/kg_side.h"
#include "base/log.h"
#include "base/status.h"

/* *out: by entity id, NULL where there is no name; free with name_file_free. column counts from 1, at least 2; an empty or missing
 * field falls back to column 2. Entities that the graph does not have are passed over and counted in the log. GAT_EDATA:
 * a line of one column, or no name for any entity. */
gat_status name_file_read(char ***out, const char *path, const kg_side *side, int column, const gat_log *log,
                          gat_error *err);
void name_file_free(char **names, const kg_side *side);

#endif

/* The folders of the OpenEA benchmarks: rel_triples_1 and _2, and a split of the links in 721_5fold/1. */
#ifndef GAT_ALIGN_OPENEA_H
#define GAT_ALIGN_OPENEA_H

#include "base/status.h"

/* *path <- FOLDER/NAME, plain or packed, with or without the ending of a triple file; NULL: not there, or `folder` is a file.
 * Free with gat_free. */
gat_status openea_find(char **path, const char *folder, const char *name, gat_error *err);

#endif

/* The steps of dataset_load that have files of their own. */
#ifndef GAT_IO_DATASET_PARTS_H
#define GAT_IO_DATASET_PARTS_H

#include "base/status.h"
#include "io/dataset.h"

/* The file FOLDER/NAME with any of the endings of triple_file.h (texts: only ".tsv"), plain or packed. *path NULL:
 * there is none; free it with gat_free. GAT_EDATA: two such files. */
gat_status folder_find_triples(char **path, const char *folder, const char *name, gat_error *err);
gat_status folder_find_texts(char **path, const char *folder, const char *name, gat_error *err);

/* Takes `share` of the facts of train away for valid and as many for test, chosen by seed, and renumbers entities
 * and relations in the order of train, valid, test. Facts keep their order. 0 < share < 0.5. */
gat_status dataset_hold_out(gat_dataset *dataset, double share, uint64_t seed, gat_error *err);

#endif

/* Where in the files of a data set something stands, for messages: a second reading, only made when there is a fault to
 * tell, so that facts need not carry their lines. */
#ifndef GAT_IO_DATASET_PLACE_H
#define GAT_IO_DATASET_PLACE_H

#include <stddef.h>

#include "io/dataset.h"

/* place (size bytes, terminated) <- "FILE:LINE" of the first fact of the split's file with this relation; the name of the
 * split where that cannot be told. */
void dataset_place(char *place, size_t size, const gat_dataset *dataset, gat_split split, const char *relation);

#endif

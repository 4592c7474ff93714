/* Data for the peer program, in a file of a temporary folder: arrays one after the other, each a count (int64) and so many
 * int32, in the machine's byte order. */
#ifndef GAT_BENCH_PEER_FILE_H
#define GAT_BENCH_PEER_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* request <- "TASK PATH" with the path of a new, empty file. */
gat_status peer_file_start(char *request, size_t size, const char *task, gat_error *err);

/* Appends an array to the file a request names. Offsets must fit an int32. */
gat_status peer_file_ids(const char *request, const int32_t *ids, int64_t count, gat_error *err);
gat_status peer_file_offsets(const char *request, const int64_t *offsets, int64_t count, gat_error *err);

/* Removes the file. */
void peer_file_remove(const char *request);

#endif

/* A triple file of any format: which one is told by its name, how it is compressed by its first bytes. */
#ifndef GAT_IO_TRIPLE_FILE_H
#define GAT_IO_TRIPLE_FILE_H

#include "base/status.h"
#include "io/triple_sink.h"

/* ".tsv", ".txt", ...: all endings a triple file can have before ".gz" or ".zst"; NULL past the end. */
const char *triple_file_ending(int index);

/* "", ".gz", ".zst"; NULL past the end. */
const char *triple_file_packing(int index);

/* A file without any ending is read as TSV (pipes, OpenEA's rel_triples_1); an unknown one is GAT_EDATA. */
gat_status triple_file_read(const char *path, triple_sink *sink, gat_error *err);

#endif

/* NumPy .npy files, version 1.0: little-endian float32, C order, two dimensions, written row block by row block. */
#ifndef GAT_IO_NPY_H
#define GAT_IO_NPY_H

#include <stdint.h>

#include "base/file.h"
#include "base/status.h"

/* Header of a (rows, columns) array; then write rows * columns floats through the same writer. */
gat_status npy_write_header(gat_writer *writer, int64_t rows, int64_t columns, gat_error *err);

#endif

#include "align/vector_top.h"

#include <string.h>

#include "align/row_top.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/linear.h"

enum { TILE_ROWS = 128, TILE_COLUMNS = 256 };

/* The rows of one block, and what the threads work with. */
typedef struct tiling {
    const float *a, *b;
    int64_t width, stride;
    int32_t *row, *column; /* ids of the block */
    int64_t num_rows, num_columns;
    pair_rows *found;
    float *scratch;  /* per thread: tiles of a, of b and of products */
    row_item *items; /* per thread: (TILE_ROWS, top) */
} tiling;

static int64_t scratch_size(int64_t width) { return (TILE_ROWS + TILE_COLUMNS) * width + TILE_ROWS * TILE_COLUMNS; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void gather(float *tile, const float *x, const int32_t *id, int64_t count, int64_t width, int64_t stride)
{
    for (int64_t i = 0; i < count; i++) memcpy(tile + i * width, x + id[i] * stride, (size_t)width * sizeof *x);
}

static void take_tile(row_top *tops, const float *product, int64_t rows, int64_t columns, const int32_t *column)
{
    for (int64_t i = 0; i < rows; i++) {
        row_top *t = &tops[i];
        for (int64_t j = 0; j < columns; j++) {
            float value = product[i * TILE_COLUMNS + j];
            if (t->count == t->capacity && value < t->items[0].value) continue;
            row_top_add(t, value, column[j]);
        }
    }
}

static void write_row(pair_rows *rows, row_top *t, int32_t x)
{
    row_top_sort_columns(t);
    rows->count[x] = t->count;
    for (int32_t i = 0; i < t->count; i++) {
        rows->column[x * rows->width + i] = t->items[i].column;
        rows->value[x * rows->width + i] = t->items[i].value;
    }
}

static void find_tile(const tiling *t, int64_t tile)
{
    int64_t top = t->found->width, first = tile * TILE_ROWS, rows = least(TILE_ROWS, t->num_rows - first);
    float *left = t->scratch + parallel_thread() * scratch_size(t->width), *right = left + TILE_ROWS * t->width,
          *product = right + TILE_COLUMNS * t->width;
    row_top tops[TILE_ROWS];
    for (int64_t i = 0; i < rows; i++)
        tops[i] = (row_top){.items = t->items + (parallel_thread() * TILE_ROWS + i) * top, .capacity = (int32_t)top};
    gather(left, t->a, t->row + first, rows, t->width, t->stride);
    for (int64_t j = 0; j < t->num_columns; j += TILE_COLUMNS) {
        int64_t columns = least(TILE_COLUMNS, t->num_columns - j);
        gather(right, t->b, t->column + j, columns, t->width, t->stride);
        matmul(product, left, right, rows, columns, t->width, false, true, t->width, t->width, TILE_COLUMNS, 0);
        take_tile(tops, product, rows, columns, t->column + j);
    }
    for (int64_t i = 0; i < rows; i++) write_row(t->found, &tops[i], t->row[first + i]);
}

static int64_t list_block(int32_t *id, const int8_t *block, int32_t n, int8_t wanted)
{
    int64_t count = 0;
    for (int32_t i = 0; i < n; i++)
        if (block[i] == wanted) id[count++] = i;
    return count;
}

static void find_block(tiling *t, const int8_t *block_a, const int8_t *block_b, int8_t wanted)
{
    t->num_rows = list_block(t->row, block_a, t->found->rows, wanted);
    t->num_columns = list_block(t->column, block_b, t->found->columns, wanted);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t tile = 0; tile < chunk_count(t->num_rows, TILE_ROWS); tile++) find_tile(t, tile);
}

static int8_t highest_block(const int8_t *block, int32_t n)
{
    int8_t highest = -1;
    for (int32_t i = 0; i < n; i++) highest = block[i] > highest ? block[i] : highest;
    return highest;
}

gat_status vector_top(pair_matrix **out, const float *a, const float *b, int64_t width, int64_t stride,
                      const int8_t *block_a, const int8_t *block_b, int32_t rows, int32_t columns, int top,
                      gat_error *err)
{
    pair_rows found = {0};
    tiling t = {.a = a, .b = b, .width = width, .stride = stride, .found = &found};
    int threads = parallel_threads();
    *out = NULL;
    t.row = gat_alloc(rows, sizeof *t.row);
    t.column = gat_alloc(columns, sizeof *t.column);
    t.scratch = gat_alloc(threads * scratch_size(width), sizeof *t.scratch);
    t.items = gat_alloc((int64_t)threads * TILE_ROWS * top, sizeof *t.items);
    gat_status st = t.row && t.column && t.scratch && t.items ? GAT_OK : error_nomem(err);
    if (!st) st = pair_rows_init(&found, rows, columns, top, err);
    if (!st) {
        for (int8_t block = 0; block <= highest_block(block_a, rows); block++) find_block(&t, block_a, block_b, block);
        st = pair_rows_pack(out, &found, err);
    }
    pair_rows_clear(&found);
    gat_free(t.row);
    gat_free(t.column);
    gat_free(t.scratch);
    gat_free(t.items);
    return st;
}

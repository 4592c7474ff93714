/* Matrices of floats become pairs of bf16. A packed matrix is one panel after another, a panel its rows of words one after
 * another; what lies past the last row or column is zero. */

static int64_t panel_count(int64_t n) { return chunk_count(chunk_count(n, WORDS), PANEL_VECTORS); }

/* First column of panel j; the panels of a matrix are as equal as whole vectors allow. */
static int64_t panel_start(int64_t n, int64_t j)
{
    return WORDS * part_start(chunk_count(n, WORDS), panel_count(n), j);
}

/* One panel of y (K,N), from row y on. */
static void pack_panel(uint32_t *words, const float *y, int64_t ldy, int64_t k, int64_t width, int64_t count)
{
    for (int64_t p = 0; p < k; p += 2, words += width) {
        const float *even = y + p * ldy, *odd = even + ldy;
        if (p + 1 < k)
            for (int64_t i = 0; i < count; i++) words[i] = bf16_pair(even[i], odd[i]);
        else
            for (int64_t i = 0; i < count; i++) words[i] = bf16_pair(even[i], 0);
        memset(words + count, 0, (size_t)(width - count) * sizeof *words);
    }
}

/* words (n) <- the pairs of x (k), which may end in half a pair. */
static void pack_row(uint32_t *words, const float *x, int64_t k)
{
    for (int64_t p = 0; p < k / 2; p++) words[p] = bf16_pair(x[2 * p], x[2 * p + 1]);
    if (k % 2) words[k / 2] = bf16_pair(x[k - 1], 0);
}

/* One panel of the transpose of y (N,K): the rows of y, 32 pairs at a time, become columns. */
static void pack_panel_transposed(uint32_t *words, const float *y, int64_t ldy, int64_t k, int64_t width, int64_t count)
{
    enum { PAIRS = 32 };
    if (count < width) memset(words, 0, (size_t)((k + 1) / 2 * width) * sizeof *words);
    for (int64_t first = 0; first < k; first += 2 * PAIRS) {
        int64_t depth = k - first < 2 * PAIRS ? k - first : 2 * PAIRS;
        for (int64_t i = 0; i < count; i++) {
            uint32_t row[PAIRS];
            pack_row(row, y + i * ldy + first, depth);
            for (int64_t p = 0; 2 * p < depth; p++) words[(first / 2 + p) * width + i] = row[p];
        }
    }
}

static void pack(uint32_t *words, const float *y, int64_t ldy, bool transpose, int64_t k, int64_t n)
{
#pragma omp parallel for schedule(dynamic)
    for (int64_t j = 0; j < panel_count(n); j++) {
        int64_t first = panel_start(n, j), width = panel_start(n, j + 1) - first,
                count = n - first < width ? n - first : width;
        uint32_t *panel = words + first * ((k + 1) / 2);
        if (transpose) pack_panel_transposed(panel, y + first * ldy, ldy, k, width, count);
        else pack_panel(panel, y + first, ldy, k, width, count);
    }
}

/* Part of the left matrix: word of row i and pair p at words[i * row_step + p * pair_step]. */
typedef struct left_block {
    int64_t row_step, pair_step;
    uint32_t words[BLOCK_ROWS * BLOCK_PAIRS];
} left_block;

/* block <- a (rows,k), or a (k,rows) transposed. */
static void pack_left(left_block *block, const float *a, int64_t lda, bool transpose, int64_t rows, int64_t k)
{
    block->row_step = transpose ? 1 : BLOCK_PAIRS;
    block->pair_step = transpose ? BLOCK_ROWS : 1;
    if (transpose) pack_panel(block->words, a, lda, k, BLOCK_ROWS, rows);
    for (int64_t i = 0; !transpose && i < rows; i++) pack_row(block->words + i * BLOCK_PAIRS, a + i * lda, k);
    for (int64_t i = rows; !transpose && i % GROUP_ROWS; i++)
        memset(block->words + i * BLOCK_PAIRS, 0, BLOCK_PAIRS * sizeof *block->words);
}

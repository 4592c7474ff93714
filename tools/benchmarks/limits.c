#include "limits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "bench_data.h"
#include "kernels/bf16.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "probe_loops.h"
#include "verify.h"

enum {
    CHUNKS = 64,           /* the work is cut like the kernels' */
    GATHER_ROWS = 1 << 20, /* rows read in a repetition */
    MOST_AHEAD = 16,       /* the furthest prefetch that is tried */
    READ_FLOATS = 1 << 26, /* 256 MB */
    PRODUCT_ROWS = 8192,   /* times 256 x 256 */
    PRODUCT_WIDTH = 256,
    ROUNDS = 1 << 16, /* of multiply-adds, in each chunk */
    HUGE_PAGE = 2 << 20
};

typedef struct limit_work {
    bench_work work;
    bench_limit limit;
    int64_t rows, floats;
    size_t table_bytes;
    float *table; /* mapped */
    int32_t *index;
    int ahead;
    float *x, *w, *y;               /* of the products */
    uint32_t *words;                /* w as bf16; here all zero */
    float sums[CHUNKS][PROBE_SUMS]; /* keep what the loops found, so that no compiler leaves them out */
} limit_work;

extern const probe_loops probe_loops_portable;

#ifdef GAT_ONLY_PORTABLE
const probe_loops *probes(void) { return &probe_loops_portable; }
#else
extern const probe_loops probe_loops_avx2, probe_loops_avx512, probe_loops_avx512bf16;

const probe_loops *probes(void)
{
    const char *name = kernels()->name;
    if (!strcmp(name, "avx512"))
        return __builtin_cpu_supports("avx512bf16") ? &probe_loops_avx512bf16 : &probe_loops_avx512;
    return !strcmp(name, "avx2") ? &probe_loops_avx2 : &probe_loops_portable;
}
#endif

static void run_gather(bench_work *work)
{
    limit_work *w = (limit_work *)work;
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < CHUNKS; c++) {
        int64_t first = part_start(GATHER_ROWS, CHUNKS, c), count = part_start(GATHER_ROWS, CHUNKS, c + 1) - first;
        probes()->gather(w->sums[c], w->table, w->floats, w->index + first, count, w->ahead);
    }
}

static void run_read(bench_work *work)
{
    limit_work *w = (limit_work *)work;
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < CHUNKS; c++)
        w->sums[c][0] = probes()->read(w->table + c * (READ_FLOATS / CHUNKS), READ_FLOATS / CHUNKS);
}

static void run_fma(bench_work *work)
{
    limit_work *w = (limit_work *)work;
    bool bf16 = w->limit == LIMIT_BF16;
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < CHUNKS; c++) (bf16 ? probes()->bf16 : probes()->fma)(w->sums[c], ROUNDS);
}

static void run_product(bench_work *work)
{
    limit_work *w = (limit_work *)work;
    linear_forward(w->y, w->x, w->w, NULL, PRODUCT_ROWS, PRODUCT_WIDTH, PRODUCT_WIDTH);
}

static void run_bf16_product(bench_work *work)
{
    limit_work *w = (limit_work *)work;
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < PRODUCT_ROWS / LINEAR_ROWS; c++) {
        int64_t first = c * LINEAR_ROWS * PRODUCT_WIDTH;
        bf16_kernels()->product(w->y + first, PRODUCT_WIDTH, w->x + first, PRODUCT_WIDTH, false, w->words, LINEAR_ROWS,
                                PRODUCT_WIDTH, PRODUCT_WIDTH, false);
    }
}

static void limit_close(bench_work *work)
{
    limit_work *w = (limit_work *)work;
    if (w->table) munmap(w->table, w->table_bytes);
    gat_free(w->index);
    gat_free(w->x);
    gat_free(w->w);
    gat_free(w->y);
    gat_free(w->words);
    gat_free(w);
}

/* In pages of 2 MB where the system gives them: a limit should not be one of the page tables. */
static bool map_table(limit_work *w, int64_t floats)
{
    w->table_bytes = ((size_t)floats * sizeof(float) / HUGE_PAGE + 1) * HUGE_PAGE;
    void *p = mmap(NULL, w->table_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return false;
    madvise(p, w->table_bytes, MADV_HUGEPAGE);
    w->table = p;
    for (int64_t i = 0; i < floats; i++) w->table[i] = 1;
    return true;
}

/* The prefetch distance that is fastest here. */
static void choose_ahead(limit_work *w)
{
    static const int distances[] = {0, 4, 8, MOST_AHEAD};
    double best = INFINITY;
    int chosen = 0;
    for (size_t i = 0; i < 3 * sizeof distances / sizeof *distances; i++) {
        w->ahead = distances[i / 3];
        double started = bench_clock();
        run_gather(&w->work);
        double seconds = bench_clock() - started;
        if (seconds < best) best = seconds, chosen = w->ahead;
    }
    w->ahead = chosen;
}

static bool open_gather(limit_work *w)
{
    if (!map_table(w, w->rows * w->floats)) return false;
    w->index = gat_alloc(GATHER_ROWS + MOST_AHEAD, sizeof *w->index);
    for (int64_t i = 0; w->index && i < GATHER_ROWS + MOST_AHEAD; i++)
        w->index[i] = (int32_t)random_below(1, 1, (uint64_t)i, w->rows);
    w->work.run = run_gather;
    w->work.bytes = (double)GATHER_ROWS * (double)w->floats * sizeof(float);
    if (w->index) choose_ahead(w);
    return w->index != NULL;
}

static bool open_product(limit_work *w)
{
    w->x = gat_calloc(PRODUCT_ROWS * PRODUCT_WIDTH, sizeof(float));
    w->w = gat_calloc(PRODUCT_WIDTH * PRODUCT_WIDTH, sizeof(float));
    w->y = gat_calloc(PRODUCT_ROWS * PRODUCT_WIDTH, sizeof(float));
    w->words = gat_calloc(bf16_words(PRODUCT_WIDTH, PRODUCT_WIDTH), sizeof *w->words);
    w->work.run = w->limit == LIMIT_SGEMM ? run_product : run_bf16_product;
    w->work.flops = 2.0 * PRODUCT_ROWS * PRODUCT_WIDTH * PRODUCT_WIDTH;
    return w->x && w->w && w->y && w->words;
}

static bool open_limit(limit_work *w)
{
    switch (w->limit) {
    case LIMIT_GATHER: return open_gather(w);
    case LIMIT_SGEMM:
    case LIMIT_BF16_PRODUCT: return open_product(w);
    case LIMIT_READ:
        w->work.run = run_read;
        w->work.bytes = (double)READ_FLOATS * sizeof(float);
        return map_table(w, READ_FLOATS);
    default:
        w->work.run = run_fma;
        w->work.flops = CHUNKS * (w->limit == LIMIT_BF16 ? probes()->bf16 : probes()->fma)(w->sums[0], 1) * ROUNDS;
        return true;
    }
}

gat_status limit_new(bench_work **out, bench_limit limit, int64_t table_rows, int64_t row_floats, gat_error *err)
{
    *out = NULL;
    limit_work *w = gat_calloc(1, sizeof *w);
    if (!w) return error_nomem(err);
    w->work.close = limit_close;
    w->limit = limit, w->rows = table_rows, w->floats = row_floats;
    limit_name(w->work.data, limit, table_rows, row_floats);
    if (open_limit(w)) {
        *out = &w->work;
        return GAT_OK;
    }
    limit_close(&w->work);
    return error_nomem(err);
}

const char *limit_name(char text[60], bench_limit limit, int64_t table_rows, int64_t row_floats)
{
    double bytes = (double)table_rows * (double)row_floats * sizeof(float);
    switch (limit) {
    case LIMIT_READ: return strcpy(text, "reading 256 MB in order");
    case LIMIT_SGEMM: return strcpy(text, "sgemm with rows split");
    case LIMIT_BF16_PRODUCT: return strcpy(text, "bf16 product with rows split");
    case LIMIT_FMA: return strcpy(text, "f32 multiply-add in registers");
    case LIMIT_BF16: return strcpy(text, "bf16 dot product in registers");
    default: snprintf(text, 60, "rows of %lld B from %.1f MB", (long long)row_floats * 4, bytes / 1e6); return text;
    }
}

/* The tables of the attention benchmarks: 128 floats for every node. */
gat_status limit_open(bench_work **out, const bench_entry *entry, bench_data *data, gat_error *err)
{
    (void)data;
    int64_t rows = entry->graph == BENCH_POWERLAW ? 200000 : 14541;
    if (entry->limit == LIMIT_BF16 && !probes()->bf16) {
        *out = NULL;
        return error_set(err, GAT_EUSAGE, "%s: the processor has no bf16 dot product", entry->name);
    }
    return limit_new(out, entry->limit, rows, 128, err);
}

/* The loops read what they should: sums of a table whose rows hold their number. */
gat_status limit_check(const bench_entry *entry, gat_error *err)
{
    enum { ROWS = 7, FLOATS = 80, COUNT = 5 };
    static const int32_t index[COUNT + 1] = {3, 0, 6, 6, 1, 0};
    float table[ROWS * FLOATS], sum[FLOATS] = {0}, read[256];
    for (int i = 0; i < ROWS * FLOATS; i++) table[i] = (float)(i / FLOATS);
    for (int i = 0; i < 256; i++) read[i] = (float)i;
    probes()->gather(sum, table, FLOATS, index, COUNT, 1);
    double worst = fabs((double)probes()->read(read, 256) - 255 * 128);
    for (int i = 0; i < FLOATS; i++) worst = fmax(worst, fabs((double)sum[i] - 16));
    return verify(worst, 0, entry, "a sum", err);
}

/* For rows q and x with bf16 neighbours q', x' the two scores differ by at most |q - q'| |x| + |q'| |x - x'|, plus what
 * the two f32 sums round: (D + 16) 2^-23 |q| |x| is a generous bound for either order of summation. With `ratio` the
 * largest |x - x'| / |x|, all of it is a factor of the question times |x|. */
#include "eval/near_rank.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/bf16.h"
#include "kernels/kernels.h"

enum { TILE = 512, ROWS = 48, AT_ONCE = 64 };

/* Longest vectors: products of two stay finite. */
static const double LONGEST = 1e15;

/* Length of x (D), and of what rounding takes away. */
static double length(double *lost, const float *x, int64_t d)
{
    double squares = 0, errors = 0;
    for (int64_t i = 0; i < d; i++) {
        double value = (double)x[i], error = value - (double)bf16_value(x[i]);
        squares += value * value;
        errors += error * error;
    }
    *lost = sqrt(errors);
    return sqrt(squares);
}

static int64_t tile_columns(const near_index *index, int64_t tile)
{
    return index->n - tile * TILE < TILE ? index->n - tile * TILE : TILE;
}

static const uint32_t *tile_words(const near_index *index, int64_t tile)
{
    return index->words + tile * bf16_words(index->d, TILE);
}

static void measure(near_index *index)
{
    double ratio = 0;
    bool tame = true;
#pragma omp parallel for schedule(static) reduction(max : ratio) reduction(&& : tame)
    for (int64_t i = 0; i < index->n; i++) {
        double lost, norm = length(&lost, index->x + i * index->d, index->d);
        index->norm[i] = (float)(norm * 1.000001);
        tame = tame && norm < LONGEST;
        if (lost > ratio * norm) ratio = lost / norm;
    }
    index->ratio = ratio;
    index->tame = tame;
}

gat_status near_index_build(near_index *index, const float *x, int64_t n, int64_t d, gat_error *err)
{
    int64_t tiles = chunk_count(n, TILE);
    *index = (near_index){.x = x, .n = n, .d = d};
    index->words = gat_alloc(tiles * bf16_words(d, TILE), sizeof *index->words);
    index->norm = gat_alloc(n, sizeof *index->norm);
    if (!index->words || !index->norm) {
        near_index_clear(index);
        return error_nomem(err);
    }
    measure(index);
#pragma omp parallel for schedule(dynamic)
    for (int64_t t = 0; t < tiles; t++)
        bf16_kernels()->pack(index->words + t * bf16_words(d, TILE), x + t * TILE * d, d, true, d,
                             tile_columns(index, t));
    return GAT_OK;
}

void near_index_clear(near_index *index)
{
    gat_free(index->words);
    gat_free(index->norm);
    *index = (near_index){0};
}

/* A question on its way through the tiles. */
typedef struct asked {
    const float *q;
    float own;          /* the answer's score */
    int64_t known;      /* how many of the known ones lie in tiles that are done */
    float coarse, fine; /* bounds on what a score in bf16, one in f32 differs from the right one, per unit of |x| */
} asked;

static asked ask(const near_index *index, const float *q, int32_t answer)
{
    double lost, norm = length(&lost, q, index->d), sums = 2.4e-7 * (double)(index->d + 16) * (norm + lost);
    asked a = {.q = q, .coarse = INFINITY};
    if (!(norm < LONGEST)) return a;
    a.coarse = (float)(1.001 * (lost + (norm + lost) * index->ratio + sums));
    a.fine = (float)(1.001 * sums);
    kernels()->score_rows(&a.own, q, index->x, &answer, 1, index->d, true);
    return a;
}

static void count_score(gat_rank *rank, float score, float own, int sign)
{
    rank->above += score > own ? sign : 0;
    rank->equal += score == own ? sign : 0;
}

/* Absolute part of the bounds: numbers below the normal ones may count as zero. */
static float least(const near_index *index) { return (float)index->d * 1e-36f; }

/* Adds how many of the listed candidates, counted from `first`, score above and beside the answer: first with sums in any
 * order, then, where that is too close, with the sums of score_all. */
static void count_listed(gat_rank *rank, const asked *a, const near_index *index, int64_t first, const int32_t *column,
                         int64_t count, int sign)
{
    float score[AT_ONCE];
    int32_t close[AT_ONCE];
    int64_t d = index->d, num_close = 0;
    const float *x = index->x + first * d, *norm = index->norm + first, rest = least(index);
    kernels()->score_rows(score, a->q, x, column, count, d, false);
    for (int64_t i = 0; i < count; i++) {
        float most = a->fine * norm[column[i]] + rest;
        if (fabsf(score[i] - a->own) > most) count_score(rank, score[i], a->own, sign);
        else close[num_close++] = column[i];
    }
    if (num_close) kernels()->score_rows(score, a->q, x, close, num_close, d, true);
    for (int64_t i = 0; i < num_close; i++) count_score(rank, score[i], a->own, sign);
}

/* Takes back what the known answers of a tile added: each but the answer itself, once. score: of the tile in bf16. */
static void leave_known_out(gat_rank *rank, asked *a, const near_index *index, const near_question *question,
                            const float *score, int64_t first, int64_t end)
{
    int32_t near[AT_ONCE];
    int64_t num_near = 0;
    for (; a->known < question->num_known && question->known[a->known] < end; a->known++) {
        int32_t known = question->known[a->known];
        if (known == question->answer || (a->known > 0 && question->known[a->known - 1] == known)) continue;
        float above = score[known - first] - a->own, most = a->coarse * index->norm[known] + least(index);
        if (above > most) rank->above--;
        else if (!(above < -most)) near[num_near++] = (int32_t)(known - first);
        if (num_near == AT_ONCE) count_listed(rank, a, index, first, near, num_near, -1), num_near = 0;
    }
    count_listed(rank, a, index, first, near, num_near, -1);
}

static void count_tile(gat_rank *ranks, asked *block, const near_index *index, const near_question *questions,
                       int64_t rows, int64_t tile)
{
    float score[ROWS * TILE];
    int32_t near[TILE + 16];
    int64_t n = tile_columns(index, tile), first = tile * TILE, num_near;
    bf16_kernels()->product(score, TILE, block->q, index->d, false, tile_words(index, tile), rows, n, index->d, false);
    for (int64_t i = 0; i < rows; i++) {
        ranks[i].above += bf16_kernels()->near(near, &num_near, score + i * TILE, index->norm + first, block[i].own,
                                               block[i].coarse, least(index), n);
        for (int64_t at = 0; at < num_near; at += AT_ONCE)
            count_listed(&ranks[i], &block[i], index, first, near + at,
                         num_near - at < AT_ONCE ? num_near - at : AT_ONCE, 1);
        leave_known_out(&ranks[i], &block[i], index, &questions[i], score + i * TILE, first, first + n);
    }
}

/* The answer is beside itself. */
static void rank_block(gat_rank *ranks, const near_index *index, asked *block, const near_question *questions,
                       int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) ranks[i] = (gat_rank){0, -1};
    for (int64_t t = 0; t < chunk_count(index->n, TILE); t++) count_tile(ranks, block, index, questions, rows, t);
}

/* false: a question is out of bounds. */
static bool ask_block(asked *block, const near_index *index, const float *q, const near_question *questions,
                      int64_t rows)
{
    bool tame = true;
    for (int64_t i = 0; i < rows; i++) {
        block[i] = ask(index, q + i * index->d, questions[i].answer);
        tame = tame && isfinite(block[i].coarse);
    }
    return tame;
}

bool near_ranks(gat_rank *ranks, const near_index *index, const float *q, const near_question *questions, int64_t b)
{
    bool tame = index->tame;
    if (!tame) return false;
#pragma omp parallel for schedule(dynamic) reduction(&& : tame)
    for (int64_t c = 0; c < chunk_count(b, ROWS); c++) {
        asked block[ROWS];
        int64_t first = c * ROWS, rows = b - first < ROWS ? b - first : ROWS;
        if (!ask_block(block, index, q + first * index->d, questions + first, rows)) tame = false;
        else rank_block(ranks + first, index, block, questions + first, rows);
    }
    return tame;
}

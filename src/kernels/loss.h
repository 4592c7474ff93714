/* The one-against-all loss: every row of a batch asks (entity, relation, ?) and is compared with all N
 * entities; facts that share the question are one row with several answers.
 *
 * Scores are kept entity-major, S (N, B), in tiles of at most LOSS_TILE entities: all three matrix products then split
 * over entities, and the softmax runs down the columns with a maximum and a sum per tile. The softmax losses keep S, as
 * they need its column sums first; the binary loss needs one tile for each of KERNEL_PARTS parts of the entities. A tile's
 * gradient is multiplied while it is in the cache; the sums for dq belong to the parts. Memory is bounded by cutting the
 * batch so that N * B stays below LOSS_MAX_SCORES and the sums for dq below LOSS_MAX_PARTS. */
#ifndef GAT_KERNELS_LOSS_H
#define GAT_KERNELS_LOSS_H

#include <stdint.h>

#include "base/precision.h"
#include "base/status.h"

enum { LOSS_TILE = 256, LOSS_MAX_SCORES = 1 << 25, LOSS_MAX_PARTS = 1 << 27 };

typedef enum gat_loss { GAT_LOSS_CE, GAT_LOSS_BCE, GAT_LOSS_FILTERED_CE, GAT_NUM_LOSSES } gat_loss;

/* dot: <q, x>. distance: -|q - x|_2. */
typedef enum gat_comparator { GAT_COMPARE_DOT, GAT_COMPARE_DISTANCE } gat_comparator;

/* precision: of the three matrix products; everything else is f32, and so are distances: their squares cancel. */
typedef struct gat_loss_options {
    gat_loss kind;
    gat_comparator compare;
    gat_precision precision;
    float smoothing;
    int64_t samples;            /* 0: the gradient is exact; else see sampled_loss.h: CE with the dot, no smoothing */
    uint32_t key;               /* of what is random in it */
    double total;               /* the sum of losses is divided by it */
    const float *answer_weight; /* (N) of an answer's part in the softmax losses; NULL: one each */
} gat_loss_options;

/* A batch of rows. Row b has answers answer[first[b] .. first[b + 1]). */
typedef struct gat_rows {
    int64_t count;
    const int64_t *first;
    const int32_t *answer;
} gat_rows;

/* Sum over rows of the loss divided by `total`, and its gradient, added to dq (B,D) and dx (N,D).
 *     CE   sum over answers of weight * (log-sum-exp(s) - s[answer]); smoothing spreads that share over all entities
 *     filtered CE  the same, but each answer is compared with the entities that are no answer of its row, and itself; no
 *          smoothing
 *     BCE  sum over entities of -log sigmoid(+-s)
 * work: loss_work_size floats. */
double loss_one_vs_all(float *dq, float *dx, float *work, const float *q, const float *x, const gat_rows *rows,
                       int64_t n, int64_t d, const gat_loss_options *how);

/* For b rows with `answers` answers in all. */
int64_t loss_work_size(int64_t n, int64_t b, int64_t d, int64_t answers, const gat_loss_options *how);

/* scores (B,N) row-major <- q (B,D) against x (N,D); x2 (N) row squares, needed for distance only. The bits of a score
 * depend on its own two rows alone: a question scores the same in every batch, equal entities score the same. */
void score_all(float *scores, const float *q, const float *x, const float *x2, int64_t b, int64_t n, int64_t d,
               gat_comparator compare);

#endif

/* Which of the nodes that a layer reaches for the first time stay, where that is learned, after AdaProp (Zhang et al.
 * 2023). A new node's score is <c, sum>, of what arrives there and of a vector that the question's relation makes. The
 * `budget` highest stay; in training Gumbel noise is added, so that they are drawn by their scores. The choice itself has no
 * slope: a chosen state counts as if it were multiplied by 1 - stop(p) + p, p = sigmoid(score), which is 1. What is turned
 * away costs its messages but no update, and later layers nothing. */
#ifndef GAT_PATH_PATH_CHOICE_H
#define GAT_PATH_PATH_CHOICE_H

#include "path/path_reach.h"

/* Names the draws of one question in one step. */
typedef struct path_noise {
    uint64_t seed, stream;
} path_noise;

path_noise path_noise_of(uint64_t seed, int64_t step, int64_t question);

/* Gumbel noise of a node in a layer. */
float path_noise_at(const path_noise *noise, int64_t layer, int64_t num_nodes, int32_t node);

/* sum (rows,width) is of the last layer reached, all its rows; those that stay move together. open (new rows) <- p of
 * those; rank (new rows) is scratch. noise NULL: none. */
gat_status path_choose(float *open, float *rank, float *sum, path_reach *reach, const float *c, int64_t width,
                       int64_t budget, int64_t num_nodes, const path_noise *noise, gat_error *err);

/* pull (n) <- slopes of the scores of n new rows, from those of their states (n,D); it may be open. */
void path_choice_pull(float *pull, const float *dstate, const float *state, const float *open, int64_t n, int64_t d);

/* Adds to dsum (n,width) and dc (width). */
void path_choice_backward(float *dsum, float *dc, const float *pull, const float *sum, const float *c, int64_t n,
                          int64_t width);

#endif

/* Rows are cut into fixed parts, a part into blocks of at most BLOCK_ROWS rows. The scores of a block, candidate-major as in
 * loss.c, become their own gradient in place; dq is the block's, dx goes through a sum for every part. */
#include "kernels/candidate_loss.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

enum { BLOCK_ROWS = 64, MAX_PART_FLOATS = 1 << 25 };

/* Scores whose share is nothing, and finite: in the binary loss, and in a softmax. */
static const float NEVER = -100, LEAST = -1e30f;

typedef struct job {
    float *dq, *dx;
    const float *q, *x;
    const gat_rows *rows;
    const gat_candidates *c;
    int64_t d;
    const gat_loss_options *how;
    float *x2;    /* (K) row squares, for the distance */
    float *score; /* of every answer */
} job;

/* Rows [row, row + b) and the scratch of their part. */
typedef struct block {
    int64_t row, b;
    float *s;                             /* (K,b) scores, then their gradient */
    float *distance;                      /* (K,b) */
    float *dx;                            /* (K,D) */
    float *max, *sum, *lse, *weight, *q2; /* (b) */
} block;

static int64_t block_size(int64_t k, int64_t d) { return k * (2 * BLOCK_ROWS + d) + 5 * BLOCK_ROWS; }

/* Fixed by the sizes, fewer when the candidates are many. */
static int64_t num_parts(int64_t k, int64_t d)
{
    int64_t parts = MAX_PART_FLOATS / block_size(k, d);
    return parts > KERNEL_PARTS ? KERNEL_PARTS : parts < 2 ? 2 : parts;
}

int64_t loss_candidates_work_size(int64_t k, int64_t answers, int64_t d)
{
    return num_parts(k, d) * block_size(k, d) + k + answers;
}

static block block_of(const job *j, float *work, int64_t part)
{
    int64_t k = j->c->count;
    float *at = work + part * block_size(k, j->d);
    block w = {.s = at, .distance = at + k * BLOCK_ROWS, .dx = at + 2 * k * BLOCK_ROWS};
    at = w.dx + k * j->d;
    w.max = at, w.sum = at + BLOCK_ROWS, w.lse = at + 2 * BLOCK_ROWS, w.weight = at + 3 * BLOCK_ROWS;
    w.q2 = at + 4 * BLOCK_ROWS;
    return w;
}

static void make_scores(const job *j, block *w)
{
    int64_t k = j->c->count;
    const float *q = j->q + w->row * j->d;
    matmul(w->s, j->x, q, k, w->b, j->d, false, true, j->d, j->d, w->b, 0);
    if (j->how->compare != GAT_COMPARE_DISTANCE) return;
    kernels()->row_squares(w->q2, q, w->b, j->d);
    kernels()->tile_distance(w->s, j->x2, w->q2, k, w->b);
    memcpy(w->distance, w->s, (size_t)(k * w->b) * sizeof *w->s);
}

static void set_masked(const job *j, block *w, float value)
{
    const gat_candidates *c = j->c;
    for (int64_t r = 0; r < w->b; r++)
        for (int64_t i = c->masked_first[w->row + r]; i < c->masked_first[w->row + r + 1]; i++)
            w->s[c->masked[i] * w->b + r] = value;
}

/* The score or gradient of answer i, which is one of row r of the block. */
static float *at_answer(const job *j, const block *w, int64_t i, int64_t r)
{
    return &w->s[(int64_t)j->rows->answer[i] * w->b + r];
}

static int64_t first_answer(const job *j, const block *w, int64_t r) { return j->rows->first[w->row + r]; }

static void set_answers(const job *j, block *w, float value)
{
    for (int64_t r = 0; r < w->b; r++)
        for (int64_t i = first_answer(j, w, r); i < first_answer(j, w, r + 1); i++) *at_answer(j, w, i, r) = value;
}

/* ---- softmax ---- */

static double answer_weight(const job *j, int64_t i)
{
    return j->how->answer_weight ? (double)j->how->answer_weight[j->rows->answer[i]] : 1;
}

/* Scores of candidates, the kept ones of answers too. */
static void correct_for_chance(const job *j, block *w)
{
    const float *log_chance = j->c->log_chance;
    for (int64_t i = 0; i < j->c->count; i++)
        for (int64_t r = 0; r < w->b; r++) w->s[i * w->b + r] -= log_chance[i];
    for (int64_t i = first_answer(j, w, 0); i < first_answer(j, w, w->b); i++)
        j->score[i] -= log_chance[j->rows->answer[i]];
}

/* What smoothing wants of candidate i: a little for every entity it stands for. */
static float smooth_target(const job *j, int64_t i)
{
    return j->how->smoothing / (float)j->c->num_entities * expf(-j->c->log_chance[i]);
}

static void softmax(const job *j, block *w)
{
    const gat_kernels *kn = kernels();
    int64_t k = j->c->count;
    if (j->how->smoothing <= 0) kn->tile_softmax(w->s, w->lse, w->weight, 0, k, w->b);
    for (int64_t i = 0; j->how->smoothing > 0 && i < k; i++)
        kn->tile_softmax(w->s + i * w->b, w->lse, w->weight, smooth_target(j, i), 1, w->b);
}

/* The value of the loss leaves the smoothing term out. */
static double softmax_block(const job *j, block *w)
{
    double loss = 0, share = (1 - (double)j->how->smoothing) / j->how->total;
    correct_for_chance(j, w);
    set_masked(j, w, LEAST);
    kernels()->tile_max_sum(w->max, w->sum, w->s, j->c->count, w->b);
    for (int64_t r = 0; r < w->b; r++) {
        double weight = 0;
        for (int64_t i = first_answer(j, w, r); i < first_answer(j, w, r + 1); i++) weight += answer_weight(j, i);
        w->lse[r] = w->max[r] + logf(w->sum[r]);
        w->weight[r] = (float)(weight / j->how->total);
        loss += weight * (double)w->lse[r];
    }
    softmax(j, w);
    for (int64_t r = 0; r < w->b; r++)
        for (int64_t i = first_answer(j, w, r); i < first_answer(j, w, r + 1); i++) {
            loss -= answer_weight(j, i) * (double)j->score[i];
            *at_answer(j, w, i, r) -= (float)(answer_weight(j, i) * share);
        }
    return loss;
}

static double softplus(double s) { return s > 0 ? s + log1p(exp(-s)) : log1p(exp(s)); }

/* Each answer against the candidates that are none, whose sum they share. */
static double filtered_block(const job *j, block *w)
{
    double loss = 0;
    correct_for_chance(j, w);
    set_masked(j, w, LEAST);
    set_answers(j, w, LEAST);
    kernels()->tile_max_sum(w->max, w->sum, w->s, j->c->count, w->b);
    for (int64_t r = 0; r < w->b; r++) {
        double others = 0; /* what the others have of all answers' softmaxes */
        w->lse[r] = w->max[r] + logf(w->sum[r]);
        for (int64_t i = first_answer(j, w, r); i < first_answer(j, w, r + 1); i++) {
            double behind = (double)w->lse[r] - (double)j->score[i];
            loss += answer_weight(j, i) * softplus(behind);
            others += answer_weight(j, i) / (1 + exp(-behind));
        }
        w->weight[r] = (float)(others / j->how->total);
    }
    kernels()->tile_softmax(w->s, w->lse, w->weight, 0, j->c->count, w->b);
    for (int64_t r = 0; r < w->b; r++)
        for (int64_t i = first_answer(j, w, r); i < first_answer(j, w, r + 1); i++) {
            double behind = (double)w->lse[r] - (double)j->score[i];
            *at_answer(j, w, i, r) = (float)(-answer_weight(j, i) / (1 + exp(-behind)) / j->how->total);
        }
    return loss;
}

/* ---- binary ---- */

/* All candidates as wrong answers, weighed by what they stand for. */
static double wrong_answers(const job *j, block *w, float rest)
{
    double loss = 0;
    for (int64_t i = 0; i < j->c->count; i++) {
        float many = expf(-j->c->log_chance[i]), weight = many / (float)j->how->total;
        for (int64_t r = 0; r < w->b; r++) w->weight[r] = weight;
        kernels()->tile_sigmoid(w->s + i * w->b, w->sum, w->weight, rest, 1, w->b);
        double sum = 0;
        for (int64_t r = 0; r < w->b; r++) sum += (double)w->sum[r];
        loss += (double)many * sum;
    }
    return loss;
}

/* Answers and masked candidates go through as NEVER; what smoothing makes of that is taken back. */
static double sigmoid_block(const job *j, block *w)
{
    float rest = j->how->smoothing / (float)j->c->num_entities, target = 1 - j->how->smoothing + rest;
    set_masked(j, w, NEVER);
    set_answers(j, w, NEVER);
    double loss = wrong_answers(j, w, rest), never = 0;
    for (int64_t r = 0; r < w->b; r++) {
        for (int64_t i = first_answer(j, w, r); i < first_answer(j, w, r + 1); i++) {
            double s = (double)j->score[i];
            loss += softplus(s) - (double)target * s;
            never += (double)expf(-j->c->log_chance[j->rows->answer[i]]);
            *at_answer(j, w, i, r) = (float)((1 / (1 + exp(-s)) - (double)target) / j->how->total);
        }
        for (int64_t i = j->c->masked_first[w->row + r]; i < j->c->masked_first[w->row + r + 1]; i++)
            never += (double)expf(-j->c->log_chance[j->c->masked[i]]);
    }
    return loss + never * (double)(rest * NEVER);
}

/* ---- gradients ---- */

/* The parts of a distance's gradient that are no product: dx -= rowsum(g) x, dq -= colsum(g) q. */
static void distance_gradients(const job *j, block *w)
{
    int64_t d = j->d;
    const float *q = j->q + w->row * d;
    float *dq = j->dq + w->row * d;
    kernels()->tile_distance_backward(w->s, w->distance, j->c->count, w->b);
    for (int64_t r = 0; r < w->b; r++) w->sum[r] = 0;
    for (int64_t i = 0; i < j->c->count; i++) {
        float sum = 0;
        for (int64_t r = 0; r < w->b; r++) sum += w->s[i * w->b + r], w->sum[r] += w->s[i * w->b + r];
        for (int64_t c = 0; c < d; c++) w->dx[i * d + c] -= sum * j->x[i * d + c];
    }
    for (int64_t r = 0; r < w->b; r++)
        for (int64_t c = 0; c < d; c++) dq[r * d + c] -= w->sum[r] * q[r * d + c];
}

static void add_gradients(const job *j, block *w)
{
    int64_t k = j->c->count, d = j->d;
    if (j->how->compare == GAT_COMPARE_DISTANCE) distance_gradients(j, w);
    matmul(w->dx, w->s, j->q + w->row * d, k, d, w->b, false, false, w->b, d, d, 1);
    matmul(j->dq + w->row * d, w->s, j->x, w->b, d, k, true, false, w->b, d, d, 1);
}

static double block_loss(const job *j, block *w)
{
    switch (j->how->kind) {
    case GAT_LOSS_BCE: return sigmoid_block(j, w);
    case GAT_LOSS_FILTERED_CE: return filtered_block(j, w);
    default: return softmax_block(j, w);
    }
}

static double run_block(const job *j, block *w)
{
    make_scores(j, w);
    for (int64_t r = 0; r < w->b; r++)
        for (int64_t i = first_answer(j, w, r); i < first_answer(j, w, r + 1); i++)
            j->score[i] = *at_answer(j, w, i, r);
    double loss = block_loss(j, w);
    set_masked(j, w, 0);
    add_gradients(j, w);
    return loss;
}

static double run_part(const job *j, block *w, int64_t row, int64_t end)
{
    double loss = 0;
    memset(w->dx, 0, (size_t)(j->c->count * j->d) * sizeof *w->dx);
    for (w->row = row; w->row < end; w->row += w->b) {
        w->b = end - w->row < BLOCK_ROWS ? end - w->row : BLOCK_ROWS;
        loss += run_block(j, w);
    }
    return loss;
}

static void add_parts(const job *j, float *work, int64_t parts)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < j->c->count; i++)
        for (int64_t p = 0; p < parts; p++) {
            const float *dx = block_of(j, work, p).dx + i * j->d;
            for (int64_t c = 0; c < j->d; c++) j->dx[i * j->d + c] += dx[c];
        }
}

double loss_candidates(float *dq, float *dx, float *work, const float *q, const float *x, const gat_rows *rows,
                       const gat_candidates *c, int64_t d, const gat_loss_options *how)
{
    int64_t parts = num_parts(c->count, d);
    job j = {.dq = dq, .dx = dx, .q = q, .x = x, .rows = rows, .c = c, .d = d, .how = how};
    j.x2 = work + parts * block_size(c->count, d);
    j.score = j.x2 + c->count;
    double part_loss[KERNEL_PARTS] = {0}, loss = 0;
    if (how->compare == GAT_COMPARE_DISTANCE) kernels()->row_squares(j.x2, x, c->count, d);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < parts; p++) {
        block w = block_of(&j, work, p);
        part_loss[p] = run_part(&j, &w, part_start(rows->count, parts, p), part_start(rows->count, parts, p + 1));
    }
    for (int64_t p = 0; p < parts; p++) loss += part_loss[p];
    add_parts(&j, work, parts);
    return loss / how->total;
}

/* Coordinates are made a block at a time, so that only a narrow strip of projected entities exists. */
#include "align/third_order.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

enum { STREAM_ENTITIES = 0xa121, STREAM_RELATIONS = 0xa122 };

typedef struct sketch {
    float *project;  /* (width of propagation, THIRD_ORDER_BLOCK) */
    float *entity;   /* (N, block), of one side */
    float *relation; /* (2R, block) */
} sketch;

static void add_facts(float *vectors, int64_t width, const kg_side *s, const sketch *k)
{
    enum { B = THIRD_ORDER_BLOCK };
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t x = 0; x < s->num_entities; x++) {
        float sum[B] = {0};
        for (int64_t e = s->edge_start[x]; e < s->edge_start[x + 1]; e++) {
            const float *r = k->relation + (int64_t)s->relation[e] * B, *z = k->entity + (int64_t)s->neighbor[e] * B;
            for (int i = 0; i < B; i++) sum[i] += r[i] * z[i];
        }
        memcpy(vectors + x * width, sum, sizeof sum);
    }
}

static void make_block(float *vectors, int64_t width, const kg_side *s, int side, const propagation *p, sketch *k,
                       uint64_t seed, uint64_t block)
{
    int64_t size = p->width * THIRD_ORDER_BLOCK;
    random_fill_normal(k->project, size, 1, seed, random_stream(STREAM_ENTITIES, block, 0));
    linear_forward(k->entity, p->entity[side], k->project, NULL, s->num_entities, p->width, THIRD_ORDER_BLOCK);
    random_fill_normal(k->project, size, 1, seed, random_stream(STREAM_RELATIONS, block, 0));
    linear_forward(k->relation, p->relation[side], k->project, NULL, 2 * (int64_t)s->num_relations, p->width,
                   THIRD_ORDER_BLOCK);
    add_facts(vectors + (int64_t)block * THIRD_ORDER_BLOCK, width, s, k);
}

static void unit_rows(float *x, int64_t n, int64_t width)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        float square = 0;
        kernels()->row_squares(&square, x + i * width, 1, width);
        float scale = square > 0 ? 1 / sqrtf(square) : 0;
        for (int64_t j = 0; j < width; j++) x[i * width + j] *= scale;
    }
}

static gat_status make_side(float **vectors, int64_t width, const kg_side *s, int side, const propagation *p,
                            uint64_t seed, gat_error *err)
{
    sketch k = {.project = gat_alloc(p->width * THIRD_ORDER_BLOCK, sizeof *k.project),
                .entity = gat_alloc((int64_t)s->num_entities * THIRD_ORDER_BLOCK, sizeof *k.entity),
                .relation = gat_alloc(2 * (int64_t)s->num_relations * THIRD_ORDER_BLOCK, sizeof *k.relation)};
    *vectors = gat_alloc(s->num_entities * width, sizeof **vectors);
    gat_status st = k.project && k.entity && k.relation && *vectors ? GAT_OK : error_nomem(err);
    if (!st) {
        for (int64_t block = 0; block < width / THIRD_ORDER_BLOCK; block++)
            make_block(*vectors, width, s, side, p, &k, seed, (uint64_t)block);
        unit_rows(*vectors, s->num_entities, width);
    }
    gat_free(k.project);
    gat_free(k.entity);
    gat_free(k.relation);
    return st;
}

gat_status third_order_vectors(float *vectors[2], int64_t width, const kg_side *a, const kg_side *b,
                               const propagation *p, uint64_t seed, gat_error *err)
{
    vectors[0] = vectors[1] = NULL;
    gat_status st = make_side(&vectors[0], width, a, 0, p, seed, err);
    if (!st) st = make_side(&vectors[1], width, b, 1, p, seed, err);
    if (st) {
        gat_free(vectors[0]);
        gat_free(vectors[1]);
        vectors[0] = vectors[1] = NULL;
    }
    return st;
}

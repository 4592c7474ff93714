#include "align/alignment_vectors.h"

#include "align/propagation.h"
#include "base/memory.h"

enum { LABEL_DIM = 128, LEAST_DIM = 32, MOST_BYTES = 300000000 };

static int64_t dim_for(const gat_alignment *m)
{
    int64_t dim = LABEL_DIM, entities = (int64_t)m->a->num_entities + m->b->num_entities;
    while (dim > LEAST_DIM && entities * PROPAGATION_STAGES * dim * (int64_t)sizeof(float) > MOST_BYTES) dim /= 2;
    return dim;
}

gat_status alignment_vectors_init(alignment_vectors *v, const gat_alignment *m, gat_error *err)
{
    propagation p;
    *v = (alignment_vectors){0};
    gat_status st = propagation_init(&p, m->a, m->b, m->belief, dim_for(m), m->origin.seed, err);
    if (st) return st;
    *v = (alignment_vectors){{p.entity[0], p.entity[1]}, p.width};
    p.entity[0] = p.entity[1] = NULL;
    propagation_clear(&p);
    return GAT_OK;
}

void alignment_vectors_clear(alignment_vectors *v)
{
    gat_free(v->rows[0]);
    gat_free(v->rows[1]);
    *v = (alignment_vectors){0};
}

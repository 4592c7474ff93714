#include "align/vector_term.h"

#include "align/propagation.h"
#include "align/third_order.h"
#include "align/vector_top.h"
#include "base/memory.h"

gat_status vector_term_init(vector_term *t, const belief_loop *l, int64_t dim, int64_t width, int64_t search, int top,
                            uint64_t seed, gat_error *err)
{
    propagation p = {0};
    const kg_side *a = l->space.a, *b = l->space.b;
    *t = (vector_term){.width = width};
    gat_status st = propagation_init(&p, a, b, l->belief, dim, seed, err);
    if (!st) st = third_order_vectors(t->vectors, width, a, b, &p, seed, err);
    propagation_clear(&p);
    if (!st)
        st = vector_top(&t->best, t->vectors[0], t->vectors[1], search < width ? search : width, width, l->blocks.a,
                        l->blocks.b, a->num_entities, b->num_entities, top, err);
    if (st) vector_term_clear(t);
    return st;
}

void vector_term_clear(vector_term *t)
{
    gat_free(t->vectors[0]);
    gat_free(t->vectors[1]);
    pair_matrix_free(t->best);
    *t = (vector_term){0};
}

similarity_term vector_term_similarity(const vector_term *t, float weight)
{
    return (similarity_term){
        .weight = weight, .best = t->best, .dense = {t->vectors[0], t->vectors[1]}, .width = t->width};
}

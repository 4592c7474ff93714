#include "align/name_vectors.h"
#include "base/memory.h"
void name_vectors_clear(name_vectors *v)
{
    gat_free(v->start);
    gat_free(v->feature);
    gat_free(v->value);
    *v = (name_vectors){0};
}
float name_vectors_dot(const name_vectors *a, int32_t x, const name_vectors *b, int32_t y)
{
    int64_t i = a->start[x], j = b->start[y];
    float sum = 0;
    while (i < a->start[x + 1] && j < b->start[y + 1]) {
        if (a->feature[i] < b->feature[j]) i++;
        else if (a->feature[i] > b->feature[j]) j++;
        else sum += a->value[i++] * b->value[j++];
    }
    return sum;
}

#include "train/answer_weight.h"

#include "base/error.h"
#include "base/memory.h"

gat_status answer_weights(float **out, const gat_triples *facts, int64_t n, double share, gat_error *err)
{
    *out = NULL;
    if (share == 0) return GAT_OK;
    float *weight = gat_calloc(n, sizeof *weight), largest = 1;
    if (!weight) return error_nomem(err);
    for (int64_t i = 0; i < facts->count; i++) {
        weight[facts->data[i].head]++;
        weight[facts->data[i].tail]++;
    }
    for (int64_t i = 0; i < n; i++) largest = weight[i] > largest ? weight[i] : largest;
    for (int64_t i = 0; i < n; i++) weight[i] = (float)(1 - share + share * (double)weight[i] / (double)largest);
    *out = weight;
    return GAT_OK;
}

double answer_total(const float *weight, const gat_rows *rows)
{
    double total = 0;
    for (int64_t i = rows->first[0]; i < rows->first[rows->count]; i++)
        total += weight ? (double)weight[rows->answer[i]] : 1;
    return total;
}

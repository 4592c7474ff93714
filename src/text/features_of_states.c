/* Features of a model of the graph: numbers that stand for an entity or a pair, beside the names of features_of_graph. */
#include <math.h>

#include "base/memory.h"
#include "model/embedding_view.h"
#include "text/kg_context.h"

enum kind { K_STATE = 501, K_PRODUCT, K_SCORE };

static uint64_t name(enum kind kind, uint64_t a, uint64_t b) { return hash_mix(hash_mix((uint64_t)kind, a), b); }

/* e <- the entities of the pair, in the numbers of the graph; false: the model is not to speak of them. */
static bool pair_of(int32_t e[2], const kg_context *kg, const sentence_view *v)
{
    for (int k = 0; k < 2; k++) e[k] = kg_entity(kg, v->list, v->s, k);
    return e[0] >= 0 && e[1] >= 0 && e[0] != e[1] && !kg_joined(kg, e[0], e[1]);
}

static int32_t state_of(const kg_context *kg, int32_t entity) { return kg->state_of ? kg->state_of[entity] : entity; }

float kg_gate(const kg_context *kg, const sentence_view *v)
{
    int32_t e[2];
    if (!pair_of(e, kg, v)) return 0;
    int64_t a = kg->start[e[0] + 1] - kg->start[e[0]], b = kg->start[e[1] + 1] - kg->start[e[1]];
    float least = (float)(a < b ? a : b);
    return least / (least + 1);
}

static float length_of(const float *x, int64_t dim)
{
    float squares = 0;
    for (int64_t d = 0; d < dim; d++) squares += x[d] * x[d];
    return squares > 0 ? sqrtf(squares) : 1;
}

void features_of_states(feature_row *row, const kg_context *kg, const sentence_view *v)
{
    const embedding_view *embedded = embedding_view_of(kg->states->view);
    int32_t e[2];
    if (!embedded || !pair_of(e, kg, v)) return;
    const float *x[2];
    float length[2];
    for (int k = 0; k < 2; k++) {
        x[k] = embedded->encoded + (int64_t)state_of(kg, e[k]) * embedded->dim;
        length[k] = length_of(x[k], embedded->dim);
    }
    float wide = sqrtf((float)embedded->dim); /* products of entries are as long as the entries */
    for (uint64_t d = 0; d < (uint64_t)embedded->dim; d++) {
        float a = x[0][d] / length[0], b = x[1][d] / length[1];
        feature_add_number(row, name(K_STATE, 0, d), a);
        feature_add_number(row, name(K_STATE, 1, d), b);
        feature_add_number(row, name(K_PRODUCT, 0, d), wide * a * b);
    }
}

/* Scores of the relations from one to the other, as far above or below their mean as they spread. */
static void add_scores(feature_row *row, const model_view *view, float *score, int32_t from, int32_t to, uint64_t back)
{
    int32_t n = view->model->num_seen_relations;
    double sum = 0, squares = 0;
    if (view_score_relations(score, view, from, to, NULL)) {
        row->failed = true;
        return;
    }
    for (int32_t r = 0; r < n; r++) {
        sum += (double)score[r];
        squares += (double)score[r] * (double)score[r];
    }
    double mean = sum / n, variance = squares / n - mean * mean, spread = variance > 1e-12 ? sqrt(variance) : 1;
    for (int32_t r = 0; r < n; r++)
        feature_add_number(row, name(K_SCORE, back, (uint64_t)r), (float)(((double)score[r] - mean) / spread));
}

void features_of_scores(feature_row *row, const kg_context *kg, const sentence_view *v)
{
    int32_t e[2];
    if (!pair_of(e, kg, v)) return;
    const model_view *view = kg->states->view;
    float *score = gat_alloc(view->model->num_seen_relations, sizeof *score);
    if (!score) row->failed = true;
    for (int k = 0; score && k < 2; k++)
        add_scores(row, view, score, state_of(kg, e[k]), state_of(kg, e[!k]), (uint64_t)k);
    gat_free(score);
}

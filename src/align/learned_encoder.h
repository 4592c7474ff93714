/* A learned encoder of two graphs: relational attention with reflections, entity and relation features, proxies that both
 * graphs share (Dual-AMN: Mao et al. 2021, "Boosting the Speed of Entity Alignment 10x"). Per kind of feature, over the
 * union graph,
 *     h0 = tanh(mean of the features around a node),   h(l+1) = tanh(reflection attention of h(l)),
 *     z  = h0 | h1 | h2,   v = proxy_gate(z),
 * and the vector of an entity is the two v side by side. Linked pairs are drawn together against all entities. */
#ifndef GAT_ALIGN_LEARNED_ENCODER_H
#define GAT_ALIGN_LEARNED_ENCODER_H

#include <stdint.h>

#include "align/links.h"
#include "align/union_graph.h"
#include "autodiff/param.h"

enum { ENCODER_LAYERS = 2, ENCODER_PROXIES = 64, ENCODER_VIEWS = 2 };

typedef struct learned_settings {
    int64_t dim; /* of a feature; a multiple of 16 */
    int64_t epochs, batch;
    float lr, dropout, gamma, lambda;
    uint64_t seed;
    int (*should_end)(void *context); /* asked before every step; NULL: never */
    void *context;
} learned_settings;

/* dim 64, 20 epochs of batches of 1,024 pairs, Adam 0.005, dropout 0.3. */
learned_settings learned_defaults(void);

typedef struct learned_encoder {
    const union_graph *graph; /* borrowed */
    learned_settings settings;
    int32_t num_sources; /* N1: where KG2's nodes begin */
    gat_params params;
    float *state; /* of the optimiser */
    int64_t steps, epoch;
} learned_encoder;

gat_status learned_init(learned_encoder *out, const union_graph *graph, int32_t num_sources,
                        const learned_settings *settings, gat_error *err);
void learned_clear(learned_encoder *encoder);

/* Floats of an entity's vector. */
static inline int64_t learned_width(const learned_settings *s) { return ENCODER_VIEWS * (ENCODER_LAYERS + 1) * s->dim; }

/* Goes on for `epochs` passes over the pairs, or until it should end. loss (may be NULL) <- mean of the last. */
gat_status learned_teach(learned_encoder *encoder, const link_list *pairs, int64_t epochs, double *loss,
                         gat_error *err);

/* vectors[k] (N, learned_width) <- unit rows of KG1 and KG2; free with gat_free. */
gat_status learned_vectors(float *vectors[2], const learned_encoder *encoder, gat_error *err);

#endif

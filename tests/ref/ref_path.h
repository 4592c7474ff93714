/* A path model in double precision, one question at a time over all nodes, written from the formulas of path_layer.h and
 * path_profile.h without any of their grouping. */
#ifndef GAT_TESTS_REF_PATH_H
#define GAT_TESTS_REF_PATH_H

#include "graph/filter.h"
#include "graph/triples.h"
#include "path/path_choice.h"

typedef struct ref_path {
    const path_net *model;    /* shape and places; its floats are not read */
    const double *value;      /* parameters, by the offsets of the model's */
    const gat_triples *facts; /* those that are not hidden */
    int32_t num_nodes;
    /* Of a learned choice: its noise; and p of every choice (L,N), taken down where `hold`, else what stop(p) is. NULL:
     * neither. */
    const path_noise *noise;
    double *held;
    bool hold;
} ref_path;

/* score (N) of all entities. */
void ref_path_scores(double *score, const ref_path *r, int32_t entity, int32_t relation);

/* Sum over the answers, which are known ones, of -log softmax of each among itself and the entities that are not known. */
double ref_path_loss(const ref_path *r, const gat_filter *known, int32_t entity, int32_t relation,
                     const int32_t *answer, int64_t num_answers);

#endif

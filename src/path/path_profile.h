/* The candidate profile: what the relations around an entity say about it as an answer, whether a path reaches it or
 * not. With F(v) the unit vector of log(1 + edges into v) by relation and E the model's profile matrix,
 *     base(v) = <query, E F(v)> + count weight * log(1 + edges into v by the relation asked for)
 *               + degree weight * log(1 + degree).
 * A learned prior of type and popularity, without parameters of entities. */
#ifndef GAT_PATH_PATH_PROFILE_H
#define GAT_PATH_PATH_PROFILE_H

#include "path/path_graph.h"
#include "path/path_net.h"

/* table (N,D) <- E F. */
void path_profile_table(float *table, const path_net *net, const path_graph *graph);

/* Adds to the gradient of E; scratch: path_profile_scratch floats. */
void path_profile_backward(float *scratch, const float *dtable, const path_net *net, const path_graph *graph);
int64_t path_profile_scratch(const path_net *net);

/* s (B,N) <- base scores. query (B,D) is scratch for the profile parts of made (B,made_size). */
void path_profile_scores(float *s, float *query, const path_net *net, const path_graph *graph, const float *table,
                         const float *made, const int32_t *relation, int64_t b);

/* From ds (B,N): adds to dmade (B,made_size), writes dtable (N,D). query as above; scratch: KERNEL_PARTS * B * D
 * floats. */
void path_profile_scores_backward(float *dtable, float *dmade, float *scratch, const float *ds, const float *query,
                                  const path_net *net, const path_graph *graph, const float *table,
                                  const int32_t *relation, int64_t b);

#endif

/* What each route of the table answers with; see server/route.h. All are thread-safe: they only read models. */
#ifndef GAT_SERVER_ANSWERS_H
#define GAT_SERVER_ANSWERS_H

#include "server/route.h"

route_function answer_health, answer_openapi, answer_models, answer_model;
route_function answer_relations, answer_entities, answer_neighbors, answer_explain, answer_similarity;
route_function answer_attention, answer_graph;
route_function answer_pairs, answer_evidence, answer_facts;
route_function answer_extract, answer_link;
route_many_function answer_predict;

#endif

/* Answers of the library as JSON objects: what --json prints and the server sends. NULL: out of memory. */
#ifndef GAT_REPORT_JSON_ANSWER_H
#define GAT_REPORT_JSON_ANSWER_H

#include "gatkit.h"
#include "report/json_value.h"

json_t *report_metrics(const gat_metrics *metrics);
json_t *report_ranking(const gat_ranking *ranking);

/* What train and info both tell of a model. */
json_t *report_model(const gat_model_info *model);

/* The model's score function of attention; NULL: it has none. */
const char *report_attention(const gat_model_info *model);

/* The whole card of a model: the same with seeds and the effective configuration. */
json_t *report_card(const gat_model_info *model);

/* What train and info both tell of a model of relations in text. */
json_t *report_relations(const gat_relation_info *model);

json_t *report_answers(const gat_answer *answers, int64_t count);
json_t *report_neighbors(const char *entity, const gat_neighbor *list, int64_t count);
json_t *report_explanation(const gat_explanation *explanation);

/* A mention: its place, what it means, the best candidates with their beliefs, the mentions that supported the answer. */
json_t *report_link_answer(const gat_link_answer *answer);

/* "out": (entity, relation, neighbour) is a fact; "in": (neighbour, relation, entity) is; "none": by embedding. */
const char *report_direction(const gat_neighbor *neighbor);

#endif

/* What people chose, and what is known of the things they chose: read, cleaned, split.
 *
 * Nodes of the graph are the items, by their ids, then the other entities. Every random choice is a function of the seed and of
 * the order in the files. */
#ifndef GAT_RECOMMEND_INTERACTIONS_H
#define GAT_RECOMMEND_INTERACTIONS_H

#include <stdbool.h>

#include "base/intern.h"
#include "graph/triples.h"
#include "recommend/recommend_config.h"

typedef enum rec_part { REC_TRAIN, REC_VALID, REC_TEST } rec_part;

typedef struct rec_event {
    int32_t user, item;
    float rating;
    uint8_t part;
    double time;
} rec_event;

typedef struct interactions {
    gat_intern *users, *items, *entities, *relations; /* entities: names of the nodes from `items` on */
    rec_event *event;                                 /* by user, then item */
    int64_t count, capacity;
    bool has_rating, has_time, has_graph;
    gat_triples facts; /* over nodes */
    char **title;      /* by item, NULL: none at all */
    int64_t duplicates, outside, low_rated, lone_users, linked_items, idle_facts;
} interactions;

/* Reads a folder (train, valid, test; or one file interactions, inter, ratings or user_artists; kg; link or item2entity) or one
 * file. with_test: the file test too, which training never reads. GAT_EDATA names file and line. */
gat_status interactions_load(interactions *out, const char *path, const gat_recommend_config *config, bool with_test,
                             gat_error *err);
void interactions_clear(interactions *data);

/* At most 1 + the number of items and entities; never fails to name a node. */
const char *interactions_node(const gat_intern *items, const gat_intern *entities, int32_t node);

#endif

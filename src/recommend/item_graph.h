/* The facts about items: links from items to entities, and triples. */
#ifndef GAT_RECOMMEND_ITEM_GRAPH_H
#define GAT_RECOMMEND_ITEM_GRAPH_H

#include "recommend/interactions.h"

typedef struct item_links {
    bool found;         /* there is a file of links; otherwise an item is the entity of its name */
    gat_intern *entity; /* names that items are linked to */
    char **entity_of;   /* (entities): the name of the first item linked to each */
    int64_t capacity;
    gat_intern *items; /* the table of items while reading, borrowed */
    bool adds;
} item_links;

/* adds: items of the file become items; otherwise links are kept by name until the items are known. */
gat_status item_links_read(item_links *out, const char *folder, bool adds, gat_intern *items, gat_error *err);
void item_links_clear(item_links *links);

/* Fills facts, entities and relations of data from the file kg of the folder, if there is one. Facts that end at an entity that
 * nothing else touches say nothing about other items, and are dropped and counted. */
gat_status item_graph_read(interactions *data, const item_links *links, const char *folder, gat_error *err);

#endif

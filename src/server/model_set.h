/* The models that a server answers with, and their exchange for newer files while it runs. */
#ifndef GAT_SERVER_MODEL_SET_H
#define GAT_SERVER_MODEL_SET_H

#include "gatkit.h"
#include "server/entity_search.h"

/* One loaded file. Of the four pointers the one of its kind is set. */
typedef struct hosted_model {
    char *name; /* the file's, without folder and ending */
    gat_file_kind kind;
    gat_model *model;
    gat_alignment *alignment;
    gat_relations *relations;
    gat_linker *linker;
    gat_model_info info;        /* of a model of a graph */
    gat_link_info link;         /* of a linker */
    gat_relation_info relation; /* of relations in text */
    entity_search *search;      /* of a model of a graph */
} hosted_model;

typedef struct model_set model_set;

/* Loads count files. GAT_EUSAGE: two have the same name; else as loading does. */
gat_status model_set_new(model_set **out, const char *const *paths, int count, gat_error *err);

/* One hold on a set; the last model_set_drop frees it. The count is atomic. */
void model_set_hold(model_set *set);
void model_set_drop(model_set *set);

int model_set_count(const model_set *set);
const hosted_model *model_set_at(const model_set *set, int index);

/* NULL: none of that name. */
const hosted_model *model_set_find(const model_set *set, const char *name);

#endif

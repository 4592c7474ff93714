/* Entities as points of a plane. */
#ifndef GAT_MAP_TYPES_H
#define GAT_MAP_TYPES_H

#include <stdint.h>

/* PCA: the two directions along which the embeddings differ most. UMAP: neighbours stay neighbours. */
typedef enum gat_map_method { GAT_MAP_PCA, GAT_MAP_UMAP } gat_map_method;

typedef struct gat_map_options {
    gat_map_method method;
    int64_t top;   /* points at most, those with most facts; 0: 5000 */
    uint64_t seed; /* of UMAP and of the communities */
} gat_map_options;

typedef struct gat_map_point {
    const char *entity; /* borrowed from the model */
    double x, y;
    int32_t community; /* of the training graph, 0 the one with most points; -1: built without igraph */
    int64_t facts;     /* of training, in both directions */
} gat_map_point;

#endif

/* A document made ready for the net: nodes are candidates of groups of equal mentions, edges join candidates of different
 * groups that are linked, share neighbours, or are the same entity. */
#ifndef GAT_LINK_CANDIDATE_GRAPH_H
#define GAT_LINK_CANDIDATE_GRAPH_H

#include "base/intern.h"
#include "kernels/bag.h"
#include "kernels/vote.h"
#include "link/lexicon.h"
#include "link/name_form.h"

/* Kinds of edges, as seen from the node that hears; then the columns of an edge's features. */
typedef enum edge_sort {
    EDGE_OUT, /* it links to the other */
    EDGE_IN,
    EDGE_BOTH,
    EDGE_SAME,
    EDGE_SHARED, /* no link, but many common neighbours */
    NUM_EDGE_SORTS
} edge_sort;

enum {
    EDGE_COMMON = NUM_EDGE_SORTS, /* log(1 + Adamic-Adar) of the two entities */
    EDGE_NEAR,                    /* exp(-distance / 5), distance in mentions */
    EDGE_NEXT,                    /* the mentions stand side by side */
    EDGE_RARE_HERE,               /* 1 / sqrt(1 + links of the hearing entity) */
    EDGE_RARE_THERE,
    EDGE_FEATURES,
    NODE_PLAIN = 22,
    NODE_TYPES = 8, /* the commonest types of training */
    NODE_FEATURES = NODE_PLAIN + NODE_TYPES + 2 * NAME_LIKENESS
};

typedef struct candidate_graph {
    int64_t nodes, edges, num_groups;
    vote_groups groups;
    float *size;                      /* (groups) mentions */
    int64_t *leader;                  /* (groups) first mention */
    int64_t *first, *indptr;          /* (groups + 1), (nodes + 1) */
    int32_t *source, *entity, *group; /* (edges), (nodes): of the document; (nodes) */
    int32_t *group_of;                /* (mentions); -1: it has no candidate */
    uint8_t *kind;                    /* (edges) */
    int64_t inputs;                   /* columns of x */
    bag_rows wide;                    /* (nodes) entries of the wide part, see candidate_words.h; first NULL: none */
    float *x, *edge_x, *wanted;       /* (nodes, inputs), (edges, EDGE_FEATURES), (nodes) mentions meaning it */
    float num_wanted;                 /* sum of wanted */
} candidate_graph;

/* Columns of a node's features with these names: more where they are weighed or come with descriptions. */
int64_t candidate_inputs(const lexicon *names);

/* All arrays in the arena. types: names of the first NODE_TYPES types. */
gat_status candidate_graph_make(candidate_graph *graph, const link_document *document, const lexicon *names,
                                const gat_intern *types, gat_arena *arena, gat_error *err);

#endif

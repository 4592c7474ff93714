/* What a graph knows of two entities, with every fact between the two of them hidden, in training and in use: a text that says
 * what the graph says already would otherwise be answered by looking it up. Two entities without a fact between them lose a
 * neighbour each instead, or the gap would give the hidden fact away: nearly every synset has one hypernym, and the one whose
 * hypernym is missing is the one that the sentence is about. */
#ifndef GAT_TEXT_KG_CONTEXT_H
#define GAT_TEXT_KG_CONTEXT_H

#include "graph/triples.h"
#include "model/model_info.h"
#include "text/feature_row.h"

/* A fact as seen from one of its ends: kind r from the head, R + r from the tail. */
typedef struct kg_edge {
    int32_t other, kind;
} kg_edge;

typedef struct kg_context {
    gat_intern *entities, *relations;
    gat_triples facts;
    int64_t *start;    /* (entities + 1) */
    kg_edge *edge;     /* by neighbour, then kind */
    gat_model *states; /* the model of this graph, which knows embeddings or scores facts; NULL: facts alone count */
    int32_t *state_of; /* (entities) whose state an entity has; NULL: its own */
} kg_context;

/* How a graph is read. */
typedef struct kg_options {
    bool states;  /* keep the model, which path has to be, for what it says of entities and pairs */
    bool shuffle; /* the entities change places at random, by seed */
    uint64_t seed;
} kg_options;

/* DATA (every fact of a file, train of a folder) or a model of a graph (its training facts). */
gat_status kg_load(kg_context *kg, const char *path, const kg_options *options, gat_error *err);

/* Takes names and facts that are set; ids must be in range (GAT_EMODEL). */
gat_status kg_index(kg_context *kg, gat_error *err);
void kg_clear(kg_context *kg);

/* -1: the sentence names no entity for e1 (k 0) or e2 (k 1), or one that the graph lacks. */
int32_t kg_entity(const kg_context *kg, const sentence_list *list, const sentence *s, int k);

/* Whether some fact joins two entities. */
bool kg_joined(const kg_context *kg, int32_t a, int32_t b);

/* Number (from 1) of the first entity that the sentence names and the graph lacks; 0: none. */
int kg_unknown(const kg_context *kg, const sentence_list *list, const sentence *s);

/* hidden[k] <- whom entity e[k] is not to know: the other one, or, where both are there and no fact joins them, a neighbour
 * drawn by the pair. -1: nobody. */
void kg_hidden(int32_t hidden[2], const kg_context *kg, const int32_t e[2]);

/* Relations around both entities, pairs of their commonest ones, the two-step paths between them, and whether they are there. */
void features_of_graph(feature_row *row, const kg_context *kg, const sentence_view *view);

/* What the model of the graph says of the pair, as numbers: the embeddings of both and their products; then the scores of all relations
 * between the two, both ways round. Nothing where an entity is missing, or where the model has learned a fact between the two: no
 * hiding would take that out of its parameters. */
void features_of_states(feature_row *row, const kg_context *kg, const sentence_view *view);
void features_of_scores(feature_row *row, const kg_context *kg, const sentence_view *view);

/* How much is known of the pair, in [0, 1): the gate of the two above. */
float kg_gate(const kg_context *kg, const sentence_view *view);

#endif

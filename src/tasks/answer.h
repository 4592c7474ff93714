/* What the answering verbs return. Strings are borrowed from the model, or from the data set given as a graph; they
 * must outlive the list. */
#ifndef GAT_ANSWER_H
#define GAT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* A fact proposed by `predict`, best first. */
typedef struct gat_answer {
    const char *head, *relation, *tail;
    float score;        /* larger is better */
    double probability; /* that it is right, calibrated on valid; of relations, or without valid, the softmax over all
                           candidates of the question */
} gat_answer;

/* A fact with "?" in one place, and how many answers are wanted. */
typedef struct gat_question {
    const char *head, *relation, *tail;
    int64_t top;
    bool known; /* facts of the training graph stay in */
} gat_question;

/* What one of many questions was answered with. */
typedef struct gat_prediction {
    gat_status status; /* GAT_OK; else there is no list, and `error` says why */
    gat_error error;
    gat_answer *answers; /* (count) best first */
    int64_t count;
} gat_prediction;

/* An entity beside another one. */
typedef struct gat_neighbor {
    const char *entity;
    const char *relation; /* of the (last) fact that joins them; "" when ranked by embedding */
    int outgoing;     /* 1: the fact is (asked entity or the one before on the way, relation, entity); 0: the other way
                     round; -1: no fact */
    int hops;         /* distance at which it was found, 1 for a direct neighbour; 0 by embedding */
    double weight;    /* attention in [0,1] (product along the way), cosine, or 1 / (1 + degree) of the entity (product
                      along the way) for graph order */
    int graph;        /* of an alignment: 1 or 2, the graph that has the entity; else 0 */
    double belief;    /* of an alignment: that it is the counterpart of the asked one, 0 within a graph; else 0 */
    const char *text; /* of an alignment: readable, NULL where there is none; else NULL */
} gat_neighbor;

/* Attention of every head of the last layer to the facts of an entity. */
typedef struct gat_head_attention {
    int64_t count; /* facts, heaviest in the mean first */
    int heads;
    gat_neighbor *neighbor; /* (count) weight: the mean over heads */
    float *weight;          /* (count, heads) in [0,1] */
} gat_head_attention;

/* A fact on a path. */
typedef struct gat_path_step {
    const char *head, *relation, *tail;
    double attention; /* in [0,1] */
} gat_path_step;

enum { GAT_LONGEST_PATH = 16 };

typedef struct gat_path {
    double weight; /* product of the attention of its steps */
    int num_steps;
    gat_path_step step[GAT_LONGEST_PATH]; /* from the head to the answer */
} gat_path;

/* Why a fact is scored as it is. */
typedef struct gat_explanation {
    float score;
    double probability; /* that it is right, as in gat_answer */
    int64_t num_paths;
    gat_path *path; /* heaviest first */
} gat_explanation;

typedef enum gat_neighbor_order { GAT_BY_ATTENTION, GAT_BY_EMBEDDING, GAT_BY_GRAPH } gat_neighbor_order;

#endif

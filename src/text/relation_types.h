/* What callers of relation extraction see. */
#ifndef GAT_RELATION_TYPES_H
#define GAT_RELATION_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"
#include "model/option.h"

/* A model that tells which relation a sentence states between two entities. Read-only once made. */
typedef struct gat_relations gat_relations;

/* How it is trained, set by name. */
typedef struct gat_relation_config gat_relation_config;

/* A step of a training that is done. */
typedef struct gat_relation_progress {
    const char *stage; /* "linear", "held-out net", "net"; borrowed */
    int64_t index, of; /* from 1 */
    double loss, f1; /* of the last pass of a net; of the linear part on folds it has not seen; NaN: not this stage's */
    double seconds;  /* since the training began */
} gat_relation_progress;

/* Zero-initialise, then set what differs. Strings are borrowed for the call. */
typedef struct gat_relation_inputs {
    const char *sentences;    /* needed: a file of sentences with labels */
    const char *kg;           /* DATA or a model: the graph that entity ids of the sentences belong to; NULL: none */
    const char *word_vectors; /* NULL: none */
    bool bags;                /* learn to answer for all sentences of a pair together, too */
    bool
        kg_states; /* kg is a model: its embeddings and scores count, too. It must know no fact between the two of a sentence */
    bool kg_partial; /* the graph may lack entities that the sentences name: they count as strangers */
    bool shuffle_kg; /* the graph's entities change places at random: what remains is worth nothing but the links */
    const char *checkpoint; /* nets that are done are kept in this file; NULL: none */
    bool resume;            /* goes on from it where it is there */
    const char *
        finished; /* with resume and no checkpoint: where it is the model of this very run, it is the answer; NULL: none */
    double time_limit;  /* seconds from which on no net begins or goes on: those that are done are the model; 0: none */
    int64_t max_memory; /* bytes; GAT_ENOSPC when the nets need more, about; 0: any */
    void (*on_progress)(void *context,
                        const gat_relation_progress *progress); /* from one thread at a time; NULL is fine */
    gat_log log;
    /* Asked between steps; non-zero ends the call in GAT_EINTERRUPTED. NULL is fine. */
    int (*should_stop)(void *context);
    void *context;
} gat_relation_inputs;

typedef struct gat_relation_info {
    int64_t sentences, labels, features, parameters, members, kg_entities, kg_facts, vectors;
    bool bags, kg_states;
    bool several, parsed; /* several relations may hold at once; trained on parses */
    double c,
        threshold;      /* of the linear part; where several may hold a probability from here on is an answer, else what
                             the probability of no relation counts for beside the others */
    double held_out_f1; /* of the linear part on folds it has not seen: macro-F1, or micro-F1 where several may hold */
    char digest[33], data_digest[33];
    const char *config; /* "name = value" lines, borrowed */
} gat_relation_info;

/* Right answers among those given and those asked for. */
typedef struct gat_relation_score {
    int64_t gold, said, right;
    double precision, recall, f1;
} gat_relation_score;

/* What a part of the model knows: all of it, the sentence alone, the graph alone. */
typedef enum gat_relation_part {
    GAT_PART_ALL,
    GAT_PART_TEXT,
    GAT_PART_GRAPH,
    GAT_NUM_RELATION_PARTS
} gat_relation_part;

/* Sentences by their pair of entities: whether training has it, and how many of the two the graph knows. */
typedef enum gat_pair_group {
    GAT_PAIR_ANY,
    GAT_PAIR_SEEN,
    GAT_PAIR_UNSEEN,
    GAT_PAIR_UNSEEN_LINKED, /* both in the graph */
    GAT_PAIR_UNSEEN_OTHER,
    GAT_NUM_PAIR_GROUPS
} gat_pair_group;

GAT_PUBLIC const char *gat_relation_part_name(gat_relation_part part);
GAT_PUBLIC const char *gat_pair_group_name(gat_pair_group group);

/* A relation whichever way it goes: "Cause-Effect(e1,e2)" and "Cause-Effect(e2,e1)" are one. A right answer has the direction
 * too. */
typedef struct gat_relation_line {
    const char *relation; /* borrowed from the evaluation */
    gat_relation_score score;
} gat_relation_line;

typedef struct gat_relation_view {
    int64_t sentences;
    double macro_f1;
    gat_relation_score micro;
} gat_relation_view;

/* Answers for pairs, ranked by probability among all (pair, relation): distant supervision's figures. */
typedef enum gat_bag_way { GAT_BAG_ATTENTION, GAT_BAG_BEST, GAT_BAG_MEAN, GAT_NUM_BAG_WAYS } gat_bag_way;
GAT_PUBLIC const char *gat_bag_way_name(gat_bag_way way);

/* Precision among the first 100, 200, 300, and where recall first reaches .1 and .3; 0: there are not so many. */
typedef struct gat_bag_ranking {
    double average_precision; /* the area under precision by recall, as steps, over all answers */
    double at[3], at_recall[2];
} gat_bag_ranking;

typedef struct gat_bag_evaluation {
    int64_t pairs, seen, several, facts; /* seen in training; with more than one sentence; (pair, relation) that hold */
    gat_bag_ranking ranking[GAT_NUM_BAG_WAYS];
    int64_t unseen_facts;
    gat_bag_ranking unseen;   /* by attention, of the pairs that are not in training */
    gat_relation_score micro; /* of the attention, from its threshold on */
} gat_bag_evaluation;

typedef struct gat_relation_evaluation {
    int64_t sentences;
    double accuracy; /* sentences answered exactly, those without a relation included */
    double macro_f1; /* mean over relations of the file (SemEval-2010 task 8's official figure) */
    gat_relation_score micro;
    double calibration_error; /* expected, of the probabilities of answers: 15 bins */
    int64_t num_relations;
    gat_relation_line *relation;
    int parts; /* 1, or all with a graph */
    gat_relation_view view[GAT_NUM_RELATION_PARTS][GAT_NUM_PAIR_GROUPS];
    bool bags; /* the model answers for pairs: bag is filled */
    gat_bag_evaluation bag;
    double seconds; /* of reading and answering by the whole model */
} gat_relation_evaluation;

typedef struct gat_relation_answer {
    const char *label;
    double probability;
    bool none; /* the label that says that no relation holds */
} gat_relation_answer;

/* One sentence answered. Everything is borrowed for the call. */
typedef struct gat_extraction {
    const char *id;
    int64_t line;
    int32_t num_words;
    const char *const *word;
    const float *attention; /* (num_words) sums to 1; NULL: the model has no net */
    int32_t span[2][2];     /* words [from, to) of e1, e2 */
    const char *entity[2];  /* the graph's id where given, else the words */
    int32_t num_answers;    /* at least 1, best first */
    const gat_relation_answer *answer;
} gat_extraction;

/* All sentences about a pair answered together. Everything is borrowed for the call. */
typedef struct gat_bag_extraction {
    const char *entity[2];
    int32_t num_answers; /* at least 1, best first: the relations that hold, or that none does */
    const gat_relation_answer *answer;
    int64_t num_sentences;
    const char *const *sentence; /* ids */
    const double *attention;     /* (num_sentences) for the first answer */
} gat_bag_extraction;

/* What extract may answer, and whom it tells. */
typedef struct gat_extract_options {
    const char *relations; /* names separated by commas, with or without direction; NULL: all */
    bool attention;        /* wanted */
    int (*on_sentence)(void *context, const gat_extraction *extraction); /* non-zero ends the call */
    int (*on_pair)(void *context, const gat_bag_extraction *extraction); /* the same, of gat_relations_extract_bags */
    void *context;
} gat_extract_options;

#endif

/* What callers of entity linking see. */
#ifndef GAT_LINK_TYPES_H
#define GAT_LINK_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"
#include "model/option.h"
#include "train/progress.h"

/* A model that tells which entity a mention in a document means. Read-only once made. */
typedef struct gat_linker gat_linker;

/* How it is trained, set by name. */
typedef struct gat_link_config gat_link_config;

/* Zero-initialise, then set what differs. Strings are borrowed for the call. */
typedef struct gat_link_inputs {
    const char
        *documents; /* a file of documents with annotated mentions; NULL: they are made from the graph and its names */
    const char *kg; /* DATA or a model: the graph whose entities are meant, with their names; NULL: every document
                            * brings its candidates */
    const char *lexicon;      /* lines of entity, TAB, name and perhaps TAB, weight; NULL: names of the graph alone */
    const char *descriptions; /* lines of entity, TAB, text and perhaps TAB, type; NULL: none */
    const char *word_vectors; /* lines of a word and numbers, for the words of descriptions; NULL: made from these */
    gat_log log;
    void (*on_progress)(void *context, const gat_progress *progress); /* after every epoch; NULL is fine.
                                                                        * seconds is left to the caller */
    /* Asked between steps; non-zero ends the call in GAT_EINTERRUPTED. NULL is fine. */
    int (*should_stop)(void *context);
    void *context;
} gat_link_inputs;

typedef struct gat_link_info {
    int64_t documents, mentions, held_back, parameters, kg_entities, kg_facts, names;
    double threshold;         /* a mention is NIL from this probability of it on */
    double held_back_correct; /* share of the held-back mentions inside the graph that are linked right;
                               * of all mentions where nothing is held back */
    char digest[33];
    const char *config; /* "name = value" lines, borrowed */
} gat_link_info;

/* Another mention that spoke for the answer. */
typedef struct gat_link_support {
    int64_t mention; /* of the document, from 0 */
    const char *text, *entity;
    double weight; /* share of all that the answer has heard */
} gat_link_support;

typedef struct gat_link_choice {
    const char *entity, *title;
    double belief; /* in [0, 1], of all candidates together 1 */
} gat_link_choice;

enum { GAT_LINK_CHOICES = 5, GAT_LINK_SUPPORTS = 5 };

/* One mention answered. Everything is borrowed for the call. */
typedef struct gat_link_answer {
    const char *document, *text;
    int64_t line, mention, from, to; /* from, to: -1 where not told */
    const char *entity, *title;      /* NULL: NIL, an entity that is not in the graph, or none */
    double probability;              /* that the answer is right; 1 for NIL without any candidate */
    double nil;                      /* that the mention means nothing in the graph; 1 without any candidate */
    int64_t num_candidates;
    int num_choices, num_supports; /* best first */
    gat_link_choice choice[GAT_LINK_CHOICES];
    gat_link_support support[GAT_LINK_SUPPORTS];
} gat_link_answer;

typedef struct gat_link_options {
    bool find_mentions; /* in documents without: the longest names of the graph, at the boundaries of words; the first
                         * 20,000 of a document */
    int (*on_mention)(void *context, const gat_link_answer *answer); /* non-zero ends the call */
    void *context;
} gat_link_options;

typedef struct gat_link_evaluate_options {
    double
        remove_entities; /* 0 .. 1: this share of the annotated entities is taken out of the graph, their mentions are NIL */
} gat_link_evaluate_options;

typedef struct gat_link_evaluation {
    int64_t documents, mentions, in_kg, nil; /* annotated mentions; those whose entity is in the graph; others */
    double micro, macro; /* right among in_kg: of all mentions; mean over documents. The best candidate counts. */
    double recall;       /* of in_kg, those whose entity is among the candidates */
    /* of in_kg, by the way in which the entity came among the candidates: a name as it stands, folded, inflected, alike */
    double recall_exact, recall_folded, recall_inflected, recall_similar;
    double most_linked;   /* micro of a rule: the candidate with most in-links */
    double heaviest_name; /* micro of a rule: the candidate that the name means most often, by the weights of names */
    double with_nil;      /* right among all, where an answer may be NIL */
    double nil_precision, nil_recall;
    double brier, calibration_error; /* of the probabilities of in_kg answers; error: ten bins of equal width */
    double seconds;
} gat_link_evaluation;

#endif
